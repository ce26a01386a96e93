//go:build unix && !aix && !solaris

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A named pipe is not a regular file: opening it would wait for its writer.
func TestNamedPipeIsRefused(t *testing.T) {
	s := start(t, writable(), files{"sub/file": "file\n"})
	pipe := filepath.Join(s.dir, "sub", "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Skipf("this file system has no named pipes: %v", err)
	}
	c := s.login(t)
	for _, line := range []string{"RETR sub/pipe", "STOR sub/pipe", "APPE sub/pipe", "SIZE sub/pipe", "MDTM sub/pipe", "MLST sub/pipe", "LIST sub/pipe", "CWD sub/pipe"} {
		c.data()
		c.do(line, 550)
	}
	c.talk([]step{{"NLST sub", 226, "sub/file\r\n"}, {"NLST sub/p*", 226, ""}})
	if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Errorf("the named pipe is now %v, %v, want it as it was", info, err)
	}
}
