package main

import (
	"net"
	"sync"
)

// The name localhost stands for 127.0.0.1 and ::1 (RFC 6761, 6.3), and some clients try only
// the first that they find: busybox, aria2, Node.

// A pair is the listeners at the two addresses, and is one listener itself.
type pair struct {
	net.Listener // the first
	second       net.Listener
	accepted     chan accepted
	closed       chan struct{}
	once         sync.Once
}

type accepted struct {
	conn net.Conn
	err  error
}

// onBoth returns a listener at the address of ln and, with the same port, at the other of
// localhost. If the machine does not have that, or another program has the port there,
// it returns ln.
func onBoth(ln net.Listener) net.Listener {
	host, port, err := net.SplitHostPort(ln.Addr().String())
	other, ok := map[string]string{"127.0.0.1": "::1", "::1": "127.0.0.1"}[host]
	if err != nil || !ok {
		return ln
	}
	second, err := net.Listen("tcp", net.JoinHostPort(other, port))
	if err != nil {
		return ln
	}
	p := &pair{Listener: ln, second: second, accepted: make(chan accepted), closed: make(chan struct{})}
	go p.acceptFrom(ln)
	go p.acceptFrom(second)
	return p
}

// acceptFrom passes on what comes to one of the listeners.
func (p *pair) acceptFrom(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		select {
		case p.accepted <- accepted{conn, err}:
		case <-p.closed:
			if conn != nil {
				conn.Close()
			}
			return
		}
	}
}

func (p *pair) Accept() (net.Conn, error) {
	select {
	case a := <-p.accepted:
		return a.conn, a.err
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pair) Close() error {
	err := error(net.ErrClosed)
	p.once.Do(func() {
		close(p.closed)
		err = p.Listener.Close()
		p.second.Close()
	})
	return err
}
