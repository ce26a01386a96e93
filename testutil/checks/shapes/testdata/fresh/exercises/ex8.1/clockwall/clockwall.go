// Clockwall looks at each clock once a second, and at what has come until then.
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
	"strings"
	"sync"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: clockwall name=host:port...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var d net.Dialer
	if err := run(ctx, d.DialContext, os.Args[1:], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// A face is a clock on the wall.
type face struct {
	name, address string

	mu   sync.Mutex
	time string
}

func (f *face) set(time string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.time = time
}

func (f *face) get() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.time
}

func newFace(arg string) (*face, error) {
	name, address, ok := strings.Cut(arg, "=")
	if !ok || name == "" {
		return nil, fmt.Errorf("%s: want name=host:port", arg)
	}
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		return nil, fmt.Errorf("%s: want host:port after the name", arg)
	}
	return &face{name: name, address: address, time: "connecting"}, nil
}

func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	var faces []*face
	names := make(map[string]bool)
	for _, arg := range args {
		f, err := newFace(arg)
		if err != nil {
			return err
		}
		if names[f.name] {
			return fmt.Errorf("%s: two clocks of one name", arg)
		}
		names[f.name] = true
		faces = append(faces, f)
	}
	if len(faces) == 0 {
		return errors.New("no clocks")
	}
	var wg sync.WaitGroup
	for _, f := range faces {
		wg.Go(func() { f.follow(ctx, dial) })
	}
	draw := time.NewTicker(time.Second / 2)
	defer draw.Stop()
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			return nil
		case <-draw.C:
		}
		text := "\x1b[H\x1b[J"
		for _, f := range faces {
			text += fmt.Sprintf("%10s | %s |\r\n", f.get(), f.name)
		}
		if _, err := io.WriteString(out, text); err != nil {
			return err
		}
	}
}

// follow reads what has come from the clock, and its first line, once a second.
func (f *face) follow(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	defer f.set("no signal")
	conn, err := dial(ctx, "tcp", f.address)
	if err != nil {
		return
	}
	defer conn.Close()
	end := context.AfterFunc(ctx, func() { conn.Close() })
	defer end()
	for {
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\n")
		if t, err := time.Parse(time.TimeOnly, line); err == nil && t.Format(time.TimeOnly) == line {
			f.set(line)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}
