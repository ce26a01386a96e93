// Clockwall prints a table of the times of several clock servers: a column for
// each, and a line every second.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"
)

const unknown = "-"

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		fmt.Fprintf(os.Stderr, "Usage: %s NAME=host:port [NAME=host:port]...\n", os.Args[0])
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dialer := net.Dialer{Timeout: 20 * time.Second}
	if err := run(ctx, dialer.DialContext, os.Args[1:], os.Stdout); err != nil {
		log.Fatal("clockwall: ", err)
	}
}

// A wall holds the last time that each clock has told. Any goroutine may use it.
type wall struct {
	names []string

	mu    sync.Mutex
	times map[string]string
}

func (w *wall) set(name, time string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.times[name] = time
}

// row returns the times in the order of the names.
func (w *wall) row() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var row []string
	for _, name := range w.names {
		row = append(row, w.times[name])
	}
	return row
}

// run prints the table of the clocks that args name to out until ctx ends.
func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	w := &wall{times: make(map[string]string)}
	addresses := make(map[string]string)
	for _, arg := range args {
		name, address, err := split(arg)
		if err != nil {
			return err
		}
		if addresses[name] != "" {
			return fmt.Errorf("%s: there is another clock of that name", arg)
		}
		addresses[name] = address
		w.names = append(w.names, name)
		w.times[name] = unknown
	}
	if len(w.names) == 0 {
		return errors.New("no clocks")
	}

	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for name, address := range addresses {
		wg.Go(func() {
			err := w.follow(ctx, dial, name, address)
			w.set(name, unknown)
			if ctx.Err() == nil {
				log.Printf("%s is lost: %v", name, err)
			}
		})
	}
	return w.print(ctx, out)
}

var argument = regexp.MustCompile(`^([[:graph:]\pL][[:print:]\pL]*)=([^=]*:[^=:]+)$`)

// split splits an argument into a name and an address.
func split(arg string) (name, address string, err error) {
	m := argument.FindStringSubmatch(arg)
	if m == nil {
		return "", "", fmt.Errorf("argument %q: it should have the form NAME=host:port", arg)
	}
	if _, _, err := net.SplitHostPort(m[2]); err != nil {
		return "", "", fmt.Errorf("argument %q: %w", arg, err)
	}
	return m[1], m[2], nil
}

// follow keeps the time of one clock on the wall. It returns an error when the clock
// is lost.
func (w *wall) follow(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), name, address string) error {
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-ctx.Done():
			conn.SetReadDeadline(time.Unix(1, 0)) // wakes Read
		case <-done:
		}
	}()
	in := bufio.NewReaderSize(conn, 128)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		text := strings.TrimRight(string(line), "\r\n")
		if !clockTime.MatchString(text) {
			return fmt.Errorf("it is no clock: it says %q", text)
		}
		w.set(name, text)
	}
}

var clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$`)

// print prints the names, and the times once a second.
func (w *wall) print(ctx context.Context, out io.Writer) error {
	widest := len("15:04:05")
	for _, name := range w.names {
		widest = max(widest, len(name))
	}
	table := tabwriter.NewWriter(out, widest+1, 0, 1, ' ', 0)
	row := w.names
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		fmt.Fprintln(table, strings.Join(row, "\t"))
		if err := table.Flush(); err != nil {
			return fmt.Errorf("printing the table: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			row = w.row()
		}
	}
}
