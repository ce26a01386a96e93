package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// Settings are what may differ from server to server.
type settings struct {
	write bool          // clients may change the files
	keep  bool          // uploads that break off stay as far as they have come
	ports ports         // of data connections
	idle  time.Duration // a client may say nothing for so long
	login time.Duration // a client has so long to log in
	max   int           // sessions at once
	grace time.Duration // transfers have so long to finish when the server ends
	stall time.Duration // a transfer may stand still for so long

	linger time.Duration // a client may take so long to see the end of a file

	account *account    // who may log in; nil for anybody
	tls     *tls.Config // how to speak TLS; nil for not at all
	tlsOnly bool        // no password and no data go over a connection without TLS
}

var defaults = settings{
	idle:  10 * time.Minute, // RFC 1123, 4.1.3.2, wants 5 at least
	login: time.Minute,
	max:   1000,
	grace: 10 * time.Second,
	stall: 2 * time.Minute,

	linger: 20 * time.Millisecond,
}

// A server serves the files of one directory.
type server struct {
	settings
	root *os.Root // no name, and no link, leads out of it

	naming   sync.Mutex // held while an upload gets its name
	sessions sync.WaitGroup
	places   chan struct{} // holds one value for each session

	ending context.Context // ends when the server is about to
	warn   context.CancelFunc
	ctx    context.Context // ends when the transfers must too
	cancel context.CancelFunc
}

func newServer(dir string, settings settings) (*server, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("serve files: %w", err)
	}
	srv := &server{settings: settings, root: root, places: make(chan struct{}, settings.max)}
	if srv.write {
		srv.sweep()
	}
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	srv.ending, srv.warn = context.WithCancel(srv.ctx)
	return srv, nil
}

// When Accept fails, e.g. since too many files are open, the server waits before it
// tries again: for minWait at first, then for twice as long each time, up to maxWait.
const (
	minWait = 5 * time.Millisecond
	maxWait = 1 * time.Second
)

// serve is the function serve, of a server. When ln is closed, the clients that
// have no transfer under way must leave at once, and the others after it.
func (srv *server) serve(ln net.Listener) error {
	var wait time.Duration
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			srv.end()
			return nil
		}
		if err != nil {
			wait = min(max(minWait, 2*wait), maxWait)
			slog.Error("accept", "err", err, "wait", wait)
			time.Sleep(wait)
			continue
		}
		wait = 0
		select {
		case srv.places <- struct{}{}:
			srv.sessions.Go(func() {
				srv.handleConn(conn)
				<-srv.places
			})
		default:
			srv.sessions.Go(func() { srv.refuse(conn) })
		}
	}
}

// refuse tells a client that there are too many already.
func (srv *server) refuse(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(replyTime))
	fmt.Fprintf(conn, "421 there are %d sessions, and no room for more; try again later\r\n", srv.max)
}

// end ends all sessions. It returns when the last has ended.
func (srv *server) end() {
	srv.warn()
	force := time.AfterFunc(srv.grace, srv.cancel)
	defer force.Stop()
	srv.sessions.Wait()
	srv.cancel()
}
