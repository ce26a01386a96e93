//go:build unix

package sandbox

import (
	"os"
	"strconv"
	"syscall"
)

// closeOnExec keeps the files that this process has inherited open, but for the standard
// ones, from what it starts.
func closeOnExec() {
	const standard = 3 // input, output and error
	files, err := os.ReadDir("/dev/fd")
	if err != nil {
		for fd := standard; fd < 1024; fd++ {
			syscall.CloseOnExec(fd)
		}
	}
	for _, f := range files {
		if fd, err := strconv.Atoi(f.Name()); err == nil && fd >= standard {
			syscall.CloseOnExec(fd)
		}
	}
}
