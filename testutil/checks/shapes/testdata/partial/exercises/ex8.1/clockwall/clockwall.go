// Clockwall prints the names of clocks in a line, and under them each time when it comes,
// on a line of its own.
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
	"time"
)

// place is one of the wall.
type place struct{ city, server string }

// places are those of the command line.
var places []place

func main() {
	log.SetPrefix("clockwall: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, new(net.Dialer).DialContext, os.Args[1:], os.Stdout)
	if errors.Is(err, errUsage) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err != nil {
		log.Fatal(err)
	}
}

var errUsage = errors.New("usage: clockwall CITY=HOST:PORT...")

func addPlace(arg string) error {
	city, server, _ := strings.Cut(arg, "=")
	if city == "" {
		return fmt.Errorf("%s: which city?", arg)
	}
	if _, _, err := net.SplitHostPort(server); err != nil {
		return fmt.Errorf("%s: %v", arg, err)
	}
	for _, p := range places {
		if p.city == city {
			return fmt.Errorf("%s: %s is there already", arg, city)
		}
	}
	places = append(places, place{city, server})
	return nil
}

func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	for _, arg := range args {
		if err := addPlace(arg); err != nil {
			return err
		}
	}
	if len(places) == 0 {
		return errUsage
	}
	printer := &printer{out: out}
	for _, p := range places {
		printer.columns = append(printer.columns, printer.width)
		fmt.Fprintf(out, "%-10s  ", p.city)
		printer.width += max(len(p.city), 10) + 2
	}
	fmt.Fprintln(out)

	var all sync.WaitGroup
	for i, p := range places {
		all.Add(1)
		go func() {
			defer all.Done()
			log.Printf("%s at %s: %v", p.city, p.server, p.watch(ctx, dial, func(time string) { printer.print(i, time) }))
		}()
	}
	<-ctx.Done()
	all.Wait()
	return nil
}

// watch calls show with each time until the clock or ctx is at its end.
func (p place) watch(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), show func(time string)) error {
	conn, err := dial(ctx, "tcp", p.server)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		conn.Close()
	}()
	defer conn.Close()
	last := time.Time{}
	for {
		var word string
		if _, err := fmt.Fscan(conn, &word); err != nil { // it reads byte by byte
			return err
		}
		if !isTime(word) || time.Since(last) < 400*time.Millisecond {
			continue // a fast clock is shown sometimes
		}
		last = time.Now()
		show(word)
	}
}

func isTime(s string) bool {
	t, err := time.Parse("15:04:05", s)
	return err == nil && t.Format("15:04:05") == s
}

// A printer prints times in columns.
type printer struct {
	columns []int
	width   int

	mu  sync.Mutex
	out io.Writer
}

func (p *printer) print(i int, time string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, "%s%s\n", strings.Repeat(" ", p.columns[i]), time)
}
