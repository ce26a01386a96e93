package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// A dialer gets the next data connection of a session.
type dialer interface {
	dial(ctx context.Context) (net.Conn, error)
	close()
}

// dataTime is how long the client may take to make a data connection.
const dataTime = 30 * time.Second

// dataListener does without what a data connection has no use for: probes that tell
// whether the other end is alive, as there is a deadline, and Multipath TCP.
var dataListener = net.ListenConfig{KeepAlive: -1}

func init() { dataListener.SetMultipathTCP(false) }

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

// connect makes the data connection in the way that the client has chosen. Each
// is for one transfer.
func (s *session) connect() (net.Conn, error) {
	defer s.forgetData()
	return s.data.dial(s.transfer.ctx)
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

// forgetData undoes PASV, PORT and the like.
func (s *session) forgetData() {
	if s.data != nil {
		s.data.close()
		s.data = nil
	}
}

// A passive is a dialer that waits for the client to connect.
type passive struct {
	ln     *net.TCPListener
	client netip.Addr
}

// dial waits for the client. Another client that connects is turned away, or
// he could steal the file (RFC 2577, 2).
func (p *passive) dial(ctx context.Context) (net.Conn, error) {
	defer context.AfterFunc(ctx, p.close)()
	p.ln.SetDeadline(time.Now().Add(dataTime))
	for {
		conn, err := p.ln.AcceptTCP()
		if err != nil {
			return nil, err
		}
		if _, remote := ends(conn); remote.Addr() == p.client {
			return conn, nil
		}
		conn.Close()
	}
}

func (p *passive) close() { p.ln.Close() }

// ends returns the two addresses of a connection, or the zero ones if it is no
// TCP connection.
func ends(conn net.Conn) (local, remote netip.AddrPort) {
	l, lok := conn.LocalAddr().(*net.TCPAddr)
	r, rok := conn.RemoteAddr().(*net.TCPAddr)
	if !lok || !rok {
		return local, remote
	}
	return plain(l.AddrPort()), plain(r.AddrPort())
}

// plain returns addr with its IPv4 address as such, and not as one of IPv6.
func plain(addr netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
}

var errNoData = errors.New("use PASV or EPSV first")
