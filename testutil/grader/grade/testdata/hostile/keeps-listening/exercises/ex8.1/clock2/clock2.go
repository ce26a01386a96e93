package main

import (
	"net"
	"os"
	"os/exec"
	"syscall"
)

// The program leaves processes behind that hold ports, among them that of a clock.
func main() { leave() }

func serve(ln net.Listener) error {
	leave()
	return nil
}

func leave() {
	for _, address := range []string{"localhost:0", "localhost:0", "localhost:8000"} {
		ln, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		file, err := ln.(*net.TCPListener).File()
		if err != nil {
			continue
		}
		cmd := exec.Command("sleep", "86399")
		cmd.ExtraFiles = []*os.File{file}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		cmd.Start()
	}
}
