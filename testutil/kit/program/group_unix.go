//go:build unix

package program

import (
	"os"
	"os/exec"
	"syscall"
)

// setGroup has cmd start a session of its own, which is a process group too. So the
// process has no terminal: it cannot open /dev/tty, and the kernel does not stop it when
// it changes the settings of the terminal.
func setGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Setsid = true
	endWithParent(cmd.SysProcAttr)
}

func killGroup(p *os.Process) {
	syscall.Kill(-p.Pid, syscall.SIGKILL) // an error means that no process is left
}

func dump(p *os.Process) {
	p.Signal(syscall.SIGQUIT)
}
