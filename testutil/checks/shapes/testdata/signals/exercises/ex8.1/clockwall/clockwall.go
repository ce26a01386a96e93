// Clockwall shows the times of several clock servers until it is interrupted.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

const usage = "usage: clockwall NAME=host:port..."

func main() {
	if len(os.Args) == 1 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	var d net.Dialer
	if err := run(context.Background(), d.DialContext, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "clockwall:", err)
		os.Exit(1)
	}
}

type message struct {
	column int
	time   string
}

// run shows a column for each clock of args, until ctx ends or a signal arrives.
func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	names := make([]string, len(args))
	addresses := make([]string, len(args))
	for i, arg := range args {
		name, address, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return fmt.Errorf("%q: want NAME=host:port", arg)
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("%q: %w", arg, err)
		}
		if slices.Contains(names, name) {
			return fmt.Errorf("%q: the name %s is taken", arg, name)
		}
		names[i], addresses[i] = name, address
	}

	messages := make(chan message)
	ended := make(chan struct{})
	for i, address := range addresses {
		go func() {
			defer func() { ended <- struct{}{} }()
			follow(ctx, dial, address, func(time string) {
				select {
				case messages <- message{i, time}:
				case <-ctx.Done():
				}
			})
		}()
	}
	err := show(ctx, out, names, messages)
	stop()
	for range addresses {
		<-ended
	}
	return err
}

// follow calls tell with each time that a clock sends, and with "--" when it is lost.
func follow(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), address string, tell func(time string)) {
	defer tell("--")
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	lines := bufio.NewScanner(io.LimitReader(conn, 1<<40))
	lines.Buffer(make([]byte, 64), 64)
	for lines.Scan() {
		clock := strings.TrimSpace(lines.Text())
		if _, err := time.Parse("15:04:05", clock); err != nil || len(clock) != 8 {
			return
		}
		tell(clock)
	}
}

func show(ctx context.Context, out io.Writer, names []string, messages <-chan message) error {
	times := make([]string, len(names))
	for i := range times {
		times[i] = "..."
	}
	if err := row(out, names, names); err != nil {
		return err
	}
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case m := <-messages:
			times[m.column] = m.time
		case <-second.C:
			if err := row(out, names, times); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// row prints cells in columns that are as wide as the names and a time.
func row(out io.Writer, names, cells []string) error {
	var line strings.Builder
	for i, cell := range cells {
		fmt.Fprintf(&line, "%-*s  ", max(8, len(names[i])), cell)
	}
	_, err := fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	return err
}
