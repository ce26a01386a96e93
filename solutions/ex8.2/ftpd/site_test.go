package main

import (
	"io/fs"
	"log"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/program"
)

// patience is how long a test waits for what must happen. Nothing comes near it.
const patience = 30 * time.Second

// A site is a server under test with its files.
type site struct {
	*server
	base string // holds the root and what no client must see
	dir  string // the root
	addr string
	ln   net.Listener
	done chan error // gets what serve returns
}

// files are those of a site: a name that ends in a slash is a directory, and a text
// that starts with an arrow that of a symbolic link.
type files map[string]string

// arrow stands before what a symbolic link leads to.
const arrow = "-> "

// writable returns settings with which all is allowed.
func writable() settings {
	s := defaults
	s.write = true
	return s
}

// start starts a server with some files, on the real network, until the end of the
// test. By then nothing of it must be left: no goroutine, no open file, no port.
func start(t testing.TB, set settings, tree files) *site {
	t.Helper()
	return startOn(t, "127.0.0.1:0", set, tree)
}

func startOn(t testing.TB, address string, set settings, tree files) *site {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("this machine has no such address: %v", err)
	}
	before := openFiles() // with the listener, which is closed in the end
	s := startWith(t, ln, set, tree)
	s.addr = ln.Addr().String()
	t.Cleanup(func() {
		s.stop(t)
		eventually(t, "no goroutine is left", func() bool { return goroutine.Others() == "" })
		defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector would close what is forgotten
		eventually(t, "no file or connection is left open", func() bool { return openFiles() < before || before == 0 })
	})
	return s
}

// openFiles returns how many files and connections this process has open, or 0 if
// the system does not tell.
func openFiles() int {
	usage, _ := program.UsageOf(os.Getpid())
	return usage.Files
}

// startWith starts a server on any network, and leaves it to the caller to stop it.
func startWith(t testing.TB, ln net.Listener, set settings, tree files) *site {
	t.Helper()
	log.SetOutput(t.Output())
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	base := t.TempDir()
	s := &site{base: base, dir: filepath.Join(base, "root"), ln: ln, done: make(chan error, 1)}
	put(t, s.base, files{"outside.txt": "SECRET\n", "private/secret.txt": "SECRET\n", "root/": ""})
	put(t, s.dir, tree)
	var err error
	if s.server, err = newServer(s.dir, set); err != nil {
		t.Fatal(err)
	}
	go func() { s.done <- s.serve(ln) }()
	return s
}

// stop closes the listener and wants serve to return nil.
func (s *site) stop(t testing.TB) {
	t.Helper()
	s.ln.Close()
	select {
	case err := <-s.done:
		if err != nil {
			t.Errorf("serve() = %v, want nil after its listener is closed", err)
		}
	case <-time.After(patience):
		t.Fatalf("serve does not return after its listener is closed:\n%s", goroutine.Others())
	}
	s.root.Close()
	s.done <- nil // for who stops it again
}

// put makes files.
func put(t testing.TB, dir string, tree files) {
	t.Helper()
	for name, text := range tree {
		file := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		to, link := strings.CutPrefix(text, arrow)
		switch {
		case err != nil:
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(file, 0o755)
		case link:
			err := os.Symlink(filepath.FromSlash(to), file)
			if err == nil { // Wine says so, and makes none
				_, err = os.Lstat(file)
			}
			if err != nil {
				t.Skipf("this machine has no symbolic links: %v", err)
			}
		default:
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// tree returns the files of a directory; only empty directories are named.
func tree(t testing.TB, dir string) files {
	t.Helper()
	all := files{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		name := filepath.ToSlash(rel)
		switch {
		case err != nil:
		case d.IsDir():
			all[name+"/"] = ""
		case d.Type() == fs.ModeSymlink:
			to, e := os.Readlink(file)
			all[name], err = arrow+filepath.ToSlash(to), e
		case d.Type().IsRegular():
			text, e := os.ReadFile(file)
			all[name], err = string(text), e
		}
		delete(all, name[:strings.LastIndex(name, "/")+1])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// wantFiles wants the root to hold certain files and no others, and what is
// outside of it to be as it was.
func (s *site) wantFiles(t testing.TB, want files) {
	t.Helper()
	if diff := cmp.Diff(want, tree(t, s.dir)); diff != "" {
		t.Errorf("the files are not as they should be (-want +got):\n%s", diff)
	}
	for _, name := range []string{"outside.txt", "private/secret.txt"} {
		if got, err := os.ReadFile(filepath.Join(s.base, name)); string(got) != "SECRET\n" {
			t.Errorf("%s, outside of the root, holds %q, %v, want it as it was", name, got, err)
		}
	}
}

// sparse makes a file of zeros that takes no space on the disk.
func (s *site) sparse(t testing.TB, name string, size int64) {
	t.Helper()
	put(t, s.dir, files{name: ""})
	if err := os.Truncate(filepath.Join(s.dir, name), size); err != nil {
		t.Skipf("this disk has no room for a file of %d bytes: %v", size, err)
	}
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	giveUp := time.After(patience)
	for !ok() {
		select {
		case <-again.C:
		case <-giveUp:
			t.Fatalf("this did not happen: %s\n%s", what, goroutine.Others())
		}
	}
}

// wantClosed wants no program to listen at the address that ask returns. Another program
// may, to whom the kernel has given the port, but hardly time and again.
func wantClosed(t testing.TB, ask func() (addr string)) {
	t.Helper()
	var open []string
	for range 3 {
		addr := ask()
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		conn.Close()
		open = append(open, addr)
	}
	t.Errorf("the server listens at %s, want it closed", strings.Join(open, ", "))
}
