package main

import (
	"net"
	"os/exec"
	"syscall"
)

// The program starts processes that outlive it.
func main() { fork() }

func serve(ln net.Listener) error {
	fork()
	return nil
}

func fork() {
	for range 50 {
		cmd := exec.Command("sleep", "86399")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		cmd.Start()
	}
}
