package pipenet

import "syscall"

// The errors of TCP on this system. Those of package syscall that have the names of Unix are
// other ones on Windows, which no connection returns.
const (
	Refused = syscall.Errno(10061) // WSAECONNREFUSED
	InUse   = syscall.Errno(10048) // WSAEADDRINUSE
	Reset   = syscall.WSAECONNRESET
	Broken  = syscall.WSAECONNABORTED
)
