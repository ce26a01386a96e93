package main

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
)

// A speaker is a connection to a clock server that says all at the same time.
type speaker struct {
	net.Conn // nil: nothing else is called
	r        io.Reader
	read     int // bytes
}

func (c *speaker) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.read += n
	return n, err
}

func (c *speaker) Close() error { return nil }

// hear returns the times that listen takes from what a server says, and why it stops.
func hear(c *speaker) (times []string, err error) {
	readings := make(chan reading)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for r := range readings {
			if r.time != "" {
				times = append(times, r.time)
			}
		}
	}()
	dial := func(context.Context, string, string) (net.Conn, error) { return c, nil }
	spoke, err := listen(context.Background(), dial, clock{name: "London"}, readings)
	close(readings)
	<-done
	if spoke != (len(times) > 0) {
		times = append(times, "and yet listen says that there are others")
	}
	return times, err
}

// Whatever a server says, the clocks of the wall show the times that come first, up to
// what is none; the rest is not read, but for what fits into a line; and the error
// holds no control character that would play with the terminal.
func FuzzListen(f *testing.F) {
	for _, text := range []string{
		"15:04:05\n15:04:06\n", "15:04:05\r\n", "15:04:05", "24:00:00\n", "9:04:05\n", "15:04:05.67\n15:04:05\n", "\n", "",
		"15:04:05\n\x1b[2J\x1b]0;title\x07\n", "15:04:05 15:04:06\n", strings.Repeat("1", 2*maxLine), strings.Repeat("15:04:05\n", 3*maxLine) + "\x80\xff\u009b\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want []string
		kept := 0
		for line := range strings.SplitSeq(text, "\n") {
			line = strings.TrimSuffix(line, "\r")
			if at, err := time.Parse("15:04:05", line); err != nil || at.Format("15:04:05") != line {
				break
			}
			want = append(want, line)
			kept += len(line) + 1
		}
		c := &speaker{r: strings.NewReader(text)}
		got, err := hear(c)
		if !slices.Equal(got, want) || err == nil {
			t.Errorf("of %q listen takes %q, %v, want %q and an error", text, got, err, want)
		}
		if c.read > kept+len(want)+2*maxLine {
			t.Errorf("of %q listen reads %d bytes, want at most %d after the times", text, c.read, 2*maxLine)
		}
		if err != nil && strings.ContainsFunc(err.Error(), unicode.IsControl) {
			t.Errorf("of %q listen says %q, want no control character in it", text, err)
		}
		if again, _ := hear(&speaker{r: iotest.OneByteReader(strings.NewReader(text))}); !slices.Equal(again, want) {
			t.Errorf("of %q, byte by byte, listen takes %q, want %q", text, again, want)
		}
	})
}
