package program

import (
	"syscall"
	"unsafe"
)

// endWithParent has a process end when the one that started it has ended, even by a signal.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// stopSignals are the signals that stop a process.
var stopSignals = map[int32]string{
	int32(syscall.SIGSTOP): "SIGSTOP",
	int32(syscall.SIGTSTP): "SIGTSTP",
	int32(syscall.SIGTTIN): "SIGTTIN",
	int32(syscall.SIGTTOU): "SIGTTOU",
}

// awaitStop waits until a signal stops the child process of that number, and returns its
// name. It returns "" when the process has ended, which it leaves to be waited for.
func awaitStop(pid int) (signal string) {
	const (
		byPid   = 1 // P_PID
		stopped = 5 // CLD_STOPPED
	)
	var info struct { // siginfo_t of waitid(2)
		_      [2]int32
		code   int32
		_      [0]uintptr // what follows is aligned like an address
		pid    int32
		uid    uint32
		status int32
		_      [26]int32
	}
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, byPid, uintptr(pid), uintptr(unsafe.Pointer(&info)),
			syscall.WEXITED|syscall.WSTOPPED|syscall.WNOWAIT, 0, 0)
		switch {
		case errno == syscall.EINTR:
		case errno == 0 && info.code == stopped:
			return stopSignals[info.status]
		default:
			return ""
		}
	}
}
