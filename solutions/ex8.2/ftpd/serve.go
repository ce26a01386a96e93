package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"
)

func newServer(dir string, settings settings) (*server, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("serve files: %w", err)
	}
	srv := &server{settings: settings, root: root, places: make(chan struct{}, settings.max)}
	if srv.write {
		sweep(root)
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
// have no transfer under way must leave immediately, and the others after it.
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
