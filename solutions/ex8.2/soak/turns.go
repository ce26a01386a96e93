package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"example.com/workbook/solutions/ex8.2/clients"
)

// Turns are the clients of package clients that are installed here. They visit the server in
// turns, so that all come equally often.
type turns struct {
	clients []*clients.Client
	begun   atomic.Int64 // visits
	killed  atomic.Int64 // clients, in some of these visits
}

// findTurns returns the clients of all that are installed.
func findTurns(ctx context.Context, all []clients.Client) (*turns, error) {
	temp, err := os.MkdirTemp("", "soak-client")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	t := new(turns)
	for i := range all {
		if _, err := all[i].FindVersion(ctx, clients.Site{Temp: temp}); err == nil {
			t.clients = append(t.clients, &all[i])
		}
	}
	return t, ctx.Err()
}

// next returns the client whose turn it is, or nil if none is installed.
func (t *turns) next() *clients.Client {
	if len(t.clients) == 0 {
		return nil
	}
	n := t.begun.Add(1) - 1
	return t.clients[n%int64(len(t.clients))]
}

// String says which clients have visited the server, and how often.
func (t *turns) String() string {
	if len(t.clients) == 0 {
		return "no client of package clients is installed"
	}
	var names []string
	for _, c := range t.clients {
		names = append(names, c.Name)
	}
	return fmt.Sprintf("%d visits of clients in turns, of which %d were killed: %s", t.begun.Load(), t.killed.Load(), strings.Join(names, "; "))
}

// visit has the next client list, fetch and upload. On a busy machine some clients give
// up before the server has had its turn, so a visit that fails is tried again.
func (t *turns) visit(ctx context.Context, s *server) error {
	c := t.next()
	if c == nil {
		return nil
	}
	err := s.serve(ctx, c, programPatience)
	if err != nil && ctx.Err() == nil {
		log.Printf("this visit is tried again: %v", err)
		err = s.serve(ctx, c, programPatience)
	}
	return err
}

// breakOff has the next client do the same, and kills it in the middle.
func (t *turns) breakOff(ctx context.Context, s *server) error {
	c := t.next()
	if c == nil {
		return nil
	}
	const most = 2 * time.Second
	err := s.serve(ctx, c, mathrand.N(most))
	if errors.Is(err, context.DeadlineExceeded) {
		t.killed.Add(1)
		return nil
	}
	return err
}

// serve has a client visit the server, in a directory of its own. After this time the client is
// killed.
func (s *server) serve(ctx context.Context, c *clients.Client, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	temp, err := os.MkdirTemp("", "soak-client")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	site := clients.Site{Addr: s.addr, Root: s.root, Dir: rand.Text(), Temp: temp}
	defer os.RemoveAll(filepath.Join(s.root, site.Dir))
	return c.Visit(ctx, site)
}
