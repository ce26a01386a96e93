package main

import (
	"bufio"
	"context"
	"net"
	"sync/atomic"
	"time"
)

// A clock is one of the wall. The goroutine that follows it stores what it tells, and
// the one that draws loads it.
type clock struct {
	name, address string
	shown         atomic.Pointer[string] // nil before the first time
}

// text returns what is to be shown of the clock.
func (c *clock) text() string {
	if s := c.shown.Load(); s != nil {
		return *s
	}
	return "…"
}

// show puts s on the wall.
func (c *clock) show(s string, changed chan<- struct{}) {
	c.shown.Store(&s)
	select {
	case changed <- struct{}{}:
	default: // the wall knows already that it has to draw
	}
}

// follow shows the times of the clock until ctx ends or the clock is lost.
func (c *clock) follow(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), changed chan<- struct{}) {
	conn, err := dial(ctx, "tcp", c.address)
	if err != nil {
		c.show("no clock", changed)
		return
	}
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		conn.Close()
	})
	lines := bufio.NewReaderSize(conn, 32)
	for {
		line, long, err := lines.ReadLine()
		if err != nil {
			break
		}
		if t, err := time.Parse(time.TimeOnly, string(line)); err == nil && !long {
			c.show(t.Format(time.TimeOnly), changed)
		}
	}
	if !stop() {
		<-closed
		return
	}
	conn.Close()
	c.show("lost", changed)
}
