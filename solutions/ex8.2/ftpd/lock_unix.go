//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"os"
	"syscall"
)

// lock locks a file until it is closed, and reports whether it could: another process may
// have it locked. A process that is killed locks nothing any more.
func lock(f *os.File) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	failed := raw.Control(func(fd uintptr) { err = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB) })
	return failed == nil && err == nil
}
