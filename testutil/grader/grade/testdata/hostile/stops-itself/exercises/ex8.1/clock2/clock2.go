package main

import (
	"net"
	"os"
	"syscall"
)

// The program stops, as Ctrl-Z stops one, and does not go on.
func main() { stop() }

func serve(ln net.Listener) error {
	stop()
	return nil
}

func stop() {
	syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	syscall.Nanosleep(&syscall.Timespec{Sec: 1}, nil) // another thread may get the signal
}
