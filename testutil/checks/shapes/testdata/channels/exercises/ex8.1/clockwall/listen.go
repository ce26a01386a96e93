package main

import (
	"bufio"
	"context"
	"time"
)

// What a face shows when there is no time to show.
const (
	connecting = "..."
	silent     = "connected"
	offline    = "offline"
)

const retry = 5 * time.Second

// A message says what a clock's face shows from now on.
type message struct {
	clock int // its place on the wall
	text  string
}

// listen sends what the clock at addr says to news, and connects again when it is
// lost, until ctx ends.
func listen(ctx context.Context, dial dialer, addr string, clock int, news chan<- message) {
	tell := func(text string) {
		select {
		case news <- message{clock, text}:
		case <-ctx.Done():
		}
	}
	for ctx.Err() == nil {
		for line := range lines(ctx, dial, addr) {
			tell(line)
		}
		tell(offline)
		select {
		case <-time.After(retry):
		case <-ctx.Done():
		}
	}
}

// lines returns a channel of the times that the clock at addr tells. It is closed
// when the connection is.
func lines(ctx context.Context, dial dialer, addr string) <-chan string {
	found := make(chan string)
	go func() {
		defer close(found)
		conn, err := dial(ctx, "tcp", addr)
		if err != nil {
			return
		}
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		defer stop()
		defer conn.Close()
		found <- silent
		in := bufio.NewScanner(conn)
		in.Buffer(nil, 1024)
		for in.Scan() {
			if text := in.Text(); isTime(text) {
				found <- text
			}
		}
	}()
	return found
}

// isTime reports whether s looks like 15:04:05.
func isTime(s string) bool {
	_, err := time.Parse("15:04:05", s)
	return err == nil && len(s) == len("15:04:05")
}
