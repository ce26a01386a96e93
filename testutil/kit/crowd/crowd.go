// Package crowd sends a number of clients to a server at the same time and records what
// each of them sees.
//
//	cr := crowd.New(dial)
//	for i := range 100 {
//		cr.Go(ctx, fmt.Sprintf("client %d", i+1), func(c *crowd.Client) error {
//			_, err := c.ReadLine(time.Hour)
//			return err
//		})
//	}
//	err := cr.Wait()
//	fmt.Print(cr.Picture())
//
// It works on a fake clock and on the real one.
package crowd

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"example.com/workbook/testutil/kit/timeline"
)

// A Crowd is a number of clients that come and go.
type Crowd struct {
	dial  func(ctx context.Context) (net.Conn, error)
	start time.Time

	clients sync.WaitGroup

	mu   sync.Mutex // guards what follows, and the rows
	rows []*timeline.Row
	errs []error // by row
}

// New returns an empty crowd whose clients connect by dial.
func New(dial func(ctx context.Context) (net.Conn, error)) *Crowd {
	return &Crowd{dial: dial, start: time.Now()}
}

// Go connects a client, and returns. The client then does what visit says, and
// disconnects. Clients are drawn in the order in which they came.
func (cr *Crowd) Go(ctx context.Context, name string, visit func(c *Client) error) {
	row := &timeline.Row{Name: name, Arrive: time.Since(cr.start)}
	cr.mu.Lock()
	i := len(cr.rows)
	cr.rows = append(cr.rows, row)
	cr.errs = append(cr.errs, nil)
	cr.mu.Unlock()
	conn, err := cr.dial(ctx)
	cr.clients.Go(func() {
		if err != nil {
			err = fmt.Errorf("%s cannot connect: %w", name, err)
		} else {
			c := &Client{Conn: conn, crowd: cr, row: row, lines: bufio.NewReader(conn)}
			defer c.Leave()
			err = visit(c)
		}
		cr.mu.Lock()
		cr.errs[i] = err
		cr.mu.Unlock()
	})
}

// Wait waits until all clients have left, and returns the error of the first, in
// the order in which they came, that has one.
func (cr *Crowd) Wait() error {
	cr.clients.Wait()
	cr.mu.Lock()
	defer cr.mu.Unlock()
	return cmp.Or(cr.errs...)
}

// Rows returns what each client has seen so far.
func (cr *Crowd) Rows() []timeline.Row {
	cr.mu.Lock()
	defer cr.mu.Unlock()
	rows := make([]timeline.Row, len(cr.rows))
	for i, r := range cr.rows {
		rows[i] = *r
		rows[i].Lines = append([]time.Duration(nil), r.Lines...)
	}
	return rows
}

// Picture draws what the clients have seen so far, in the characters of the
// locale, with a legend.
func (cr *Crowd) Picture() string {
	g := timeline.Locale()
	return timeline.Draw(cr.Rows(), time.Since(cr.start), g) + g.Legend() + "\n"
}

// A Client is one of a crowd. It is for the use of one goroutine.
type Client struct {
	net.Conn // for what ReadLine and ReadBy do not do

	crowd *Crowd
	row   *timeline.Row
	lines *bufio.Reader
	left  bool
}

// ErrPartial is the error of a client that has got a part of a line, and then nothing more.
var ErrPartial = errors.New("a line without its end")

// ReadLine returns the next line, without its newline. If it has not come
// after patience, the error says so and is an [os.ErrDeadlineExceeded], and an ErrPartial if a
// part of it has come; if the server has disconnected, it wraps [io.EOF].
func (c *Client) ReadLine(patience time.Duration) (string, error) {
	return c.ReadBy(patience, func(in *bufio.Reader) (string, error) {
		line, err := in.ReadString('\n')
		return strings.TrimSuffix(line, "\n"), err
	})
}

// ReadBy is ReadLine with another idea of what a line is: read returns the next line of in
// without its end, or what has come of it, and an error.
func (c *Client) ReadBy(patience time.Duration, read func(in *bufio.Reader) (string, error)) (string, error) {
	c.SetReadDeadline(time.Now().Add(patience))
	defer c.SetReadDeadline(time.Time{})
	line, err := read(c.lines)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && line != "":
		return "", timeout{fmt.Sprintf("%s got %.60q and no newline in %v", c.row.Name, line, patience), true}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "", timeout{fmt.Sprintf("%s got nothing in %v", c.row.Name, patience), false}
	case err != nil && line != "":
		return "", fmt.Errorf("%s got %.60q and no newline, and was disconnected (%w)", c.row.Name, line, err)
	case err != nil:
		return "", fmt.Errorf("%s was disconnected (%w)", c.row.Name, err)
	}
	c.crowd.mu.Lock()
	c.row.Lines = append(c.row.Lines, time.Since(c.crowd.start))
	c.crowd.mu.Unlock()
	return line, nil
}

// timeout is the error of a client that has waited for too long.
type timeout struct {
	text    string
	partial bool // it has got a part of a line
}

func (e timeout) Error() string { return e.text }

func (e timeout) Is(target error) bool {
	return target == os.ErrDeadlineExceeded || target == ErrPartial && e.partial
}

// Leave disconnects. It may be called more than once.
func (c *Client) Leave() {
	if c.left {
		return
	}
	c.left = true
	c.Close()
	c.crowd.mu.Lock()
	c.row.Left, c.row.Leave = true, time.Since(c.crowd.start)
	c.crowd.mu.Unlock()
}
