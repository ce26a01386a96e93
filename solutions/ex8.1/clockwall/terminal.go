package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	redrawInterval = time.Second / 10
	maxSilence     = 5 * time.Second // of a clock that is well
)

// Control sequences of terminals.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l" // switch to the alternate screen, hide the cursor, do not wrap lines
	leaveScreen = "\x1b[?7h\x1b[?25h\x1b[?1049l" // undo all that
	cursorHome  = "\x1b[H"
	clearRight  = "\x1b[K" // to the end of the line
	clearBelow  = "\x1b[J" // to the end of the screen
)

// terminal returns out as a file if it is a terminal we can draw on.
func terminal(out io.Writer) (tty *os.File, ok bool) {
	tty, ok = out.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return nil, false
	}
	_, _, ok = windowSize(tty)
	return tty, ok
}

// drawInPlace draws the table repeatedly on tty until ctx ends.
func (t *table) drawInPlace(ctx context.Context, tty *os.File, readings <-chan reading) error {
	defer io.WriteString(tty, leaveScreen)
	if _, err := io.WriteString(tty, enterScreen); err != nil {
		return fmt.Errorf("entering the alternate screen: %w", err)
	}
	redraw := time.NewTicker(redrawInterval)
	defer redraw.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case r := <-readings:
			t.latest[r.name] = r
		case <-redraw.C:
			if err := t.draw(tty); err != nil {
				return fmt.Errorf("drawing the clocks: %w", err)
			}
		}
	}
}

// draw draws the table on tty in a single write, so that it does not flicker. It asks for
// the size each time, as the user may have resized the window.
func (t *table) draw(tty *os.File) error {
	width, height, ok := windowSize(tty)
	if !ok || width == 0 || height == 0 {
		width, height = 80, 24 // there are terminals that do not know
	}
	_, err := io.WriteString(tty, t.frame(time.Now(), width, height))
	return err
}

// frame returns what draws the table, as it is at now, over the last frame.
func (t *table) frame(now time.Time, width, height int) string {
	// No line fills the last column: clearRight, sent when the cursor has
	// nowhere further to go, would clear the last line.
	lines := fitLines(t.lines(now, width-1), height)
	for i, line := range lines {
		lines[i] = fit(line, width-1) + clearRight
	}
	return cursorHome + strings.Join(lines, "\r\n") + clearBelow
}

// lines returns a line for each clock: its name, its time, and its error.
// Where width is too small for all three, it cuts the name and the error of the
// clock rather than the time.
func (t *table) lines(now time.Time, width int) []string {
	longest := 0
	for _, c := range t.clocks {
		longest = max(longest, utf8.RuneCountInString(c.name))
	}
	room := width - len("  ") - len(noTime)
	longest = max(1, min(longest, room))
	room -= longest + len("  ")

	var lines []string
	for _, c := range t.clocks {
		line := fmt.Sprintf("%-*s  %s  %s", longest, fit(c.name, longest), t.time(c), fit(t.status(c, now), room))
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// status returns the error of c, or "" if there is none.
func (t *table) status(c clock, now time.Time) string {
	r, ok := t.latest[c.name]
	age := now.Sub(r.at)
	switch {
	case !ok:
		return "connecting"
	case r.err != nil && age < r.wait:
		left := math.Ceil((r.wait - age).Seconds())
		return fmt.Sprintf("lost: %v, trying again in %vs", cause(r.err), left)
	case r.err != nil:
		return fmt.Sprintf("lost: %v, trying again", cause(r.err))
	case age > maxSilence:
		return fmt.Sprintf("silent for %v", age.Truncate(time.Second))
	}
	return ""
}

// cause returns the innermost error in err, which is the heart of the matter:
// of "dial tcp 127.0.0.1:8030: connect: connection refused" the last part.
func cause(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

// fitLines cuts lines to at most height, the last of which counts those cut off.
func fitLines(lines []string, height int) []string {
	if len(lines) <= height {
		return lines
	}
	shown := max(height-1, 0)
	more := fmt.Sprintf("and %d more", len(lines)-shown)
	return append(lines[:shown], more)
}

// fit cuts s to at most width characters, the last of which is … if any is cut off.
func fit(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	return string([]rune(s)[:width-1]) + "…"
}
