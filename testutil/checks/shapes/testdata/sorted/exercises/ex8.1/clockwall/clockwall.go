// Clockwall adds a frame of all clocks every second, by their names in alphabetical order,
// and logs what it reads on standard error.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	if len(os.Args) == 1 {
		fmt.Fprintln(os.Stderr, "usage: clockwall name=host:port ...")
		os.Exit(2)
	}
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
	}()
	dialer := &net.Dialer{}
	if err := run(ctx, dialer.DialContext, os.Args[1:], os.Stdout); err != nil {
		log.Fatalln("clockwall:", err)
	}
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

func run(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error {
	addresses, err := parse(args)
	if err != nil {
		return err
	}
	var times sync.Map // of name
	var group sync.WaitGroup
	defer group.Wait()
	for name, address := range addresses {
		group.Go(func() {
			for ctx.Err() == nil {
				if err := read(ctx, dial, address, func(line string) {
					log.Printf("%s says %s", name, line)
					times.Store(name, line)
				}); err != nil {
					log.Printf("%s: %v", name, err)
				}
				times.Delete(name)
				sleep(ctx, 5*time.Second)
			}
		})
	}
	names := slices.Sorted(maps.Keys(addresses))
	for sleep(ctx, time.Second) {
		var frame strings.Builder
		for _, name := range names {
			time, ok := times.Load(name)
			if !ok {
				time = "lost"
			}
			fmt.Fprintf(&frame, "%s: %v\n", name, time)
		}
		frame.WriteString("---\n")
		if _, err := io.WriteString(out, frame.String()); err != nil {
			return err
		}
	}
	return nil
}

func parse(args []string) (map[string]string, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("no clock was named")
	}
	addresses := make(map[string]string)
	for _, arg := range args {
		i := strings.IndexByte(arg, '=')
		if i < 1 {
			return nil, fmt.Errorf("%q does not look like name=host:port", arg)
		}
		if _, _, err := net.SplitHostPort(arg[i+1:]); err != nil {
			return nil, fmt.Errorf("%q: %w", arg, err)
		}
		if _, twice := addresses[arg[:i]]; twice {
			return nil, fmt.Errorf("%q: the name comes twice", arg)
		}
		addresses[arg[:i]] = arg[i+1:]
	}
	return addresses, nil
}

// sleep reports whether ctx goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func read(ctx context.Context, dial dialer, address string, show func(line string)) error {
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	lines := bufio.NewReader(conn)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		if len(line) != len("15:04:05\n") || line[2] != ':' || line[5] != ':' || strings.Trim(line, "0123456789:\n") != "" {
			return fmt.Errorf("%.20q is not the time", line)
		}
		show(line[:8])
	}
}
