package main

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// A dialer gets the next data connection of a session.
type dialer interface {
	dial(ctx context.Context) (net.Conn, error)
	close()
}

// dataTime is how long the client may take to make a data connection.
const dataTime = 30 * time.Second

// A passive is a dialer that waits for the client to connect.
type passive struct {
	ln     *net.TCPListener
	client netip.Addr
}

// dial waits for the client. Another client that connects is turned away, or
// it could steal the file (RFC 2577, 2).
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

// An active is a dialer that connects to the client.
type active struct {
	from, to netip.AddrPort
}

func (a active) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: dataTime, LocalAddr: net.TCPAddrFromAddrPort(a.from)}
	return d.DialContext(ctx, "tcp", a.to.String())
}

func (a active) close() {}
