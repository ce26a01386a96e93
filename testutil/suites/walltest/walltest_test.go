package walltest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/walltest"
)

func TestMain(m *testing.M) { program.Main(m, main) }

// main is a wall that draws on standard output, and logs all that it does on standard error.
func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return loggedConn{conn}, nil
	}
	if err := lockedWall(ctx, dial, os.Args[1:], os.Stdout); err != nil {
		log.Print(err)
		os.Exit(2)
	}
}

// A loggedConn tells what comes, in pieces of rows and with other times than the screen.
type loggedConn struct{ net.Conn }

func (c loggedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	log.Printf("NewYork London Tokyo 08:00:00 %v sent %q", c.RemoteAddr(), p[:n])
	return n, err
}

func TestProgramThatLogsOnStandardError(t *testing.T) { walltest.TestProgram(t) }

// Right walls of different shapes get full marks.

func TestWallWithALockThatDrawsInPlace(t *testing.T) { walltest.Test(t, lockedWall) }

func TestWallWithAGoroutineForEachThatPrintsFrames(t *testing.T) { walltest.Test(t, frameWall) }

func TestWallThatDrawsOnEachReading(t *testing.T) { walltest.Test(t, eagerWall) }

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// parse returns the names and addresses of args, in order.
func parse(args []string) (names, addresses []string, err error) {
	if len(args) == 0 {
		return nil, nil, errors.New("usage: wall NAME=host:port ...")
	}
	for _, arg := range args {
		name, address, ok := strings.Cut(arg, "=")
		if _, _, err := net.SplitHostPort(address); !ok || name == "" || err != nil || slices.Contains(names, name) {
			return nil, nil, fmt.Errorf("bad argument %s", arg)
		}
		names = append(names, name)
		addresses = append(addresses, address)
	}
	return names, addresses, nil
}

// scan calls show with each time that a clock sends.
func scan(ctx context.Context, dial dialFunc, address string, show func(text string)) {
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if t, err := time.Parse(time.TimeOnly, lines.Text()); err == nil {
			show(t.Format(time.TimeOnly))
		}
	}
}

// lockedWall keeps the times in a map under a lock, and draws them twice a
// second over the ones before: a column each, in a box.
func lockedWall(ctx context.Context, dial dialFunc, args []string, out io.Writer) error {
	names, addresses, err := parse(args)
	if err != nil {
		return err
	}
	var mu sync.Mutex // guards times
	times := make(map[string]string)
	for i, name := range names {
		go scan(ctx, dial, addresses[i], func(text string) {
			mu.Lock()
			times[name] = text
			mu.Unlock()
		})
	}
	fmt.Fprint(out, "\x1b[2J")
	for ctx.Err() == nil {
		var b bytes.Buffer
		b.WriteString("\x1b[H\x1b[7m")
		for _, name := range names {
			fmt.Fprintf(&b, "| %-10s ", name)
		}
		b.WriteString("|\x1b[0m\n")
		mu.Lock()
		for _, name := range names {
			fmt.Fprintf(&b, "| %-10s ", times[name])
		}
		mu.Unlock()
		b.WriteString("|\n")
		out.Write(b.Bytes())
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return nil
}

// frameWall asks each clock's goroutine for its newest time, once a second,
// and adds a frame of rows made by package tabwriter.
func frameWall(ctx context.Context, dial dialFunc, args []string, out io.Writer) error {
	names, addresses, err := parse(args)
	if err != nil {
		return err
	}
	newest := make([]chan string, len(names))
	var group sync.WaitGroup
	for i := range names {
		newest[i] = make(chan string)
		heard := make(chan string)
		group.Go(func() {
			defer close(heard)
			scan(ctx, dial, addresses[i], func(text string) { heard <- text })
		})
		group.Go(func() {
			text := "??:??:??"
			next := heard
			for {
				select {
				case t, ok := <-next:
					if !ok {
						next = nil // it will not speak again
						continue
					}
					text = t
				case newest[i] <- text:
				case <-ctx.Done():
					for range heard {
					}
					return
				}
			}
		})
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			group.Wait()
			return ctx.Err()
		}
		w := tabwriter.NewWriter(out, 0, 8, 1, ' ', tabwriter.AlignRight|tabwriter.Debug)
		for i, name := range names {
			select {
			case text := <-newest[i]:
				fmt.Fprintf(w, "%s\t%s\t\n", name, text)
			case <-ctx.Done():
				group.Wait()
				return ctx.Err()
			}
		}
		w.Flush()
		fmt.Fprintln(out)
	}
}

// eagerWall draws a line over itself whenever a clock has spoken.
func eagerWall(ctx context.Context, dial dialFunc, args []string, out io.Writer) error {
	names, addresses, err := parse(args)
	if err != nil {
		return err
	}
	type reading struct {
		clock int
		text  string
	}
	readings := make(chan reading)
	for i := range names {
		go scan(ctx, dial, addresses[i], func(text string) {
			select {
			case readings <- reading{i, text}:
			case <-ctx.Done():
			}
		})
	}
	times := make([]string, len(names))
	for {
		select {
		case r := <-readings:
			times[r.clock] = r.text
		case <-ctx.Done():
			return nil
		}
		for i, name := range names {
			fmt.Fprintf(out, "%s %8s   ", name, times[i])
		}
		fmt.Fprint(out, "\r")
	}
}
