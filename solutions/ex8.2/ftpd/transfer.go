package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A transfer is what goes over one data connection. For what this process reads and writes
// itself, text and listings, it is an io.ReadWriter.
type transfer struct {
	verb  string   // "RETR"
	name  string   // "/poems/rain.txt"
	conn  net.Conn // the data connection
	start time.Time
	moved atomic.Int64
	due   int64 // how many bytes must have moved by the deadline of Read

	stall  time.Duration // settings.stall
	linger time.Duration // settings.linger

	ctx      context.Context // ends when the transfer must
	cancel   context.CancelCauseFunc
	stop     func() bool    // so that the end of ctx closes conn no more
	watching sync.WaitGroup // the goroutine of watch
}

// begin begins the transfer of a file: it says so, with a note behind the name, has the client
// watched, and makes the data connection. If there is none, it says that and returns nil.
func (s *session) begin(verb, name, note string) *transfer {
	switch {
	case s.data == nil:
		s.reply(425, "Use PASV or EPSV first")
		return nil
	case s.srv.tlsOnly && !s.security.data:
		s.reply(521, "TLS is required; send PROT P first")
		return nil
	}
	ctx, cancel := context.WithCancelCause(s.srv.ctx)
	t := &transfer{verb: verb, name: name, start: time.Now(), stall: s.srv.stall, linger: s.srv.linger, ctx: ctx, cancel: cancel}
	s.reply(150, s.opening(verb, name)+note)
	s.conn.SetReadDeadline(time.Time{})
	t.watching.Go(func() { s.watch(cancel, t.status) })
	conn, err := s.connect(ctx)
	if err != nil {
		s.finish(t, err)
		return nil
	}
	t.conn = conn
	t.stop = context.AfterFunc(ctx, func() { conn.Close() })
	return t
}

// opening returns the text of the reply 150, in which some clients look for words.
func (s *session) opening(verb, name string) string {
	mode := "BINARY"
	if s.ascii {
		mode = "ASCII"
	}
	if verb == "STOU" {
		return "FILE: " + name // the client has to know it (RFC 1123, 4.1.2.9)
	}
	return fmt.Sprintf("Opening %s mode data connection for %s", mode, name)
}

// finish ends a transfer that has gone well, or failed with err: it closes the data
// connection, and replies (RFC 959, 5.4).
func (s *session) finish(t *transfer, err error) {
	defer t.cancel(nil)
	err = t.close(err)
	s.conn.SetReadDeadline(longAgo)
	t.watching.Wait()
	if cause := context.Cause(t.ctx); err != nil && cause != nil {
		if errors.Is(err, errKept) {
			cause = errors.Join(cause, errKept)
		}
		err = cause
	}
	attrs := []any{"what", t.verb + " " + t.name, "bytes", t.moved.Load(), "took", time.Since(t.start).Round(time.Millisecond)}
	if err != nil {
		attrs = append(attrs, "err", err)
	}
	s.log.Info("transfer", attrs...)
	s.reply(outcome(err))
}

// close closes the data connection, if there is one.
func (t *transfer) close(err error) error {
	if t.conn == nil {
		return err
	}
	if err == nil {
		err = t.end()
	}
	if t.stop() {
		err = errors.Join(err, t.conn.Close())
	}
	return err
}

// end tells the client that all has been sent. Only what has gone well ends in TLS too, so that
// the client sees if a third party has cut the connection. Of a small file it waits for a while
// until the client has read the end. If the replies 150 and 226 come to it with the whole file
// in between, all at once, some clients read both and miss the file: aria2, snarf, that of Erlang.
func (t *transfer) end() error {
	switch conn := t.conn.(type) {
	case *net.TCPConn:
		conn.CloseWrite()
	case *secureConn:
		if err := conn.CloseWrite(); err != nil {
			return err
		}
	default:
		return nil
	}
	if t.moved.Load() <= chunk {
		t.conn.SetReadDeadline(time.Now().Add(t.linger))
		t.conn.Read(make([]byte, 1)) // the client closes its end
	}
	return nil
}

// status tells how the transfer stands. It is safe for concurrent use.
func (t *transfer) status() []string {
	return []string{t.verb + " " + t.name, fmt.Sprintf("%d bytes so far", t.moved.Load())}
}

// chunk is how many bytes must move within the time of settings.stall.
const chunk = 1 << 20

// copy copies src to dst, one of which is the data connection, until the end of src. It hands
// the two to package io as they are: if one is a file and the other a TCP connection, the
// kernel copies, on Linux by sendfile or splice, and no byte passes through this process.
func (t *transfer) copy(dst io.Writer, src io.Reader) error {
	for {
		t.conn.SetDeadline(time.Now().Add(t.stall))
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

// whole returns an error if f, which has been read to its end, has become shorter than
// size: the client has neither the old file nor the new one.
func whole(f *os.File, size int64) error {
	end, err := f.Seek(0, io.SeekCurrent)
	if err == nil && end < size {
		err = &fs.PathError{Op: "read", Path: f.Name(), Err: io.ErrUnexpectedEOF}
	}
	return err
}

// Write writes to the data connection, within the time of settings.stall.
func (t *transfer) Write(p []byte) (int, error) {
	t.conn.SetWriteDeadline(time.Now().Add(t.stall))
	n, err := t.conn.Write(p)
	t.moved.Add(int64(n))
	return n, err
}

// Read reads from the data connection. In however many pieces, a chunk must come within the
// time of settings.stall.
func (t *transfer) Read(p []byte) (int, error) {
	if moved := t.moved.Load(); moved >= t.due {
		t.due = moved + chunk
		t.conn.SetReadDeadline(time.Now().Add(t.stall))
	}
	n, err := t.conn.Read(p)
	t.moved.Add(int64(n))
	return n, err
}
