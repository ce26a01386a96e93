//go:build unix

package ftptest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

// A client is missing only if it says so itself: on a busy machine the limit of the case
// may be over before the client has said its version.
func TestClientIsMissingOnlyIfItIs(t *testing.T) {
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name, script, want string
	}{
		{"has the version", "echo Tool 1", ""},
		{"has it in the usage", "echo tool >&2; exit 2", ""},
		{"is another program", "echo another; exit 1", "not checked: tool is not installed"},
		{"is killed", "kill -9 $$", "grader problem: tool --version: signal: killed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "tool"), []byte("#!/bin/sh\n"+tt.script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+":/bin")
			_, err := userClient{name: "tool", programs: []string{"tool"}, version: "tool"}.find(done)
			got := ""
			if err != nil {
				v := verdict.Of(err)
				got = strings.ReplaceAll(string(v.Kind)+": "+v.Message, dir+"/", "")
			}
			if got != tt.want {
				t.Errorf("the case says %q, want %q", got, tt.want)
			}
		})
	}
}
