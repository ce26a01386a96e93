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

// A program can nest more folders than the grader can have files open.
func TestRemoveAllRemovesNestedFolders(t *testing.T) {
	if os.Getenv("GRADE_TEST_NESTED") == "" {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -n 60 && exec "$0" -test.run='^`+t.Name()+`$'`, testBinaryOfThis(t))
		cmd.Env = append(os.Environ(), "GRADE_TEST_NESTED=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with 60 open files: %v\n%s", err, out)
		}
		return
	}
	dir := filepath.Join(t.TempDir(), "temp")
	write(t, filepath.Join(dir, "file"), "")
	t.Chdir(dir)
	const levels = 300
	for range levels {
		for _, name := range []string{"beside", "nested"} {
			if err := os.Mkdir(name, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chdir("nested"); err != nil {
			t.Fatal(err)
		}
		write(t, "file", "")
	}
	if err := os.Chdir(filepath.Dir(dir)); err != nil {
		t.Fatal(err)
	}
	if err := removeAll(dir); err != nil {
		t.Errorf("removeAll() = %v, want nil", err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after removeAll() the folder is still there: %v", err)
	}
}
