package program_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"example.com/workbook/testutil/kit/program"
)

// openTerminal opens a new terminal: the side of a person, and that of programs.
func openTerminal(t *testing.T) (person, programs *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	var unlock, number int32
	for _, call := range []struct {
		request uintptr
		arg     *int32
	}{{syscall.TIOCSPTLCK, &unlock}, {syscall.TIOCGPTN, &number}} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), call.request, uintptr(unsafe.Pointer(call.arg))); errno != 0 {
			t.Skipf("no terminal: %v", errno)
		}
	}
	programs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	t.Cleanup(func() { programs.Close() })
	return person, programs
}

// A process with a terminal starts one that opens it.
func TestStartLeavesTheTerminalBehind(t *testing.T) {
	_, terminal := openTerminal(t)
	for _, tt := range []struct{ command, want string }{
		{"open the terminal", "opened"}, // the test can fail
		{"start one that opens the terminal", "open /dev/tty: no such device or address"},
		{"start one that changes the terminal", "stty: /dev/tty: No such device or address"}, // and is not stopped
	} {
		cmd := program.Command(tt.command)
		cmd.Stdin = terminal
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		got, err := cmd.Output()
		if err != nil || strings.TrimSpace(string(got)) != tt.want {
			t.Errorf("%s: printed %q, %v, want %q", tt.command, got, err, tt.want)
		}
	}
}

func TestStoppedProcessIsNoticed(t *testing.T) {
	const want = "program stop was stopped by the signal SIGSTOP"
	p := start(t, "stop")
	if _, err := p.Wait(t.Context()); err == nil || err.Error() != want {
		t.Errorf("%v: Wait() = %v, want %q", p, err, want)
	}
	if err := p.Await(t.Context(), func(string) bool { return false }); err == nil || err.Error() != want {
		t.Errorf("%v: Await() = %v, want %q", p, err, want)
	}
	p.Stop()
	if got, err := p.Wait(t.Context()); got != -1 || err != nil {
		t.Errorf("%v: Wait() after Stop() = %d, %v, want -1, nil", p, got, err)
	}
}

func startAndPrint(cmd *exec.Cmd) {
	p, err := program.Start(cmd)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Stop()
	select {
	case <-p.Done():
		fmt.Print(p.Output())
	case <-p.Stopped():
		fmt.Println("stopped by", p.StopSignal())
	}
}

func init() {
	commands["open the terminal"] = func() {
		if _, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("opened")
	}
	commands["start one that opens the terminal"] = func() { startAndPrint(program.Command("open the terminal")) }
	commands["start one that changes the terminal"] = func() {
		stty := exec.Command("stty", "-F", "/dev/tty", "-icanon")
		stty.Env = append(os.Environ(), "LC_ALL=C")
		startAndPrint(stty)
	}
	commands["stop"] = func() {
		syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		waitForInterrupt() // another thread may be the first to see the signal
	}
}
