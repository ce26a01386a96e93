package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	barWidth     = 20
	nameWidth    = 16
	lineWidth    = 79 // at most, so that it does not wrap
	drawInterval = time.Second / 10
)

// A progress is a line on a terminal that shows how much of a file has come. It
// is an io.Writer that counts what is written to it.
type progress struct {
	out         io.Writer
	name        string
	total, done int64 // bytes
	drawn       time.Time
}

func (p *progress) Write(b []byte) (int, error) {
	p.done += int64(len(b))
	if now := time.Now(); now.Sub(p.drawn) >= drawInterval {
		p.drawn = now
		fmt.Fprintf(p.out, "%-*s\r", lineWidth, p.line()) // a ^C at the start of the line is soon covered
	}
	return len(b), nil
}

// clear removes the line if there is one.
func (p *progress) clear() {
	if !p.drawn.IsZero() {
		fmt.Fprintf(p.out, "%*s\r", lineWidth, "")
	}
}

// line returns what p shows, in at most lineWidth characters.
func (p *progress) line() string {
	name := []rune(printable(p.name))
	if len(name) > nameWidth {
		name = append(name[:nameWidth-1], '…')
	}
	if p.total == unknown {
		return fmt.Sprintf("%s  %s", string(name), size(p.done))
	}
	share := 1.0 // of an empty file, or one that has grown
	if p.done < p.total {
		share = float64(p.done) / float64(p.total)
	}
	bar := strings.Repeat("#", int(share*barWidth))
	return fmt.Sprintf("%s  [%-*s] %3d%%  %s", string(name), barWidth, bar, int(share*100), size(p.done))
}

// size returns n bytes in words, like 1,541 bytes.
func size(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " bytes"
}
