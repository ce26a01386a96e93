// Package pipenet is a network in memory: listeners and dialers whose
// connections are made of [net.Pipe], for servers and clients under test.
//
//	nw := pipenet.New()
//	ln, err := nw.Listen("localhost:8000")
//	...
//	go serve(ln)
//	conn, err := nw.Dial(ctx, "tcp", "localhost:8000")
//
// It behaves like TCP where a clock server can tell the difference. A client
// may connect before the server accepts it, and waits in the backlog. An
// address where nobody listens refuses the connection. Closing a listener
// breaks the connections that it has not yet accepted.
//
// It differs from TCP in one way: nothing is buffered, so a write returns when
// the other end has read it or closed.
//
// All of it can be made and used inside a [testing/synctest] bubble.
package pipenet

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
)

// backlog is how many clients of a listener may wait to be accepted.
// Like TCP, one more waits in Dial.
const backlog = 128

// A Network is a set of addresses, at some of which a listener listens.
// It is safe for concurrent use.
type Network struct {
	dialed atomic.Int64
	open   atomic.Int64 // ends of connections that are not closed

	mu        sync.Mutex // guards listeners
	listeners map[string]*Listener
}

// New returns a network on which nobody listens.
func New() *Network {
	return &Network{listeners: make(map[string]*Listener)}
}

// Listen returns a listener at address, which has the form "host:port".
// It is an error if another listener has it.
func (nw *Network) Listen(address string) (*Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, opError("listen", address, err)
	}
	nw.mu.Lock()
	defer nw.mu.Unlock()
	if nw.listeners[address] != nil {
		return nil, opError("listen", address, os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	ln := &Listener{
		nw:    nw,
		addr:  Addr(address),
		conns: make(chan net.Conn, backlog),
		done:  make(chan struct{}),
	}
	nw.listeners[address] = ln
	return ln, nil
}

// Dial connects to the listener at address. It returns as soon as the client
// stands in the listener's backlog. If nobody listens there the error wraps
// [syscall.ECONNREFUSED]; if ctx ends first, ctx.Err().
func (nw *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" {
		return nil, opError("dial", address, net.UnknownNetworkError(network))
	}
	nw.mu.Lock()
	ln := nw.listeners[address]
	nw.mu.Unlock()
	if ln == nil {
		return nil, opError("dial", address, os.NewSyscallError("connect", syscall.ECONNREFUSED))
	}
	return ln.dial(ctx)
}

// Open returns how many ends of connections are not yet closed, counting the
// client's and the server's ends each as one.
func (nw *Network) Open() int {
	return int(nw.open.Load())
}

var traffic atomic.Int64

// Traffic returns how many reads, on all networks of this process, have carried
// something.
func Traffic() int64 { return traffic.Load() }

// A Listener is the [net.Listener] of one address of a [Network].
type Listener struct {
	nw    *Network
	addr  Addr
	conns chan net.Conn // the backlog
	done  chan struct{}
	once  sync.Once
}

// Accept waits for a client and returns the server's end of its connection.
// After Close it returns [net.ErrClosed].
func (ln *Listener) Accept() (net.Conn, error) {
	select {
	case <-ln.done:
		return nil, opError("accept", string(ln.addr), net.ErrClosed)
	default:
	}
	select {
	case <-ln.done:
		return nil, opError("accept", string(ln.addr), net.ErrClosed)
	case c := <-ln.conns:
		return c, nil
	}
}

// Close frees the address and breaks the connections in the backlog.
// Connections that were accepted stay.
func (ln *Listener) Close() error {
	err := opError("close", string(ln.addr), net.ErrClosed)
	ln.once.Do(func() {
		err = nil
		ln.nw.mu.Lock()
		delete(ln.nw.listeners, string(ln.addr))
		ln.nw.mu.Unlock()
		close(ln.done)
		for {
			select {
			case c := <-ln.conns:
				c.Close()
			default:
				return
			}
		}
	})
	return err
}

// Addr returns the address that the listener was made for, as a [*net.TCPAddr]
// of 127.0.0.1.
func (ln *Listener) Addr() net.Addr { return ln.addr.tcp() }

func (ln *Listener) dial(ctx context.Context) (net.Conn, error) {
	client, server := ln.nw.pipe(ln.addr)
	var err error
	select {
	case ln.conns <- server:
		select {
		case <-ln.done: // Close may have emptied the backlog just before
			server.Close()
		default:
		}
		return client, nil
	case <-ln.done:
		err = os.NewSyscallError("connect", syscall.ECONNREFUSED)
	case <-ctx.Done():
		err = ctx.Err()
	}
	client.Close()
	server.Close()
	return nil, opError("dial", string(ln.addr), err)
}

// firstPort is the port of the first client; the next has the next one.
const firstPort = 50_000

// pipe returns the two ends of a connection to the server at addr.
func (nw *Network) pipe(addr Addr) (client, server net.Conn) {
	nw.open.Add(2)
	from := Addr(fmt.Sprintf("localhost:%d", firstPort+nw.dialed.Add(1)-1))
	c, s := net.Pipe()
	toClient, toServer := new(follower), new(follower)
	return &conn{Conn: c, nw: nw, local: from, remote: addr, reader: toClient, writer: toServer},
		&conn{Conn: s, nw: nw, local: addr, remote: from, reader: toServer, writer: toClient}
}

// conn is one end of a connection, with the addresses that TCP would give it.
type conn struct {
	net.Conn
	nw             *Network
	local, remote  Addr
	reader, writer *follower // of what is read here, and of what is written
	once           sync.Once
}

func (c *conn) LocalAddr() net.Addr  { return c.local.tcp() }
func (c *conn) RemoteAddr() net.Addr { return c.remote.tcp() }

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		traffic.Add(1)
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	if c.writer.see(p) {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *conn) Close() error {
	c.reader.set(nil)
	c.writer.set(nil)
	err := c.Conn.Close()
	c.once.Do(func() {
		c.nw.open.Add(-1)
	})
	return err
}

// An Addr is a TCP address of a [Network], "host:port", as errors tell it.
type Addr string

// tcp returns the address as one of the real network, which programs may expect of
// a listener or a connection. Every host is 127.0.0.1.
func (a Addr) tcp() *net.TCPAddr {
	_, port, _ := net.SplitHostPort(string(a))
	n, _ := strconv.Atoi(port)
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n}
}

// Network returns "tcp".
func (Addr) Network() string { return "tcp" }

// String returns the address as it was given to Listen.
func (a Addr) String() string { return string(a) }

func opError(op, address string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: Addr(address), Err: err}
}
