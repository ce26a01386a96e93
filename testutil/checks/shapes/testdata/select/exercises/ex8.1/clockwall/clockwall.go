// Clockwall is a wall of clocks for the terminal:
//
//	┌──────────┬──────────┐
//	│ Nairobi  │ Quito    │
//	├──────────┼──────────┤
//	│ 16:20:00 │ 08:20:00 │
//	└──────────┴──────────┘
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"
	"unicode"
)

func main() {
	args := os.Args[1:]
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: clockwall name=host:port...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var d net.Dialer
	if err := run(ctx, d.DialContext, args, os.Stdout); err != nil {
		log.Fatalf("clockwall: %v", err)
	}
}

// frame is the shortest time between two pictures.
const frame = 200 * time.Millisecond

// run draws the clocks whenever one of them has changed, until ctx ends.
func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	clocks, err := parseArgs(args)
	if err != nil {
		cancel()
		return err
	}
	changed := make(chan struct{}, 1)
	var wg sync.WaitGroup
	for _, c := range clocks {
		wg.Go(func() { c.follow(ctx, dial, changed) })
	}
	err = loop(ctx, clocks, changed, out)
	cancel()
	wg.Wait()
	return err
}

// loop draws a picture for each change, and then rests for a frame.
func loop(ctx context.Context, clocks []*clock, changed <-chan struct{}, out io.Writer) error {
	last := ""
	for {
		if now := picture(clocks); now != last {
			// Over an empty screen, from its corner.
			if _, err := io.WriteString(out, "\x1b[H\x1b[J"+now); err != nil {
				return err
			}
			last = now
		}
		rest := time.After(frame)
		var change <-chan struct{} // nil as long as we rest
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				return nil
			case <-rest:
				change = changed
			case <-change:
				waiting = false
			}
		}
	}
}

// parseArgs returns a clock for each argument.
func parseArgs(args []string) ([]*clock, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("no clocks to show")
	}
	var clocks []*clock
	taken := make(map[string]bool)
	for _, arg := range args {
		name, address, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fmt.Errorf("%q: = is missing", arg)
		}
		if strings.TrimSpace(name) == "" || strings.ContainsFunc(name, unicode.IsControl) {
			return nil, fmt.Errorf("%q: this is no good name", arg)
		}
		if _, port, err := net.SplitHostPort(address); err != nil {
			return nil, fmt.Errorf("%q: %v", arg, err)
		} else if port == "" {
			return nil, fmt.Errorf("%q: the port is missing", arg)
		}
		if taken[name] {
			return nil, fmt.Errorf("%q: the name is taken", arg)
		}
		taken[name] = true
		clocks = append(clocks, &clock{name: name, address: address})
	}
	return clocks, nil
}
