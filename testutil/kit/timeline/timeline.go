// Package timeline draws what the clients of a server saw, one row each, with
// the time from left to right.
//
//	           0s   1s   2s   3s   4s   5s   6s
//	client 1   ●────●────●─┤
//	client 2        ┊·········●────●────●─┤
//
// Client 1 connects immediately, reads three lines and leaves. Client 2 connects
// after a second and gets its first line when client 1 is gone.
package timeline

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// A Row is what one client saw. Times count from the start of the picture.
type Row struct {
	Name   string
	Arrive time.Duration   // when it connected
	Lines  []time.Duration // when it got each line
	Left   bool            // it has disconnected
	Leave  time.Duration   // when, if it did
}

// Glyphs are the characters of a picture.
type Glyphs struct {
	Arrive    rune // connects, and gets nothing yet
	Wait      rune // goes on waiting for the first line
	Line      rune // gets a line
	Connected rune // has had a line, and stays
	Leave     rune // leaves
	More      rune // rows that are not drawn
}

// Unicode and ASCII are the two sets of characters to draw with.
var (
	Unicode = Glyphs{Arrive: '┊', Wait: '·', Line: '●', Connected: '─', Leave: '┤', More: '⋮'}
	ASCII   = Glyphs{Arrive: ':', Wait: '.', Line: 'o', Connected: '-', Leave: '|', More: ':'}
)

// Locale returns the characters that a terminal shows in the locale of the
// environment: Unicode where that is UTF-8.
func Locale() Glyphs {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(os.Getenv(name)); value != "" {
			if strings.Contains(value, "utf-8") || strings.Contains(value, "utf8") {
				return Unicode
			}
			return ASCII
		}
	}
	return ASCII
}

// Legend returns the line that says what the characters mean.
func (g Glyphs) Legend() string {
	return fmt.Sprintf("%c gets a line   %c%c connected, waits for its first line   %c leaves", g.Line, g.Arrive, g.Wait, g.Leave)
}

const (
	cell    = 5  // columns from one label of the axis to the next
	maxCell = 12 // labels on an axis
	maxRows = 6  // rows before some are left out
)

// steps are the times that a cell may stand for.
var steps = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 12 * time.Hour,
}

// Draw returns the picture of rows from 0 to end. Each line of it ends in a
// newline. It is at most 80 columns wide, if the names are at most 15, and of
// many rows only the first few and the last are drawn.
func Draw(rows []Row, end time.Duration, g Glyphs) string {
	step := stepFor(end)
	name := 0
	for _, r := range rows {
		name = max(name, utf8.RuneCountInString(r.Name))
	}
	var b strings.Builder
	line := func(label, text string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s   %s", name, label, text), " "))
		b.WriteByte('\n')
	}
	line("", axis(end, step))
	for i, r := range rows {
		if len(rows) > maxRows && i >= maxRows-2 && i < len(rows)-1 {
			if i == maxRows-2 {
				line(string(g.More), fmt.Sprintf("%d more", len(rows)-maxRows+1))
			}
			continue
		}
		line(r.Name, r.draw(end, step, g))
	}
	return b.String()
}

// stepFor returns the shortest step with which end fits on the axis.
func stepFor(end time.Duration) time.Duration {
	for _, step := range steps {
		if end <= maxCell*step {
			return step
		}
	}
	const day = 24 * time.Hour
	return (end / maxCell).Truncate(day) + day
}

func axis(end, step time.Duration) string {
	var b strings.Builder
	for t := time.Duration(0); t <= end; t += step {
		fmt.Fprintf(&b, "%-*s", cell, label(t))
	}
	return b.String()
}

// label returns "0s", "90s", "5m", "2h".
func label(t time.Duration) string {
	switch {
	case t >= 48*time.Hour:
		return fmt.Sprintf("%gd", t.Hours()/24)
	case t >= 2*time.Hour:
		return fmt.Sprintf("%gh", t.Hours())
	case t >= 2*time.Minute:
		return fmt.Sprintf("%gm", t.Minutes())
	}
	return fmt.Sprintf("%gs", t.Seconds())
}

// draw returns the row without its name.
func (r Row) draw(end, step time.Duration, g Glyphs) string {
	column := func(t time.Duration) int { return int(t * cell / step) }
	last := end
	if r.Left {
		last = r.Leave
	}
	text := []rune(strings.Repeat(" ", column(max(end, last))+1))
	first := column(last)
	if len(r.Lines) > 0 {
		first = column(r.Lines[0])
	}
	for i := column(r.Arrive); i <= column(last); i++ {
		if i < first {
			text[i] = g.Wait
		} else {
			text[i] = g.Connected
		}
	}
	if len(r.Lines) == 0 {
		text[first] = g.Wait
	}
	text[column(r.Arrive)] = g.Arrive
	for _, t := range r.Lines {
		text[column(t)] = g.Line
	}
	if r.Left {
		at := column(last)
		if n := len(r.Lines); n > 0 && column(r.Lines[n-1]) == at {
			at++ // it left as soon as it had its last line
		}
		if at == len(text) {
			text = append(text, ' ')
		}
		text[at] = g.Leave
	}
	return string(text)
}
