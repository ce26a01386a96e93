// Clock2 is a time server for the local network: every second, a line.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
	_ "time/tzdata" // there may be none on this machine
)

func main() {
	err := start(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "usage: clock2 [-port number]")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "clock2: %v\n", err)
		os.Exit(1)
	}
}

// start reads the command line and serves until the program is killed.
func start(args []string) error {
	flags := flag.NewFlagSet("clock2", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	port := flags.Uint("port", 8000, "port")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *port > 65535 {
		return fmt.Errorf("-port %d: there are only 65535 ports", *port)
	}
	if err := zone(); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", *port))
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "clock2 is ready on %v\n", ln.Addr())
	return serve(ln)
}

// zone takes the local time zone from the environment.
func zone() error {
	name, set := os.LookupEnv("TZ")
	if !set || name == "" {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err == nil {
		time.Local = loc
	}
	return err
}

// An audience is the set of clients that are connected. It is safe for use by
// several goroutines.
type audience struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

func (a *audience) add(c net.Conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conns == nil {
		a.conns = make(map[net.Conn]struct{})
	}
	a.conns[c] = struct{}{}
}

func (a *audience) remove(c net.Conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.conns, c)
}

// dismiss disconnects all clients.
func (a *audience) dismiss() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for c := range a.conns {
		c.Close()
	}
}

// serve tells the time to each client that connects to ln. When ln is closed it disconnects,
// and returns when the last client is gone.
func serve(ln net.Listener) error {
	var all audience
	var wg sync.WaitGroup
	defer wg.Wait()
	defer all.dismiss()

	pause := 5 * time.Millisecond
	for {
		conn, err := ln.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			slog.Warn("cannot accept a client", "err", err, "again in", pause)
			time.Sleep(pause)
			pause = min(2*pause, time.Second)
			continue
		}
		pause = 5 * time.Millisecond
		all.add(conn)
		wg.Go(func() {
			defer all.remove(conn)
			defer conn.Close()
			tell(conn)
		})
	}
}

// tell writes the time to w, now and every second, until that fails.
func tell(w io.Writer) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		if _, err := io.WriteString(w, time.Now().Format(time.TimeOnly)+"\n"); err != nil {
			return
		}
		<-ticker.C
	}
}
