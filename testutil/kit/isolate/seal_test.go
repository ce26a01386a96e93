package isolate

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A program that fills the file of answers keeps no judge busy with what it writes.
func TestSaidEndsAtALineWithoutASeal(t *testing.T) {
	key := newKey()
	sealed := func(line string) string { return fmt.Sprintf("%s %s\n", seal(key, []byte(line)), line) }
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"two lines", sealed("a") + sealed("b"), []string{"a", "b"}},
		{"a line that is cut off", sealed("a") + sealed("b")[:60], []string{"a"}},
		{"a line with another seal", sealed("a") + sealed("b")[:64] + " c\n" + sealed("d"), []string{"a"}},
		{"empty lines", sealed("a") + string(bytes.Repeat([]byte("\n"), 2*maxAnswer)), []string{"a"}},
	} {
		file := filepath.Join(t.TempDir(), "answer")
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, said(file, key)); diff != "" {
			t.Errorf("%s: said() mismatch (-want +got):\n%s", tt.name, diff)
		}
	}
}
