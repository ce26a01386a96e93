package main

import "syscall"

// The errors that the server tells apart, as Windows has them. Those of package syscall that
// have the names of Unix are never returned there.
const (
	addrInUse = syscall.Errno(10048) // WSAEADDRINUSE
	connReset = syscall.WSAECONNRESET
	timedOut  = syscall.Errno(10060) // WSAETIMEDOUT
	diskFull  = syscall.Errno(112)   // ERROR_DISK_FULL
	overQuota = syscall.Errno(1295)  // ERROR_DISK_QUOTA_EXCEEDED
)
