package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Where addresses have 32 bits, a file of 2 GiB and more can be opened only with a flag. To
// see that it matters, run it with GOARCH=386, and without largeFile.
func TestFileOf3GiB(t *testing.T) {
	s := start(t, writable(), nil)
	s.sparse(t, "huge.bin", 3<<30)
	c := s.login(t)
	if got, want := c.do("SIZE huge.bin", 213), "3221225472"; got != want {
		t.Errorf("the reply to SIZE huge.bin is %q, want %s", got, want)
	}
	if got, want := c.fetch("LIST"), " 3221225472 "; !strings.Contains(got, want) {
		t.Errorf("LIST sends %q, want %q in it", got, want)
	}
	c.talk([]step{{"REST 3221225470", 350, ""}, {"RETR huge.bin", 226, "\x00\x00"}})
	c.talk([]step{{"APPE huge.bin", 226, "new\n"}, {"REST 3221225470", 350, ""}, {"RETR huge.bin", 226, "\x00\x00new\n"}})
	c.talk([]step{{"RNFR huge.bin", 350, ""}, {"RNTO big.bin", 250, ""}, {"DELE big.bin", 250, ""}})
	s.wantFiles(t, files{})
	s.sparse(t, "huge.bin", 3<<30)
	c.talk([]step{{"REST 2", 350, ""}, {"STOR huge.bin", 226, "new\n"}})
	s.wantFiles(t, files{"huge.bin": "\x00\x00new\n"})
}

func TestServerRemovesAnUploadOf3GiBOfOneThatWasKilled(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, partialPrefix+rand.Text())
	put(t, dir, files{filepath.Base(name): ""})
	if err := os.Truncate(name, 3<<30); err != nil {
		t.Skip(err) // a file system without holes
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	sweep(root)
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after sweep, Stat of the upload returns the error %v, want that it does not exist", err)
	}
}
