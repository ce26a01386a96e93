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
//	$ clockwall NewYork=localhost:8010 London=localhost:8020 Tokyo=localhost:8030
//	NewYork   London    Tokyo
//	09:59:58  14:59:58  22:59:58
//	09:59:59  14:59:59  22:59:59
//	^C
package main

import (
	"context"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"example.com/workbook/exercises"
)

// A clock is a clock server and the name it has on the wall.
type clock struct {
	name string
	addr string // host:port
}

// A reading is what there is to know of a clock at one moment: the time it
// tells, or the error by which it was lost.
type reading struct {
	name string // of the clock
	time string // like 15:04:05
	err  error  // why the clock is lost
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
	if err != nil {
		log.Fatal(err) // TODO: without arguments, print the usage and exit with status 2
	}
}

// run shows the clocks named by args on out until ctx ends. It then returns
// nil, and nothing that it started is left. It connects to the clocks by dial.
// If an argument is invalid, it immediately returns an error that names it.
func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	// TODO: parse args, start a goroutine for each clock that watches it, and
	// print the table from what they send.
	_, _, _ = parseClocks, watch, (*table).printRows
	return exercises.ErrNotStarted
}

// parseClocks returns the clocks that args name, in the same order.
func parseClocks(args []string) ([]clock, error) {
	return nil, exercises.ErrNotStarted
}
