package main

import (
	"context"
	"net"

	"example.com/workbook/exercises"
)

// pasv listens for the data connection, and tells where (RFC 959, 4.1.2): as six
// numbers, four of the address and two of the port.
func (s *session) pasv() {
	// TODO: 227 Entering Passive Mode (127,0,0,1,195,80)
}

// epsv listens for the data connection, and tells only the port (RFC 2428, 3).
func (s *session) epsv(arg string) {
	// TODO: 229 Entering Extended Passive Mode (|||50000|)
}

// connect makes the data connection in the way that the client has chosen, unless ctx ends
// before. Each is for one transfer.
func (s *session) connect(ctx context.Context) (net.Conn, error) {
	return nil, exercises.ErrNotStarted
}
