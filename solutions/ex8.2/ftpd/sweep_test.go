package main

import (
	"crypto/rand"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUploadUnderWayBelongsToNobody(t *testing.T) {
	s := start(t, writable(), files{"old.txt": "old\n"})
	c := s.login(t)
	data := c.begin("STOR new.txt")
	eventually(t, "the upload is under way", func() bool { return s.partial() == 0 })
	all, err := filepath.Glob(filepath.Join(s.dir, partialPrefix+"*"))
	if err != nil || len(all) != 1 {
		t.Fatalf("the uploads under way are %q, %v, want one", all, err)
	}
	f, err := os.Open(all[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if runtime.GOOS != "windows" && lock(f) {
		t.Error("another server can lock the upload, and would remove it")
	}
	name := filepath.Base(all[0])
	other := s.login(t)
	for _, line := range []string{"LIST", "LIST -a", "NLST", "MLSD", "NLST .*", "NLST .f*"} {
		if got := other.fetch(line); strings.Contains(got, partialPrefix) {
			t.Errorf("%s sends %q, want no upload under way in it", line, got)
		}
	}
	if got := other.do("STAT .", 213); strings.Contains(got, partialPrefix) {
		t.Errorf("the reply to STAT . is %q, want no upload under way in it", got)
	}
	for _, verb := range []string{"RETR ", "SIZE ", "MDTM ", "DELE ", "RNFR ", "MLST ", "MLSD ", "LIST ", "NLST ", "STAT ", "CWD ", "RMD ", "MKD ", "STOR ", "APPE ", "STAT -a ", "DELE /x/../", "RETR ./"} {
		other.data()
		other.do(verb+name, 550)
	}
	other.talk([]step{{"RNFR old.txt", 350, ""}, {"RNTO " + name, 550, ""}})
	data.Close()
	c.want(226)
	s.wantFiles(t, files{"old.txt": "old\n", "new.txt": ""})
}

func TestServerRemovesTheUploadsOfOneThatWasKilled(t *testing.T) {
	left, taken := partialPrefix+rand.Text(), partialPrefix+rand.Text()
	all := files{left: "half", "sub/" + left: "half", taken: "half", partialPrefix + "notes": "mine", "x" + left: "mine"}
	dir := t.TempDir()
	put(t, dir, all)
	f, err := os.Open(filepath.Join(dir, taken)) // by another server
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !lock(f) {
		t.Fatal("lock() = false, want true")
	}
	want := func(files files) {
		t.Helper()
		if diff := cmp.Diff(files, tree(t, dir)); diff != "" {
			t.Errorf("the files are not as they should be (-want +got):\n%s", diff)
		}
	}
	sweep := func(set settings) {
		t.Helper()
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ln.Close() // no client comes
		srv, err := newServer(dir, set)
		if err != nil {
			t.Fatal(err)
		}
		defer srv.root.Close()
		if err := srv.serve(ln); err != nil {
			t.Fatal(err)
		}
	}
	sweep(defaults)
	want(all)
	sweep(writable())
	delete(all, left)
	delete(all, "sub/"+left)
	all["sub/"] = ""
	want(all)
}
