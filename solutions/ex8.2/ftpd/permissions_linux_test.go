package main

import (
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// A server that root has not started may not do all. What it may do to a directory is not
// what it may do to the files in it.
func TestServerKeepsToThePermissionsOfItsUser(t *testing.T) {
	s := start(t, writable(), files{"theirs.txt": "old\n", "closed/a.txt": "a\n"})
	for name, mode := range map[string]fs.FileMode{".": 0o777, "theirs.txt": 0o444, "closed": 0o644} {
		if err := os.Chmod(filepath.Join(s.dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	for dir := s.dir; dir != filepath.Dir(os.TempDir()) && dir != "/"; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		os.Chmod(dir, info.Mode()|0o111)
	}
	for line, want := range map[string]int{"STOR theirs.txt": 550, "APPE theirs.txt": 550, "CWD closed": 550, "RETR closed/a.txt": 550} {
		conn, other := net.Pipe()
		t.Cleanup(func() { conn.Close() })
		asNobody(t, func() {
			session := &session{srv: s.server, conn: other, log: slog.New(slog.DiscardHandler), dir: "/", known: true}
			session.do(split(line))
		})
		c := newClient(t, conn, patience)
		c.Asked = line
		c.want(want)
	}
	if err := os.Chmod(filepath.Join(s.dir, "closed"), 0o755); err != nil { // for the test itself
		t.Fatal(err)
	}
	s.wantFiles(t, files{"theirs.txt": "old\n", "closed/a.txt": "a\n"})
}

// asNobody starts what opens files with the permissions of an ordinary user.
func asNobody(t *testing.T, f func()) {
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock it: the thread ends with its user
		if os.Getuid() == 0 {
			syscall.Setfsuid(65534)
			syscall.Setfsgid(65534)
		}
		f()
	}()
}

// The file of another user stays that of the user.
func TestUploadKeepsTheOwnerOfAFile(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may give a file to another user")
	}
	s := start(t, writable(), files{"old.txt": "old\n"})
	file := filepath.Join(s.dir, "old.txt")
	if err := os.Chown(file, 65534, 65533); err != nil {
		t.Fatal(err)
	}
	c := s.login(t)
	for _, line := range []string{"STOR old.txt", "APPE old.txt"} {
		c.talk([]step{{line, 226, "new\n"}})
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if stat := info.Sys().(*syscall.Stat_t); stat.Uid != 65534 || stat.Gid != 65533 {
			t.Errorf("after %s the file belongs to %d and %d, want 65534 and 65533", line, stat.Uid, stat.Gid)
		}
	}
}
