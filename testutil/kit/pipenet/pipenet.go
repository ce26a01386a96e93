// Package pipenet is a network in memory, for servers and clients under test. Its
// connections behave like TCP connections on the loopback interface.
//
//	nw := pipenet.New()
//	ln, err := nw.Listen("localhost:8000")
//	...
//	go serve(ln)
//	conn, err := nw.Dial(ctx, "tcp", "localhost:8000")
//
// A program sees the same behavior as with TCP. A client may connect before the server
// accepts it, and waits in the backlog. An address without a listener refuses the
// connection. Closing a listener breaks the connections that it has not yet accepted.
//
// A socket buffer keeps what one end writes until the other end reads it. So one Read may
// return several writes, and a write blocks only while the buffer is full. After its own
// Close, an end fails with [net.ErrClosed]. When the other end has closed, Read returns the
// rest of the buffer and then [io.EOF]. Write fails with [Broken], or with
// [Reset] if the other end has not read everything. Deadlines fail with
// [os.ErrDeadlineExceeded]. All errors except io.EOF are in a [*net.OpError].
//
// It differs from TCP in three ways. A write fails as soon as the other end has closed. (TCP
// needs a moment to notice that, and the first write succeeds.) Read never fails with
// ECONNRESET. And connections have another type than [*net.TCPConn].
//
// All of it can be made and used inside a [testing/synctest] bubble.
package pipenet

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"weak"
)

// backlog is how many clients of a listener may wait to be accepted.
// Like TCP, one more waits in Dial.
const backlog = 128

// A Network is a set of addresses, at some of which a listener listens.
// It is safe for concurrent use.
type Network struct {
	dialed atomic.Int64
	open   atomic.Int64 // ends of connections that are not closed

	mu        sync.Mutex // guards the rest
	listeners map[string]*Listener
	accepted  []weak.Pointer[conn]
}

// New returns a network without listeners.
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
		return nil, opError("listen", address, os.NewSyscallError("bind", InUse))
	}
	ln := &Listener{
		nw:    nw,
		addr:  Addr(address),
		conns: make(chan *conn, backlog),
		done:  make(chan struct{}),
	}
	nw.listeners[address] = ln
	return ln, nil
}

// Dial connects to the listener at address. It returns as soon as the client is in the
// listener's backlog. Without a listener the error wraps [Refused]; if ctx
// ends first, ctx.Err().
func (nw *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if !slices.Contains([]string{"tcp", "tcp4", "tcp6"}, network) {
		return nil, opError("dial", address, net.UnknownNetworkError(network))
	}
	nw.mu.Lock()
	ln := nw.listeners[address]
	nw.mu.Unlock()
	if ln == nil {
		return nil, opError("dial", address, os.NewSyscallError("connect", Refused))
	}
	return ln.dial(ctx)
}

// Open returns how many ends of connections are not yet closed, counting the
// client's and the server's ends each as one.
func (nw *Network) Open() int {
	return int(nw.open.Load())
}

// Reachable returns how many connections, of all that Accept has returned, are still in
// memory because something refers to them. It runs the garbage collector.
func (nw *Network) Reachable() int {
	runtime.GC()
	nw.mu.Lock()
	defer nw.mu.Unlock()
	nw.accepted = slices.DeleteFunc(nw.accepted, func(c weak.Pointer[conn]) bool { return c.Value() == nil })
	return len(nw.accepted)
}

// traffic counts the reads that have carried something. Connections share a counter as
// little as possible: the race detector takes what two goroutines do to one counter for
// synchronization, and would overlook races of the program under test.
var traffic [256]atomic.Int64

func counter(n int64) *atomic.Int64 { return &traffic[n%int64(len(traffic))] }

// Traffic returns how many reads, on all networks of this process, have carried
// something.
func Traffic() int64 {
	var sum int64
	for i := range traffic {
		sum += traffic[i].Load()
	}
	return sum
}

// A Listener is the [net.Listener] of one address of a [Network].
type Listener struct {
	nw    *Network
	addr  Addr
	conns chan *conn // the backlog
	done  chan struct{}
	once  sync.Once

	ended  atomic.Bool // by End
	failed atomic.Int64
}

// Accept waits for a client and returns the server's end of its connection.
// After Close it returns [net.ErrClosed].
func (ln *Listener) Accept() (net.Conn, error) {
	select {
	case <-ln.done:
		if ln.ended.Load() && ln.failed.Add(1) > maxFailed {
			select {} // in a loop that calls it forever
		}
		return nil, ln.opError("accept", net.ErrClosed)
	default:
	}
	select {
	case <-ln.done:
		return nil, ln.opError("accept", net.ErrClosed)
	case c := <-ln.conns:
		ln.nw.mu.Lock()
		ln.nw.accepted = append(ln.nw.accepted, weak.Make(c))
		ln.nw.mu.Unlock()
		return c, nil
	}
}

// Close frees the address and breaks the connections in the backlog.
// Connections that were accepted stay.
func (ln *Listener) Close() error {
	err := ln.opError("close", net.ErrClosed)
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

// Closed reports whether the listener is closed.
func (ln *Listener) Closed() bool {
	select {
	case <-ln.done:
		return true
	default:
		return false
	}
}

// maxFailed is how often Accept fails after End.
const maxFailed = 3

// End closes the listener when its test is over. A server that goes on calling Accept all
// the same, which a test may ask for by Close, is no longer of interest: it gets the error
// some times, and then blocks.
func (ln *Listener) End() {
	ln.ended.Store(true)
	ln.Close()
}

// Addr returns the address that the listener was made for, as a [*net.TCPAddr]
// of 127.0.0.1.
func (ln *Listener) Addr() net.Addr { return ln.addr.tcp() }

// opError returns err as [net.TCPListener] does.
func (ln *Listener) opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: ln.Addr(), Err: err}
}

func (ln *Listener) dial(ctx context.Context) (net.Conn, error) {
	client, server := ln.nw.pipe(ln.addr, window(ctx), bufferSize)
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
		err = os.NewSyscallError("connect", Refused)
	case <-ctx.Done():
		err = ctx.Err()
	}
	client.Close()
	server.Close()
	return nil, opError("dial", string(ln.addr), err)
}

// bufferSize is how many bytes a connection holds in each direction.
const bufferSize = 64 << 10

type windowKey struct{}

// WithWindow returns a context whose clients have a small receive window: a connection
// that Dial makes with it holds n bytes from the server to the client, so that a client
// that does not read soon blocks the server's writes. On TCP that is a client that has
// set SO_RCVBUF, or one that has not read for long.
func WithWindow(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, windowKey{}, n)
}

func window(ctx context.Context) int {
	if n, ok := ctx.Value(windowKey{}).(int); ok {
		return n
	}
	return bufferSize
}

// firstPort is the port of the first client; the next has the next one.
const firstPort = 50_000

// clientAddr returns the address of the client that is number n, from 0.
func clientAddr(n int64) Addr { return Addr(fmt.Sprintf("localhost:%d", firstPort+n)) }

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
