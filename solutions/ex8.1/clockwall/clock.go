package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	dialTimeout = 10 * time.Second
	maxLine     = 64 // bytes; a time takes 9

	// A lost clock is dialed again after minWait, then after twice as long
	// each time, up to maxWait, until it tells the time again.
	minWait = 1 * time.Second
	maxWait = 30 * time.Second
)

// watch sends all there is to know of c to readings until ctx ends.
func watch(ctx context.Context, dial dialFunc, c clock, readings chan<- reading) {
	wait := minWait
	for {
		spoke, err := listen(ctx, dial, c, readings)
		if ctx.Err() != nil {
			return // we left the clock: it is not lost
		}
		if spoke {
			wait = minWait
		}
		send(ctx, readings, reading{name: c.name, err: err, wait: wait})
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, maxWait)
	}
}

// listen connects to c and sends the times it tells to readings for as long as
// the connection lasts. It reports whether there were any, and what ended them.
func listen(ctx context.Context, dial dialFunc, c clock, readings chan<- reading) (spoke bool, err error) {
	dialCtx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := dial(dialCtx, "tcp", c.addr)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	// Scan knows nothing of ctx, but a closed connection ends it.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	send(ctx, readings, reading{name: c.name})
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, maxLine), maxLine)
	for lines.Scan() {
		line := lines.Text()
		if !isTime(line) {
			return spoke, fmt.Errorf("%q is not a time", line)
		}
		spoke = true
		send(ctx, readings, reading{name: c.name, time: line})
	}
	if err := lines.Err(); err != nil {
		return spoke, fmt.Errorf("reading a time: %w", err)
	}
	return spoke, errors.New("connection closed by the server")
}

// isTime reports whether s is a time of day in the form 15:04:05.
func isTime(s string) bool {
	t, err := time.Parse(time.TimeOnly, s)
	// Parse is more generous: it takes 9:04:05 and 15:04:05.67 as well.
	return err == nil && t.Format(time.TimeOnly) == s
}

// send sends r, taken now, to readings, or gives up when ctx ends.
func send(ctx context.Context, readings chan<- reading, r reading) {
	r.at = time.Now()
	select {
	case readings <- r:
	case <-ctx.Done():
	}
}
