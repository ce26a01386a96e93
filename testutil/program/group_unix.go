//go:build unix

package program

import (
	"os"
	"os/exec"
	"syscall"
)

func setGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Setpgid = true
}

func killGroup(p *os.Process) {
	syscall.Kill(-p.Pid, syscall.SIGKILL) // an error means that nobody is left
}

func dump(p *os.Process) {
	p.Signal(syscall.SIGQUIT)
}
