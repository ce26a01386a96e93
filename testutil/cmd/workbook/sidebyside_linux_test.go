package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/workbook/testutil/grader/sandbox"
)

// Two programs that always use the same port are graded at the same time: each serves only once
// the other listens too.
func TestProgramsWithTheSamePortAreGradedSideBySide(t *testing.T) {
	if err := sandbox.Namespaces(); err != nil {
		t.Skip("programs have ports of their own only in namespaces: ", err)
	}
	folder, err := os.MkdirTemp("", "sidebyside") // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	names := []string{"ann", "bob"}
	var pipes []string
	for _, name := range names {
		pipe := filepath.Join(folder, name)
		if err := syscall.Mkfifo(pipe, 0o644); err != nil {
			t.Fatal(err)
		}
		pipes = append(pipes, pipe)
	}
	go writeTogether(pipes)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	ln.Close()
	list, out := filepath.Join(folder, "list"), filepath.Join(folder, "results.csv")
	var text strings.Builder
	for i, name := range names {
		fmt.Fprintf(&text, "%s: '%s' %s %s '%s'\n", name, exe, asClock, port, pipes[i])
	}
	if err := os.WriteFile(list, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := called(t, "grade", "-class", list, "-kind", "clock", "-jobs", "2", "-o", out, "-run", "TestClock/serves_a_second_client_while_the_first_stays")
	if status != right {
		t.Fatalf("grade ends with status %d, and prints %s", status, stderr)
	}
	table, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")
	for i, name := range names {
		if len(lines) != 3 || !strings.HasPrefix(lines[i+1], name+",") || !strings.Contains(lines[i+1], ",graded,4,0,0,4,") {
			t.Errorf("the table has no line for %s with 4 of 4 points, but is\n%s", name, table)
		}
	}
}

// writeTogether waits until all of the named pipes are being read, and then writes a byte to each,
// again and again until they are removed.
func writeTogether(pipes []string) {
	for {
		var files []*os.File
		for _, pipe := range pipes {
			file, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for a reader
			if err != nil {
				return
			}
			files = append(files, file)
		}
		for _, file := range files {
			file.Write([]byte("x")) // fails if the reader has been killed
			file.Close()
		}
	}
}
