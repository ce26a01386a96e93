package main

import (
	"context"
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
	idle  time.Duration // a client may say nothing for so long
	max   int           // sessions at once
	grace time.Duration // transfers have so long to finish when the server ends
	stall time.Duration // a transfer may stand still for so long
}

var defaults = settings{
	idle:  10 * time.Minute, // RFC 1123, 4.1.3.2, wants 5 at least
	max:   1000,
	grace: 10 * time.Second,
	stall: 2 * time.Minute,
}

// A server serves the files of one directory.
type server struct {
	settings
	root *os.Root // no name, and no link, leads out of it

	sessions sync.WaitGroup
	places   chan struct{} // holds one value for each session
	ending   chan struct{} // closed when the server is about to end
	ctx      context.Context
	cancel   context.CancelFunc // ends the transfers too
}

func newServer(dir string, settings settings) (*server, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("serve files: %w", err)
	}
	srv := &server{settings: settings, root: root,
		places: make(chan struct{}, settings.max), ending: make(chan struct{})}
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	return srv, nil
}

// serve is the function serve, of a server. When ln is closed, the clients that
// have no transfer under way must leave at once, and the others after it.
func (srv *server) serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			srv.end()
			return nil
		}
		if err != nil {
			slog.Error("accept", "err", err) // e.g., too many open files
			time.Sleep(100 * time.Millisecond)
			continue
		}
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
	close(srv.ending)
	force := time.AfterFunc(srv.grace, srv.cancel)
	defer force.Stop()
	srv.sessions.Wait()
	srv.cancel()
}
