//go:build unix

package main

import (
	"crypto/tls"
	"net"
	"syscall"
)

// ready reports whether a Read of conn has no need to wait: something has come, or the
// other side has gone. It takes nothing away.
func ready(conn net.Conn) bool {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	var peek error
	err = raw.Control(func(fd uintptr) {
		_, _, peek = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK)
	})
	return err == nil && peek != syscall.EAGAIN && peek != syscall.EINTR
}
