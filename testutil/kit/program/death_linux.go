package program

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// killOf returns what is known of a process that a signal has ended. ooms is what
// [oomKills] returned when it began.
func killOf(state *os.ProcessState, ooms int) kill {
	k := kill{ooms: oomKills() - ooms, sealed: Sealed}
	if status, ok := state.Sys().(syscall.WaitStatus); ok {
		k.certain = status.Signal() == syscall.SIGKILL
	}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		k.memory = int64(usage.Maxrss) << 10
	}
	return k
}

// oomKills returns how many processes the system has killed since it began, as there was
// no memory left; 0 if it does not say.
func oomKills() int {
	text, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return 0
	}
	n := 0
	if _, line, ok := strings.Cut(string(text), "\noom_kill "); ok {
		fmt.Sscan(line, &n)
	}
	return n
}
