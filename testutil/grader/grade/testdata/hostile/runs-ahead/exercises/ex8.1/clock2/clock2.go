package main

import (
	"net"
	"os/exec"
	"syscall"
)

// The program starts a process that starts the next one and ends, so that each has ended
// when a test looks for it. There are 300 of them.
func main() { run() }

func serve(ln net.Listener) error {
	run()
	return nil
}

func run() {
	const script = `: 86399; [ $1 -lt 300 ] && sh -c "$0" "$0" $(($1 + 1)) & sleep 0.01`
	cmd := exec.Command("sh", "-c", script, script, "0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Start()
}
