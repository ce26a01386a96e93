package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Bound changes cmd so that each process that it starts has those bounds, and all are
// killed when the context of cmd ends. Where a hard limit of the machine is lower, that
// one holds.
//
// A process that calls Bound must have a main function that calls [TakeRole].
func Bound(cmd *exec.Cmd, b Bounds) {
	group(cmd)
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	exe, err := os.Executable()
	if err != nil {
		cmd.Err = err
		return
	}
	if cmd.Err != nil {
		return
	}
	cmd.Args[0], cmd.Path = cmd.Path, exe
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d %d %d", boundEnv, b.Memory, b.File, b.Seconds))
}

// enterBounds sets the bounds in text for this process and goes on as the program in
// os.Args.
func enterBounds(text string) {
	os.Unsetenv(boundEnv)
	var b Bounds
	_, err := fmt.Sscan(text, &b.Memory, &b.File, &b.Seconds)
	if err == nil {
		err = setLimits(map[int]uint64{
			syscall.RLIMIT_DATA:  b.Memory,
			syscall.RLIMIT_FSIZE: b.File,
			syscall.RLIMIT_CPU:   b.Seconds,
			syscall.RLIMIT_CORE:  0,
		})
	}
	if err == nil {
		err = syscall.Exec(os.Args[0], os.Args, os.Environ())
	}
	fmt.Fprintf(os.Stderr, "sandbox: start %s: %v\n", os.Args[0], err)
	os.Exit(127)
}

// Holds reports whether the bounds are lower than the limits of this machine, so that
// a program which meets them is at fault.
func (b Bounds) Holds() bool {
	for resource, most := range map[int]uint64{syscall.RLIMIT_DATA: b.Memory, syscall.RLIMIT_AS: b.Memory, syscall.RLIMIT_FSIZE: b.File, syscall.RLIMIT_CPU: b.Seconds} {
		var limit syscall.Rlimit
		if err := syscall.Getrlimit(resource, &limit); err != nil || limit.Max < most {
			return false
		}
	}
	return true
}
