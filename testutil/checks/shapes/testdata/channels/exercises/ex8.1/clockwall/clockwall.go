// Clockwall shows clocks from all over the world, one a line, on the terminal.
//
//	clockwall Berlin=localhost:8010 Lima=localhost:8020
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// A dialer connects to a clock.
type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

var errUsage = errors.New("usage: clockwall NAME=host:port [more of them]")

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	err := run(ctx, new(net.Dialer).DialContext, os.Args[1:], os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

// run draws the clocks of args on out. One goroutine for each clock listens to it,
// and this one draws.
func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	ctx, cancel := context.WithCancel(ctx)
	news := make(chan message)
	var listeners sync.WaitGroup
	defer listeners.Wait()
	defer cancel()

	var faces []face
	var starts []func()
	for i, arg := range args {
		name, addr, err := parse(arg)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(faces, func(f face) bool { return f.name == name }) {
			return fmt.Errorf("clockwall: %q: there is a clock of that name already", arg)
		}
		faces = append(faces, face{name: name, text: connecting})
		starts = append(starts, func() { listen(ctx, dial, addr, i, news) })
	}
	for _, start := range starts {
		listeners.Go(start)
	}
	return draw(ctx, out, faces, news)
}

// parse takes NAME=host:port apart.
func parse(arg string) (name, addr string, err error) {
	name, addr, found := strings.Cut(arg, "=")
	host, port, err := net.SplitHostPort(addr)
	switch {
	case !found || name == "":
		return "", "", fmt.Errorf("clockwall: %q is not NAME=host:port", arg)
	case err != nil || host == "" || port == "":
		return "", "", fmt.Errorf("clockwall: %q has no host:port after the =", arg)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", "", fmt.Errorf("clockwall: %q has control characters in its name", arg)
	}
	return name, addr, nil
}
