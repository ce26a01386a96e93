package grade

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestRemoveAllRemovesFoldersThatCannotBeRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "temp")
	deep := filepath.Join(dir, "closed", "folder", "file")
	write(t, deep, "")
	for d := filepath.Dir(deep); d != dir; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.ReadDir(filepath.Join(dir, "closed")); err == nil { // root may read all: go on without that right
		cmd := exec.CommandContext(t.Context(), "setpriv", "--inh-caps=-dac_override,-dac_read_search", "--bounding-set=-dac_override,-dac_read_search",
			testBinaryOfThis(t), "-test.run=^"+t.Name()+"$")
		if cmd.Err != nil {
			t.Skip(cmd.Err)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("without the rights of root: %v\n%s", err, out)
		}
		return
	}
	if err := removeAll(dir); err != nil {
		t.Errorf("removeAll() = %v, want nil", err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after removeAll() the folder is still there: %v", err)
	}
}
