package walltest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// A site is a wall that runs as a process, with clocks that it reaches over TCP.
type site struct {
	clocks    []*clock
	listeners []net.Listener
	p         *program.Process
}

// fast is the period of clocks in real time, so that a test need not last long.
const fast = time.Second / 20

// open starts clocks on ports of the kernel's, and the program with their addresses.
func open(start Start, clocks []*clock) (*site, error) {
	s := &site{clocks: clocks}
	for _, c := range clocks {
		if c.period == time.Second {
			c.period = fast
		}
		c.phase = min(c.phase, 0)
	}
	if err := s.listen(); err != nil {
		s.close()
		return nil, err
	}
	var args []string
	for _, c := range clocks {
		args = append(args, c.name+"="+c.address)
	}
	var err error
	if s.p, err = start(args...); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *site) listen() error {
	for _, c := range s.clocks {
		ln, err := listenAt(c.address)
		if err != nil {
			return err
		}
		c.address = ln.Addr().String()
		if c.refuses {
			ln.Close()
			continue
		}
		s.listeners = append(s.listeners, ln)
		c.listen(ln)
	}
	return nil
}

// listenAt listens on the loopback address of IPv6 if address is of that kind and the
// machine has it, and else of IPv4.
func listenAt(address string) (net.Listener, error) {
	if strings.HasPrefix(address, "[") {
		if ln, err := net.Listen("tcp", "[::1]:0"); err == nil {
			return ln, nil
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

func (s *site) close() {
	if s.p != nil {
		s.p.Stop()
	}
	for _, ln := range s.listeners {
		ln.Close()
	}
}

// screen returns the lines that a person sees: those of standard output, and if they
// show nothing of a clock, what standard error has between them.
func (s *site) screen() []string {
	draw := func(text string) []string {
		screen := newScreen(len(s.clocks))
		screen.Write([]byte(text))
		return screen.History()
	}
	lines := draw(s.p.Stdout())
	if t := read(lines, s.clocks); t.named == 0 && len(t.unnamed) == 0 {
		return draw(s.p.Output())
	}
	return lines
}

// await waits until ok returns nil of the screen. If that does not come, it returns the
// last error of ok with the screen, which has to do with clock c if that is not nil.
func (s *site) await(ctx context.Context, c *clock, ok func(t table, lines []string) error) error {
	var lines []string
	var last error
	err := s.p.Await(ctx, func(string) bool {
		lines = s.screen()
		last = ok(read(lines, s.clocks), lines)
		return last == nil
	})
	switch {
	case suite.NotStarted(s.p):
		return exercises.ErrNotStarted
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%v: %w; the screen:\n%s", s.p, last, frame(lines, c))
	case read(lines, s.clocks).own(s.clocks) > 0:
		return fmt.Errorf("%w, want it to go on; the screen:\n%s", err, frame(lines, c))
	}
	return refused(fmt.Errorf("%w; the screen:\n%s", err, frame(lines, c)))
}

// showsOwn waits until each of the clocks is on the screen with its own time.
func (s *site) showsOwn(ctx context.Context, clocks ...*clock) error {
	for _, c := range clocks {
		err := s.await(ctx, c, func(t table, lines []string) error { return flaw(t, lines, c, s.clocks) })
		if err != nil {
			return err
		}
	}
	return nil
}

// goesOn waits until the time of each of the clocks has changed n times.
func (s *site) goesOn(ctx context.Context, n int, clocks ...*clock) error {
	last := make(map[*clock]string)
	for range n + 1 {
		for _, c := range clocks {
			err := s.await(ctx, c, func(t table, lines []string) error {
				if err := flaw(t, lines, c, s.clocks); err != nil {
					return err
				}
				if t.shown[c.name] == last[c] {
					return late("%s shows %s, and goes on showing it: its clock says %s", c.name, last[c], c.line(c.index()))
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		t := read(s.screen(), s.clocks)
		for _, c := range clocks {
			last[c] = t.shown[c.name]
		}
	}
	return nil
}
