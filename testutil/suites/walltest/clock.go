package walltest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// layout is the form of a line.
const layout = "15:04:05"

// A clock is a server that a wall watches. Its time of day tells it from the
// other clocks, and which of its lines is meant: each line is one second later
// than the one before, however fast they come.
type clock struct {
	name    string
	address string
	first   string        // its first line, in the form of layout
	phase   time.Duration // from the start to its first line
	period  time.Duration // between lines
	refuses bool          // no server listens at its address
	closes  bool          // its server stops with its first client
	twin    *clock        // another one with its address and time, before it in the arguments

	// serve writes to one client until that leaves. By default it ticks.
	serve func(c *clock, conn net.Conn)

	// ahead, if not nil, is how far line k is ahead of what the seconds since the
	// first line make it: a clock that was set while it ran.
	ahead func(k int) time.Duration

	start  time.Time // of its first line
	odd    bool      // it has a way to serve of its own
	guests atomic.Int64
	left   chan struct{} // closed when the first client has closed its end
	leave  sync.Once

	mu   sync.Mutex // guards said
	said []time.Time
}

// three returns the clocks of most cases. They do not tick in the same instant:
// which of them comes first is not left to chance, and neither is what a program shows whose ticker
// started with run.
func three() []*clock {
	return []*clock{
		{name: "NewYork", address: "localhost:8010", first: "08:00:00", phase: 40 * time.Millisecond, period: time.Second},
		{name: "London", address: "localhost:8020", first: "13:00:00", phase: 110 * time.Millisecond, period: time.Second},
		{name: "Tokyo", address: "localhost:8030", first: "22:00:00", phase: 220 * time.Millisecond, period: time.Second},
	}
}

// many returns n clocks, at most twelve, that no wall can have been written for. Each has
// an hour of its own. The name of the fifth is longer than most columns.
func many(n int) []*clock {
	names := [...]string{"Lima", "Oslo", "Nairobi", "Seoul", "Dumont-d'Urville polar station", "Reykjavik", "Quito", "Dhaka", "Suva", "Apia", "Cairo", "Perth"}
	var clocks []*clock
	for i, name := range names[:n] {
		clocks = append(clocks, &clock{
			name: name, address: fmt.Sprintf("localhost:%d", 8110+10*i),
			first: fmt.Sprintf("%02d:10:00", 3+i),
			phase: time.Duration(20+70*i) * time.Millisecond, period: time.Second,
		})
	}
	return clocks
}

// twelve returns clocks of which two have addresses of IPv6.
func twelve() []*clock {
	clocks := many(12)
	clocks[1].address = "[::1]:8120"
	clocks[11].address = "[2001:db8::7]:8230"
	return clocks
}

// twelveWithATwin returns clocks of which two are one, with two names.
func twelveWithATwin() []*clock {
	clocks := twelve()
	c, twin := clocks[7], clocks[2]
	c.twin, c.first, c.phase = twin, twin.first, twin.phase
	return clocks
}

// given returns the address of c in the arguments.
func (c *clock) given() string {
	if c.twin != nil {
		return c.twin.address
	}
	return c.address
}

// listen serves clients on ln until it is closed.
func (c *clock) listen(ln net.Listener) {
	c.start = time.Now().Add(c.phase)
	c.left = make(chan struct{})
	if c.odd = c.serve != nil; !c.odd {
		c.serve = (*clock).tick
	}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			c.guests.Add(1)
			if c.closes {
				ln.Close()
			}
			go func() {
				io.Copy(io.Discard, conn) // until the client leaves
				conn.Close()
				c.leave.Do(func() { close(c.left) })
			}()
			go c.serve(c, conn)
		}
	}()
}

// index returns the number of the line that is due now, counting from 0.
func (c *clock) index() int { return max(0, int(time.Since(c.start)/c.period)) }

// line returns line k, without its newline.
func (c *clock) line(k int) string {
	first, _ := time.Parse(layout, c.first)
	t := first.Add(time.Duration(k) * time.Second)
	if c.ahead != nil {
		t = t.Add(c.ahead(k))
	}
	return t.Format(layout)
}

