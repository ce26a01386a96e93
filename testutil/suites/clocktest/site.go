package clocktest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"example.com/workbook/testutil/kit/crowd"
	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/suites/suite"
)

const address = "localhost:8000"

// A site is a server under test with its network.
type site struct {
	serve Serve
	nw    *pipenet.Network
	inner *pipenet.Listener
	ln    net.Listener // that serve gets: inner, or one around it
}

func newSite(serve Serve) (*site, error) {
	nw := pipenet.New()
	ln, err := nw.Listen(address)
	if err != nil {
		return nil, err
	}
	return &site{serve: serve, nw: nw, inner: ln, ln: ln}, nil
}

// visit lets a crowd visit a server: clients does the visiting, and returns when all
// have left.
func visit(ctx context.Context, serve Serve, clients func(cr *crowd.Crowd) error) error {
	s, err := newSite(serve)
	if err != nil {
		return err
	}
	return s.visit(ctx, clients)
}

func (s *site) visit(ctx context.Context, clients func(cr *crowd.Crowd) error) error {
	done := s.start(ctx)
	err := clients(s.crowd())
	select {
	case early := <-done:
		return suite.About("TestClock/returns_nil_when_its_listener_is_closed", suite.Returned{Err: early, Closed: s.inner.Closed()})
	default:
		return err
	}
}

// start starts the server, for the case that ctx belongs to.
func (s *site) start(ctx context.Context) (done <-chan error) {
	s.endHelpers(ctx)
	result := make(chan error, 1)
	ln := &beginning{Listener: s.ln, begin: func() { fakeclock.Begun(ctx) }}
	go func() { result <- s.serve(ln) }()
	return result
}

// A beginning listener calls begin when Accept is called for the first time: what the server
// has started by then is not of a client.
type beginning struct {
	net.Listener
	once  sync.Once
	begin func()
}

func (ln *beginning) Accept() (net.Conn, error) {
	ln.once.Do(ln.begin)
	isolate.Accepts()
	return ln.Listener.Accept()
}

// crowd returns an empty crowd of clients.
func (s *site) crowd() *crowd.Crowd {
	return crowd.New(func(ctx context.Context) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		conn, err := s.nw.Dial(ctx, "tcp", address)
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.New("the server accepts no more clients")
		}
		return conn, err
	})
}

// maxHelpers is how many goroutines a server may have besides those of its clients.
const maxHelpers = 10

// endHelpers ends a server that does more, some time after its case, than wait in
// Accept: a goroutine that it has started for itself then has a reason to end. If there
// are too many of them, they belong to clients that have left, and the server goes on.
func (s *site) endHelpers(ctx context.Context) {
	context.AfterFunc(ctx, func() {
		time.Sleep(fakeclock.Grace * 3 / 4)
		others := goroutine.Others()
		if others != "" && strings.Count(others, "\n\n") < maxHelpers {
			s.inner.End()
		}
	})
}

// client returns the case of one client.
func client(visitor func(c *crowd.Client) error) func(context.Context, Serve) error {
	return func(ctx context.Context, serve Serve) error {
		return visit(ctx, serve, func(cr *crowd.Crowd) error {
			cr.Go(ctx, "client", visitor)
			return cr.Wait()
		})
	}
}

// many sends clients who each read a number of lines, all at the same time.
func many(ctx context.Context, cr *crowd.Crowd, clients, lines int) error {
	for i := range clients {
		cr.Go(ctx, fmt.Sprintf("client %d", i+1), func(c *crowd.Client) error {
			for range lines {
				if _, err := c.ReadBy(time.Hour, anyLine); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return cr.Wait()
}
