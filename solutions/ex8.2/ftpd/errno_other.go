//go:build !windows

package main

import "syscall"

// The errors that the server tells apart, as this system has them.
const (
	addrInUse = syscall.EADDRINUSE
	connReset = syscall.ECONNRESET
	timedOut  = syscall.ETIMEDOUT
	diskFull  = syscall.ENOSPC
	overQuota = syscall.EDQUOT
)
