package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// terminals returns the two ends of a terminal: that of the person, and that of the
// program.
func terminals(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this machine has no terminals: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	var unlock, number int32
	for request, arg := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlock, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(arg))); errno != 0 {
			t.Skipf("this machine has no terminals: %v", errno)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this machine has no terminals: %v", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

func TestResetDoesWhatThePersonAnswers(t *testing.T) {
	s := handedOut(t)
	stub := s.files(clock2Folder)["clock2.go"]
	for _, tt := range []struct {
		answer string
		want   string // what clock2.go is then
	}{
		{"\n", "mine"},
		{"n\n", "mine"},
		{"perhaps\n", "mine"},
		{"y\n", stub},
		{" YES \n", stub},
	} {
		s.write(clock2Folder+"/clock2.go", "mine")
		person, program := terminals(t)
		s.stdin = program
		if _, err := person.WriteString(tt.answer); err != nil {
			t.Fatal(err)
		}
		stdout, stderr, status := s.run("reset", "8.1", "clock2")
		if status != right || stderr != "Restore the stub? [y/N] " {
			t.Errorf("after the answer %q, workbook reset exits with status %d, and prints on standard error %q; want %d and the question", tt.answer, status, stderr, right)
		}
		if got := s.files(clock2Folder)["clock2.go"]; got != tt.want {
			t.Errorf("after the answer %q, clock2.go is %.20q, want %.20q", tt.answer, got, tt.want)
		}
		if said := strings.HasSuffix(stdout, "Nothing was changed.\n"); said != (tt.want == "mine") {
			t.Errorf("after the answer %q, workbook reset prints\n%s", tt.answer, stdout)
		}
	}
}
