package pipenet

import (
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A conn is one end of a connection, with the addresses and the errors that TCP would
// give it.
type conn struct {
	nw            *Network
	local, remote Addr
	in, out       *stream
	carried       *atomic.Int64 // reads of this end, among others
	once          sync.Once
}

// pipe returns the two ends of a connection to the server at addr. The streams hold
// toClient and toServer bytes.
func (nw *Network) pipe(addr Addr, toClient, toServer int) (client, server *conn) {
	nw.open.Add(2)
	n := nw.dialed.Add(1) - 1
	from := clientAddr(n)
	down, up := newStream(toClient), newStream(toServer)
	return &conn{nw: nw, local: from, remote: addr, in: down, out: up, carried: counter(2 * n)},
		&conn{nw: nw, local: addr, remote: from, in: up, out: down, carried: counter(2*n + 1)}
}

// Read returns what the other end has written, as soon as there is something; [io.EOF]
// if there is nothing left and the other end has closed.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	if n > 0 {
		c.carried.Add(1)
	}
	return n, c.opError("read", err)
}

// Write returns when all of p is in the socket buffer.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.opError("write", err)
}

func (c *conn) Close() error {
	err := error(net.ErrClosed)
	c.once.Do(func() {
		err = nil
		c.in.closeReader()
		c.out.closeWriter()
		c.nw.open.Add(-1)
	})
	return c.opError("close", err)
}

func (c *conn) LocalAddr() net.Addr  { return c.local.tcp() }
func (c *conn) RemoteAddr() net.Addr { return c.remote.tcp() }

func (c *conn) SetDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reader, t)
	return c.setError(c.out.setDeadline(&c.out.writer, t))
}

func (c *conn) SetReadDeadline(t time.Time) error {
	return c.setError(c.in.setDeadline(&c.in.reader, t))
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.setError(c.out.setDeadline(&c.out.writer, t))
}

// opError returns err as [net.TCPConn] does. As there, io.EOF stays what it is.
func (c *conn) opError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(op, errno)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

func (c *conn) setError(err error) error {
	if err == nil {
		return nil
	}
	return &net.OpError{Op: "set", Net: "tcp", Addr: c.LocalAddr(), Err: err}
}
