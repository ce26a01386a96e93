//go:build !windows

package pipenet

import "syscall"

// The errors of TCP on this system.
const (
	Refused = syscall.ECONNREFUSED // no program listens there
	InUse   = syscall.EADDRINUSE   // another program listens there
	Reset   = syscall.ECONNRESET   // the peer has closed without reading all
	Broken  = syscall.EPIPE        // the peer has closed
)
