package clients

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A recorder stands between clients and a server, and records what the clients say on
// their control connections. Data connections go past it.
type recorder struct {
	ln      *net.TCPListener
	server  string // its address
	rewrite func(reply string) string
	conns   sync.WaitGroup
	ctx     context.Context // ends when all connections must
	cancel  context.CancelFunc

	mu       sync.Mutex
	sessions []*session
	open     int           // control connections
	changed  chan struct{} // closed and replaced when something has been said
}

// A session is what a client has said on one control connection.
type session struct {
	commands []string
	replies  []string // their first lines
	secret   bool     // it has gone on in TLS
}

// record listens for clients. Each line of a reply goes to them as rewrite returns it.
// The caller must close the recorder.
func record(server string, rewrite func(reply string) string) (*recorder, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &recorder{ln: ln.(*net.TCPListener), server: server, rewrite: rewrite, changed: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.conns.Go(func() {
		for {
			conn, err := r.ln.AcceptTCP()
			if err != nil {
				return
			}
			r.conns.Go(func() { r.handleConn(conn) })
		}
	})
	return r, nil
}

func (r *recorder) addr() string { return r.ln.Addr().String() }

// close waits for the clients to leave. One that does not, such as a process that a client has
// left behind, is cut off.
func (r *recorder) close() {
	r.ln.Close()
	defer time.AfterFunc(5*time.Second, r.cancel).Stop()
	r.conns.Wait()
	r.cancel()
}

func (r *recorder) handleConn(client *net.TCPConn) {
	defer client.Close()
	server, err := net.Dial("tcp", r.server)
	if err != nil {
		return
	}
	defer server.Close()
	defer context.AfterFunc(r.ctx, func() {
		client.Close()
		server.Close()
	})()
	inline(client)
	s := new(session)
	r.note(func() { r.sessions, r.open = append(r.sessions, s), r.open+1 })
	defer r.note(func() { r.open-- })
	var secret atomic.Bool
	var replies sync.WaitGroup
	replies.Go(func() {
		defer client.CloseWrite()
		in := bufio.NewReader(server)
		for !secret.Load() {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			if strings.HasPrefix(line, "234") { // the reply to AUTH
				secret.Store(true)
			}
			r.note(func() { s.replies, s.secret = append(s.replies, strings.TrimRight(line, "\r\n")), secret.Load() })
			if _, err := io.WriteString(client, r.rewrite(line)); err != nil {
				break
			}
		}
		io.Copy(client, in)
	})
	var rest []byte // what has come of a line
	buf := make([]byte, 4<<10)
	for {
		n, err := client.Read(buf)
		rest = append(rest, buf[:n]...)
		for !secret.Load() {
			line, after, ok := bytes.Cut(rest, []byte("\n"))
			if !ok {
				break
			}
			r.note(func() { s.commands = append(s.commands, strings.TrimRight(string(line), "\r")) })
			rest = after
		}
		if _, werr := server.Write(buf[:n]); err != nil || werr != nil {
			break
		}
	}
	server.(*net.TCPConn).CloseWrite()
	replies.Wait()
}

// note calls f, which changes what is recorded.
func (r *recorder) note(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

// await waits until ok, of all sessions and the number of those that are open, holds or
// done is closed.
func (r *recorder) await(done <-chan struct{}, ok func(sessions []*session, open int) bool) error {
	for {
		r.mu.Lock()
		good, changed := ok(r.sessions, r.open), r.changed
		r.mu.Unlock()
		if good {
			return nil
		}
		select {
		case <-changed:
		case <-done:
			return errors.New("the client has ended before")
		}
	}
}

// all returns the sessions. They must have ended.
func (r *recorder) all() []*session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.sessions)
}
