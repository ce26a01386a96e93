//go:build unix && !linux

package program

import "syscall"

// endWithParent cannot be had on this system.
func endWithParent(*syscall.SysProcAttr) {}