// number returns the number of a line, if it can be one of this clock: of a clock that
// was set, the latest that it has sent.
func (c *clock) number(line string) (k int, ok bool) {
	if c.ahead != nil {
		for k := c.index(); k >= 0; k-- {
			if c.line(k) == line {
				return k, true
			}
		}
		return 0, false
	}
	first, _ := time.Parse(layout, c.first)
	t, err := time.Parse(layout, line)
	if err != nil {
		return 0, false
	}
	const day = 24 * time.Hour
	k = int((t.Sub(first) + day) % day / time.Second)
	return k, k < 3600
}

// sent returns how many lines the clock has sent by a moment. Those of its twin count, since
// one connection is enough for both.
func (c *clock) sent(by time.Time) int {
	if c.twin != nil && c.guests.Load() == 0 {
		c = c.twin
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, t := range c.said {
		if !t.After(by) {
			n++
		}
	}
	return n
}

// hasBeenLeft reports whether the first client has closed its connection.
func (c *clock) hasBeenLeft() bool {
	select {
	case <-c.left:
		return true
	default:
		return false
	}
}

// isIn reports whether text has a time that the clock has sent.
func (c *clock) isIn(text string) bool {
	for k := range c.index() + 1 {
		if strings.Contains(text, c.line(k)) {
			return true
		}
	}
	return false
}

// say keeps when a line was sent.
func (c *clock) say() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, time.Now())
}

// ticks writes n lines in the way of send, each when it is due.
func (c *clock) ticks(conn net.Conn, n int, send func(conn net.Conn, line string) error) error {
	for k, end := c.index(), c.index()+n; k < end; k++ {
		time.Sleep(time.Until(c.start.Add(time.Duration(k) * c.period)))
		c.say()
		if err := send(conn, c.line(k)); err != nil {
			return err
		}
	}
	return nil
}

// forever is more lines than any case has time for.
const forever = 1 << 30

func whole(conn net.Conn, line string) error {
	_, err := io.WriteString(conn, line+"\n")
	return err
}

// inPieces writes a line as a busy network may deliver it.
func inPieces(conn net.Conn, line string) error {
	_, err1 := io.WriteString(conn, line[:4])
	time.Sleep(120 * time.Millisecond)
	_, err2 := io.WriteString(conn, line[4:]+"\n")
	return errors.Join(err1, err2)
}

// These are ways to serve a client.

func (c *clock) tick(conn net.Conn) { c.ticks(conn, forever, whole) }

func silent(*clock, net.Conn) {}

func piecemeal(c *clock, conn net.Conn) { c.ticks(conn, forever, inPieces) }

// lastSaid is the number of the line at which a clock stops sending.
const lastSaid = 20

// fallSilent sends no line after lastSaid. A client that comes later, as on a busy machine,
// gets that one.
func fallSilent(c *clock, conn net.Conn) {
	if left := lastSaid - c.index(); left > 0 {
		c.ticks(conn, left, whole)
		return
	}
	whole(conn, c.line(lastSaid-1))
}

// isSet is how far a clock is ahead that is set 5 seconds forward, an hour forward, and
// 2 minutes back.
func isSet(k int) time.Duration {
	var d time.Duration
	for at, by := range map[int]time.Duration{5: 5 * time.Second, 10: time.Hour, 15: -2 * time.Minute} {
		if k >= at {
			d += by
		}
	}
	return d
}

// wasSet says so.
func wasSet(c *clock) string {
	return fmt.Sprintf("%s was set: after %s it sent %s, after %s %s, after %s %s",
		c.name, c.line(4), c.line(5), c.line(9), c.line(10), c.line(14), c.line(15))
}

func closeEarly(c *clock, conn net.Conn) {
	c.ticks(conn, 2, whole)
	conn.Close()
}

// inPairs writes two lines at the same time, when the second is due: a network may deliver them so.
func inPairs(c *clock, conn net.Conn) {
	first := ""
	c.ticks(conn, forever, func(conn net.Conn, line string) error {
		if first == "" {
			first = line + "\n"
			return nil
		}
		_, err := io.WriteString(conn, first+line+"\n")
		first = ""
		return err
	})
}

// interject returns a way to serve that ticks twice, sends text, is silent for a
// while, so that the text may be seen, and ticks on.
func interject(text string) func(*clock, net.Conn) {
	return func(c *clock, conn net.Conn) {
		c.ticks(conn, 2, whole)
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
		time.Sleep(3 * c.period)
		c.ticks(conn, forever, whole)
	}
}
