//go:build unix

package ftptest

import (
	"context"
	"errors"
	"io/fs"
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

// lftp gives a folder the mode that the listing shows, such as dr--r--r--. Whether the files in it
// are as they should be must not depend on the user who grades.
func TestFetchedFilesCanBeReadWhateverTheirModes(t *testing.T) {
	home := t.TempDir()
	deep := filepath.Join(home, "tree", "deep")
	file := filepath.Join(deep, "bytes.bin")
	if err := errors.Join(os.MkdirAll(deep, 0o755), os.WriteFile(file, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, deep, filepath.Dir(deep)} {
		if err := os.Chmod(name, 0o044); err != nil {
			t.Fatal(err)
		}
	}
	unlock(home)
	for name, want := range map[string]fs.FileMode{filepath.Dir(deep): 0o744, deep: 0o744, file: 0o644} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %v, want %v", name, got, want)
		}
	}
}
