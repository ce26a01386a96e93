// Clockwall asks each clock for one time a second, and draws cards, two side by side.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

func main() {
	if len(os.Args) == 1 {
		fmt.Fprintln(os.Stderr, "usage: clockwall name=host:port...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, (&net.Dialer{}).DialContext, os.Args[1:], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// A card shows a clock.
type card struct {
	name, address string
	text          atomic.Value // string
}

func run(ctx context.Context, dial dialer, args []string, out io.Writer) error {
	var cards []*card
	for _, arg := range args {
		name, address, _ := strings.Cut(arg, "=")
		if _, port, err := net.SplitHostPort(address); name == "" || port == "" || err != nil {
			return fmt.Errorf("%s: want name=host:port", arg)
		}
		if slices.ContainsFunc(cards, func(c *card) bool { return c.name == name }) {
			return fmt.Errorf("%s: there is a clock %s already", arg, name)
		}
		c := &card{name: name, address: address}
		c.text.Store("waiting")
		cards = append(cards, c)
	}
	if len(cards) == 0 {
		return fmt.Errorf("no clocks: want name=host:port")
	}
	done := make(chan struct{})
	for _, c := range cards {
		go func() {
			every(ctx, time.Second, func() error { c.ask(ctx, dial); return nil })
			done <- struct{}{}
		}()
	}
	err := every(ctx, time.Second/2, func() error { return draw(out, cards) })
	for range cards {
		<-done
	}
	return err
}

// every calls f at once, and then again after each interval, until ctx ends or f fails.
func every(ctx context.Context, interval time.Duration, f func() error) error {
	for ctx.Err() == nil {
		if err := f(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(interval):
		}
	}
	return nil
}

// ask connects to the clock of the card, and reads one line.
func (c *card) ask(ctx context.Context, dial dialer) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := dial(ctx, "tcp", c.address)
	if err != nil {
		c.text.Store("lost")
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	line, err := bufio.NewReader(io.LimitReader(conn, 100)).ReadString('\n')
	if t, err := time.Parse("15:04:05\n", line); err == nil && t.Format("15:04:05\n") == line {
		c.text.Store(line[:8])
	} else {
		c.text.Store("lost")
	}
}

// draw draws all cards at the top of the screen.
func draw(out io.Writer, cards []*card) error {
	var b strings.Builder
	b.WriteString("\x1b[H\x1b[J")
	for row := range slices.Chunk(cards, 2) {
		for _, line := range []func(c *card) string{
			func(c *card) string { return "┌" + strings.Repeat("─", 42) + "┐" },
			func(c *card) string { return fmt.Sprintf("│ %-40s │", c.name) },
			func(c *card) string { return fmt.Sprintf("│ %-40s │", c.text.Load()) },
			func(c *card) string { return "└" + strings.Repeat("─", 42) + "┘" },
		} {
			for _, c := range row {
				b.WriteString(line(c) + " ")
			}
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
