package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A transfer is what goes over one data connection.
type transfer struct {
	what   string        // "RETR /poems/rain.txt"
	linger time.Duration // settings.linger
	moved  atomic.Int64
	due    int64 // how many bytes must have moved by the deadline, when a steady is read

	ctx      context.Context // ends when the transfer must
	cancel   context.CancelCauseFunc
	watching sync.WaitGroup // the goroutine of watch
}

var (
	errUnconnected = errors.New("no data connection")
	errAborted     = errors.New("aborted")
	errGone        = errors.New("the client has gone")
)

// carry makes a data connection, lets move send or receive over it, closes it,
// and replies (RFC 959, 5.4). It returns the error that the client has heard of.
func (s *session) carry(what string, move func(t *transfer, conn net.Conn) error) error {
	if s.data == nil {
		s.reply(425, "Use PASV or EPSV first")
		return errNoData
	}
	if s.srv.tlsOnly && !s.security.data {
		s.reply(521, "TLS is required; send PROT P first")
		return errNoData
	}
	t := s.begin(what)
	defer t.cancel(nil)
	start := time.Now()
	conn, err := s.connect()
	if err == nil {
		err = t.over(conn, s.secured(move))
	} else {
		err = fmt.Errorf("%w: %w", errUnconnected, err)
	}
	s.finish()
	if cause := context.Cause(t.ctx); err != nil && cause != nil {
		if errors.Is(err, errKept) {
			cause = errors.Join(cause, errKept)
		}
		err = cause
	}
	attrs := []any{"what", what, "bytes", t.moved.Load(), "took", time.Since(start).Round(time.Millisecond)}
	if err != nil {
		attrs = append(attrs, "err", err)
	}
	s.log.Info("transfer", attrs...)
	s.reply(outcome(err))
	return err
}

// outcome returns the last reply to a transfer that has ended with err.
func outcome(err error) (code int, text string) {
	_, local := errors.AsType[*fs.PathError](err)
	_, names := errors.AsType[*os.LinkError](err)
	if errors.Is(err, connReset) || errors.Is(err, timedOut) || errors.Is(err, os.ErrDeadlineExceeded) {
		local = false // where the kernel copies, a failed connection looks like a failed file
	}
	switch {
	case err == nil:
		return 226, "Transfer complete"
	case errors.Is(err, errUnconnected):
		return 425, "Cannot open data connection"
	case errors.Is(err, errKept):
		return 426, "Transfer aborted; " + errKept.Error()
	case errors.Is(err, diskFull) || errors.Is(err, overQuota):
		return 452, "Insufficient storage space"
	case local || names:
		return 451, "Cannot read or write the file"
	default:
		return 426, "Connection closed; transfer aborted"
	}
}

// begin makes a transfer the one under way, says so, and has the client watched.
func (s *session) begin(what string) *transfer {
	t := &transfer{what: what, linger: s.srv.linger}
	t.ctx, t.cancel = context.WithCancelCause(s.srv.ctx)
	mode := "BINARY"
	if s.ascii {
		mode = "ASCII"
	}
	_, name := split(what)
	text := fmt.Sprintf("Opening %s mode data connection for %s%s", mode, name, s.length)
	if name, ok := strings.CutPrefix(what, "STOU "); ok {
		text = "FILE: " + name // the client has to know it (RFC 1123, 4.1.2.9)
	}
	s.reply(150, text)
	s.transfer = t
	s.conn.SetReadDeadline(time.Time{})
	t.watching.Go(func() { s.watch(t) })
	return t
}

// finish waits until the client is no longer watched.
func (s *session) finish() {
	s.conn.SetReadDeadline(longAgo)
	s.transfer.watching.Wait()
}

// over lets move use conn until it returns or the transfer must end.
func (t *transfer) over(conn net.Conn, move func(t *transfer, conn net.Conn) error) error {
	stop := context.AfterFunc(t.ctx, func() { conn.Close() })
	err := move(t, conn)
	if err == nil {
		t.await(conn)
	}
	if stop() {
		err = errors.Join(err, conn.Close())
	}
	return err
}

// await waits for a while until the client has read the end of a small file. If the
// replies 150 and 226 come to it with the whole file in between, all at once, some clients
// read both and miss the file: aria2, snarf, that of Erlang.
func (t *transfer) await(conn net.Conn) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok || t.moved.Load() > chunk {
		return
	}
	tcp.CloseWrite()
	tcp.SetReadDeadline(time.Now().Add(t.linger))
	tcp.Read(make([]byte, 1)) // it closes its end
}

// abor answers ABOR. The transfer that it is about has ended: the goroutine
// that reads what the client says has seen to that.
func (s *session) abor() {
	s.forgetData()
	s.reply(226, "No transfer to abort")
}

// lines tells how the transfer stands. It is safe for concurrent use.
func (t *transfer) lines() []string {
	return []string{t.what, fmt.Sprintf("%d bytes so far", t.moved.Load())}
}

// chunk is how many bytes must move within the time of settings.stall.
const chunk = 1 << 20

// copy copies src to dst, one of which is conn, until the end of src. It hands the
// two to package io as they are: if one is a file and the other a TCP connection, the
// kernel copies, and no byte of it passes through this process.
func (t *transfer) copy(dst io.Writer, src io.Reader, conn net.Conn, stall time.Duration) error {
	for {
		conn.SetDeadline(time.Now().Add(stall))
		n, err := io.CopyN(dst, src, chunk)
		t.moved.Add(n)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// A steady is a data connection for what this process reads and writes itself: text
// and listings. Each Write may take the time of settings.stall, and so may a chunk that
// is read, in however many pieces.
type steady struct {
	net.Conn
	t     *transfer
	stall time.Duration
}

func (c steady) Write(p []byte) (int, error) {
	c.SetWriteDeadline(time.Now().Add(c.stall))
	n, err := c.Conn.Write(p)
	c.t.moved.Add(int64(n))
	return n, err
}

func (c steady) Read(p []byte) (int, error) {
	if moved := c.t.moved.Load(); moved >= c.t.due {
		c.t.due = moved + chunk
		c.SetReadDeadline(time.Now().Add(c.stall))
	}
	n, err := c.Conn.Read(p)
	c.t.moved.Add(int64(n))
	return n, err
}
