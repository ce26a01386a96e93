// Clockwall shows the times of several clock servers side by side, like the
// wall of clocks in the office of an international company.
//
// Usage:
//
//	clockwall NAME=host:port...
//
// Each argument has the name of a clock and the address of its server. The server
// sends the time of day once a second, in a line like 15:04:05.
//
//	$ clockwall NewYork=localhost:8010 London=localhost:8020 Tokyo=localhost:8030 | cat
//	NewYork   London    Tokyo
//	09:59:58  14:59:58  22:59:58
//	09:59:59  14:59:59  22:59:59
//	clockwall: London: connection closed by the server; trying again in 1s
//	10:00:00  --:--:--  23:00:00
//	10:00:01  15:00:01  23:00:01
//	^C
//
// In a terminal the clocks stand one below the other, and tick in place.
package main

import (
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
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// A clock is a clock server and the name it has on the wall.
type clock struct {
	name string
	addr string // host:port
}

// A reading is what there is to know of a clock at one moment: the time it
// tells, or the error by which it was lost. One with neither is of a clock that
// is connected and has not spoken yet.
type reading struct {
	name string        // of the clock
	at   time.Time     // when the reading was taken
	time string        // like 15:04:05
	err  error         // why the clock is lost
	wait time.Duration // and how long it stays so until it is dialed again
}

// A dialFunc connects to an address as [net.Dialer.DialContext] does.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

func main() {
	log.SetFlags(0)
	log.SetPrefix("clockwall: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	var dialer net.Dialer
	err := run(ctx, dialer.DialContext, os.Args[1:], os.Stdout)
	if err == nil {
		return
	}
	if errors.Is(err, errNoClocks) {
		fmt.Fprintln(os.Stderr, "usage: clockwall NAME=host:port...")
		os.Exit(2)
	}
	log.Print(err)
	if _, ok := errors.AsType[*argError](err); ok {
		os.Exit(2)
	}
	os.Exit(1)
}

// run shows the clocks named by args on out until ctx ends.
func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	clocks, err := parseClocks(args)
	if err != nil {
		return err
	}

	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // runs before wg.Wait: whatever ends run ends the goroutines too

	readings := make(chan reading)
	for _, c := range clocks {
		wg.Go(func() { watch(ctx, dial, c, readings) })
	}
	t := newTable(clocks)
	if tty, ok := terminal(out); ok {
		return t.drawInPlace(ctx, tty, readings)
	}
	return t.printRows(ctx, out, readings)
}

// parseClocks returns the clocks that args name, in the same order.
func parseClocks(args []string) ([]clock, error) {
	if len(args) == 0 {
		return nil, errNoClocks
	}
	var clocks []clock
	seen := make(map[string]bool)
	for _, arg := range args {
		c, err := parseClock(arg)
		if err != nil {
			return nil, &argError{arg, err}
		}
		if seen[c.name] {
			return nil, &argError{arg, fmt.Errorf("second clock named %s", c.name)}
		}
		seen[c.name] = true
		clocks = append(clocks, c)
	}
	return clocks, nil
}

// parseClock parses NAME=host:port.
func parseClock(arg string) (clock, error) {
	if strings.ContainsFunc(arg, unprintable) {
		return clock{}, errors.New("contains an unprintable character")
	}
	name, addr, ok := strings.Cut(arg, "=")
	if !ok || name == "" || addr == "" {
		return clock{}, errors.New("want NAME=host:port")
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return clock{}, err
	}
	if port == "" {
		return clock{}, errors.New("no port after the colon")
	}
	return clock{name, addr}, nil
}

func unprintable(r rune) bool {
	return !unicode.IsPrint(r) || r == utf8.RuneError
}

var errNoClocks = errors.New("no clocks to show")

// An argError says what is wrong with an argument of the command line.
type argError struct {
	arg string
	err error
}

func (e *argError) Error() string { return fmt.Sprintf("argument %q: %v", e.arg, e.err) }
func (e *argError) Unwrap() error { return e.err }
