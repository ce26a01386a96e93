//go:build !unix

package main

import "net"

// ready would report whether a Read of conn has no need to wait.
func ready(net.Conn) bool { return false }
