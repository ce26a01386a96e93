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

// Two programs that always use the same port are graded at the same time: each waits for the other
// when it listens.
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
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
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
	for name, how := range map[string]string{"ann": "reads", "bob": "writes"} {
		fmt.Fprintf(&text, "%s: '%s' %s %s '%s' %s\n", name, exe, asClock, port, pipe, how)
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
	for i, name := range []string{"ann", "bob"} {
		if len(lines) != 3 || !strings.HasPrefix(lines[i+1], name+",") || !strings.Contains(lines[i+1], ",graded,4,0,0,4,") {
			t.Errorf("the table has no line for %s with 4 of 4 points, but is\n%s", name, table)
		}
	}
}
