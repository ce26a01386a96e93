package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// pasv listens for the data connection, and tells where (RFC 959, 4.1.2): as six
// numbers, four of the address and two of the port.
func (s *session) pasv() {
	local, _ := ends(s.conn)
	switch {
	case s.onlyEP:
		s.reply(503, "Only EPSV is allowed after EPSV ALL")
		return
	case !local.Addr().Is4():
		s.reply(425, "PASV supports only IPv4; use EPSV")
		return
	}
	if addr, ok := s.listen(); ok {
		ip, port := addr.Addr().As4(), addr.Port()
		s.reply(227, fmt.Sprintf("Entering Passive Mode (%d,%d,%d,%d,%d,%d)", ip[0], ip[1], ip[2], ip[3], port>>8, port&0xff))
	}
}

// epsv listens for the data connection, and tells only the port (RFC 2428, 3).
func (s *session) epsv(arg string) {
	local, _ := ends(s.conn)
	family := "1"
	if local.Addr().Is6() {
		family = "2"
	}
	switch {
	case strings.EqualFold(arg, "ALL"):
		s.onlyEP = true
		s.reply(200, "EPSV ALL command successful")
		return
	case arg != "" && arg != family:
		s.reply(522, fmt.Sprintf("Network protocol not supported; use (%s)", family))
		return
	}
	if addr, ok := s.listen(); ok {
		s.reply(229, fmt.Sprintf("Entering Extended Passive Mode (|||%d|)", addr.Port()))
	}
}

// connect makes the data connection in the way that the client has chosen, unless ctx ends
// before. Each is for one transfer.
func (s *session) connect(ctx context.Context) (net.Conn, error) {
	defer s.forgetData()
	conn, err := s.data.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnconnected, err)
	}
	if s.security.data {
		return secure(ctx, conn, s.srv.tls)
	}
	return conn, nil
}

// listen makes s.data a listener at the address of the control connection. If
// this cannot be, it says so to the client.
func (s *session) listen() (addr netip.AddrPort, ok bool) {
	s.forgetData()
	local, remote := ends(s.conn)
	if !local.IsValid() {
		s.reply(425, "Not a TCP connection")
		return addr, false
	}
	ln, err := s.srv.ports.listen(s.srv.ctx, local.Addr())
	if err != nil {
		s.log.Error("listen for data", "err", err)
		s.reply(425, "Cannot open passive connection")
		return addr, false
	}
	s.data = &passive{ln: ln.(*net.TCPListener), client: remote.Addr()}
	return plain(ln.Addr().(*net.TCPAddr).AddrPort()), true
}

// forgetData undoes PASV, PORT and similar commands.
func (s *session) forgetData() {
	if s.data != nil {
		s.data.close()
		s.data = nil
	}
}
