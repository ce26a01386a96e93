package walltest

import (
	"errors"
	"io"
	"net"
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
	refuses bool          // nobody listens at its address

	// serve writes to one client until that leaves. By default it ticks.
	serve func(c *clock, conn net.Conn)

	start  time.Time // of its first line
	guests atomic.Int64
}

// three returns the clocks of most cases. They do not tick in the same instant:
// which of them comes first is not left to chance.
func three() []*clock {
	return []*clock{
		{name: "NewYork", address: "localhost:8010", first: "08:00:00", phase: 0, period: time.Second},
		{name: "London", address: "localhost:8020", first: "13:00:00", phase: 110 * time.Millisecond, period: time.Second},
		{name: "Tokyo", address: "localhost:8030", first: "22:00:00", phase: 220 * time.Millisecond, period: time.Second},
	}
}

// five returns clocks that no wall can have been written for.
func five() []*clock {
	return []*clock{
		{name: "Lima", address: "localhost:8110", first: "03:00:00", phase: 20 * time.Millisecond, period: time.Second},
		{name: "Oslo", address: "localhost:8120", first: "09:00:00", phase: 90 * time.Millisecond, period: time.Second},
		{name: "Nairobi", address: "localhost:8130", first: "11:00:00", phase: 160 * time.Millisecond, period: time.Second},
		{name: "Seoul", address: "localhost:8140", first: "17:00:00", phase: 230 * time.Millisecond, period: time.Second},
		{name: "Auckland", address: "localhost:8150", first: "20:00:00", phase: 300 * time.Millisecond, period: time.Second},
	}
}

// listen serves clients on ln until it is closed.
func (c *clock) listen(ln net.Listener) {
	c.start = time.Now().Add(c.phase)
	if c.serve == nil {
		c.serve = (*clock).tick
	}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			c.guests.Add(1)
			go func() {
				io.Copy(io.Discard, conn) // until the client leaves
				conn.Close()
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
	return first.Add(time.Duration(k) * time.Second).Format(layout)
}

// number returns the number of a line, if it can be one of this clock.
func (c *clock) number(line string) (k int, ok bool) {
	first, _ := time.Parse(layout, c.first)
	t, err := time.Parse(layout, line)
	if err != nil {
		return 0, false
	}
	k = int(t.Sub(first) / time.Second)
	return k, 0 <= k && k < 3600
}

// ticks writes n lines in the way of send, each when it is due.
func (c *clock) ticks(conn net.Conn, n int, send func(conn net.Conn, line string) error) error {
	for k, end := c.index(), c.index()+n; k < end; k++ {
		time.Sleep(time.Until(c.start.Add(time.Duration(k) * c.period)))
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

// beforeSilence is how many lines a clock says that then falls silent.
const beforeSilence = 4

func fallSilent(c *clock, conn net.Conn) {
	if left := beforeSilence - c.index(); left > 0 {
		c.ticks(conn, left, whole)
	}
}

func hangUp(c *clock, conn net.Conn) {
	c.ticks(conn, 2, whole)
	conn.Close()
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
