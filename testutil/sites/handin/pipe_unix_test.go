//go:build unix && !aix && !solaris

package handin

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A student's folder may have named pipes. To open one would block forever.
func TestNamedPipeIsNotRead(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "clockwall.go"), 0o666); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	files := list(root.FS())
	if len(files) != 1 {
		t.Fatalf("list() = %v, want one file", files)
	}
	if text, err := files[0].read(maxFile); err == nil || err.Error() != "it is a named pipe" {
		t.Errorf("read() of a named pipe = %q, %v, want the error that it is a named pipe", text, err)
	}
}
