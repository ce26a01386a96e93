package main

import (
	"net"
	"os"
	"syscall"
)

// The program lowers the priority of all processes of its user, of which an ordinary user
// cannot raise it again.
func main() { change() }

func serve(ln net.Listener) error {
	change()
	return nil
}

func change() {
	const user = 2
	syscall.Setpriority(user, 0, 15)
	syscall.Setpriority(syscall.PRIO_PGRP, 0, 15)
	syscall.Setpriority(syscall.PRIO_PROCESS, os.Getppid(), 15)
}
