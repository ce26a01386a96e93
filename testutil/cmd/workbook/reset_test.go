package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	clock2Folder    = "exercises/ex8.1/clock2"
	clockwallFolder = "exercises/ex8.1/clockwall"
)

// handedOut returns a student in whose workbook the programs of exercise 8.1 are the
// stubs, started or not.
func handedOut(t *testing.T) *student {
	t.Helper()
	s := newStudent(t)
	for _, folder := range []string{clock2Folder, clockwallFolder} {
		if err := os.RemoveAll(s.path(folder)); err != nil {
			t.Fatal(err)
		}
	}
	if stdout, stderr, status := s.run("reset", "-yes", "8.1"); status != right {
		t.Fatalf("workbook reset -yes 8.1 exits with status %d:\n%s%s", status, stdout, stderr)
	}
	return s
}

// files returns what the files of a folder in the workbook hold.
func (s *student) files(folder string) map[string]string {
	s.t.Helper()
	names, err := filepath.Glob(filepath.Join(s.path(folder), "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	texts := make(map[string]string)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			s.t.Fatal(err)
		}
		texts[filepath.Base(name)] = string(text)
	}
	return texts
}

func TestResetPutsTheStubBack(t *testing.T) {
	s := handedOut(t)
	want := s.files(clock2Folder)
	if text := want["clock2.go"]; !strings.Contains(text, "exercises.ErrNotStarted") {
		t.Fatalf("the stub of clock2 is\n%s", text)
	}
	wall := s.files(clockwallFolder)

	stdout, _, status := s.run("reset", "8.1")
	if status != right || stdout != clock2Folder+" already has the original stub.\n"+clockwallFolder+" already has the original stub.\n" {
		t.Errorf("workbook reset of what is as it was exits with status %d, and prints\n%s", status, stdout)
	}

	s.write(clock2Folder+"/clock2.go", "mine")
	s.write(clock2Folder+"/more.go", "more")
	s.write(clockwallFolder+"/table.go", "other")
	stdout, stderr, status := s.run("reset", "-yes", "8.1", "clock2")
	if status != right || stderr != "" {
		t.Errorf("workbook reset -yes 8.1 clock2 exits with status %d, and prints on standard error %q", status, stderr)
	}
	wantOut := clock2Folder + `:
  clock2.go          will be restored; your file will be kept as clock2.go.1
  more.go            is not part of the stub; it will be kept as more.go.1
` + clock2Folder + " is the stub again.\n"
	if diff := cmp.Diff(wantOut, stdout); diff != "" {
		t.Errorf("workbook reset -yes 8.1 clock2: output mismatch (-want +got):\n%s", diff)
	}
	want["clock2.go.1"], want["more.go.1"] = "mine", "more"
	if diff := cmp.Diff(want, s.files(clock2Folder)); diff != "" {
		t.Errorf("workbook reset -yes 8.1 clock2: files mismatch (-want +got):\n%s", diff)
	}
	wall["table.go"] = "other"
	if diff := cmp.Diff(wall, s.files(clockwallFolder)); diff != "" {
		t.Errorf("workbook reset -yes 8.1 clock2 has changed clockwall (-want +got):\n%s", diff)
	}
}

func TestResetWithNobodyToAskDoesNothing(t *testing.T) {
	s := handedOut(t)
	s.write(clock2Folder+"/clock2.go", "mine")
	want := s.files(clock2Folder)
	pipe, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if _, err := w.WriteString("y\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	for _, tt := range []struct {
		stdin *os.File // nil is /dev/null
		want  string
	}{
		{pipe, "workbook reset: nothing was changed: standard input is not a terminal; -yes does it without asking\n"},
		{nil, "-yes does it without asking\n"}, // what the empty device is depends on the system
	} {
		s.stdin = tt.stdin
		_, stderr, status := s.run("reset", "8.1")
		if status != trouble || !strings.HasSuffix(stderr, tt.want) {
			t.Errorf("workbook reset 8.1 exits with status %d and prints on standard error\n%s\nwant %d and\n%s", status, stderr, trouble, tt.want)
		}
		if diff := cmp.Diff(want, s.files(clock2Folder)); diff != "" {
			t.Errorf("workbook reset 8.1 without a terminal has changed files (-want +got):\n%s", diff)
		}
	}
}
