package clients

import (
	"net"
	"syscall"
)

// inline makes urgent data of TCP, which clients send on ^C, come with all other data.
func inline(conn *net.TCPConn) {
	if raw, err := conn.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_OOBINLINE, 1) })
	}
}
