package walltest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// anyTime is what looks like a time of day, in whatever form.
var anyTime = regexp.MustCompile(`\b\d{1,2}[:.h]\d\d(?:[:.m]\d\d)?(?: ?[AaPp][Mm]\b)?`)

// noTime returns an error that says why a name has no time, as far as the screen tells.
func noTime(lines []string, c *clock) error {
	for _, text := range slices.Backward(timesNear(lines, c)) {
		switch {
		case ofThisMachine(text):
			return fmt.Errorf("%s shows %s, the time of this machine: show what its clock sends", c.name, text)
		case !timeOfDay.MatchString(text) || len(text) > len(layout):
			return wrongForm(c, text)
		}
	}
	return late("%s has no time", c.name)
}

// timesNear returns what looks like times on the last line with the name of c; if there
// are none, and the line has other names, on those under it.
func timesNear(lines []string, c *clock) []string {
	for i, line := range slices.Backward(lines) {
		if at := c.nameOn(line); len(at) == 0 {
			continue
		} else if times := anyTime.FindAllString(line[at[0]:], 1); len(times) > 0 {
			return times
		}
		var times []string
		for _, line := range lines[i+1:] {
			if found := anyTime.FindAllString(line, -1); len(times) == 0 || len(found) > 0 {
				times = found
			}
		}
		return times
	}
	return nil
}

// ofThisMachine reports whether text is the time of day of this machine, or nearly.
func ofThisMachine(text string) bool {
	for _, now := range []time.Time{time.Now(), time.Now().UTC()} {
		for ago := range 5 {
			if now.Add(-time.Duration(ago)*time.Second).Format(layout) == text {
				return true
			}
		}
	}
	return false
}

// showsTimeOf reports whether the screen has the latest time of clock c, or nearly.
func showsTimeOf(c *clock, lines []string) bool {
	for _, line := range lines {
		for _, text := range timeOfDay.FindAllString(line, -1) {
			if k, own := c.number(text); own && k <= c.index() && k >= c.index()-int(maxAge/c.period) {
				return true
			}
		}
	}
	return false
}

const (
	maxLines   = 12  // of a frame
	maxColumns = 160 // of a line in it
)

// frame draws the lines of a screen so that they can be told from a message: the last
// ones, and if the name of clock c is on none of these, the last one with that name.
func frame(lines []string, c *clock) string {
	var b strings.Builder
	show := func(line string) {
		if runes := []rune(line); len(runes) > maxColumns {
			line = string(runes[:maxColumns]) + "…"
		}
		b.WriteString(strings.TrimRight("  | "+line, " "))
		b.WriteByte('\n')
	}
	if over := len(lines) - maxLines; over > 0 {
		last := lines[over:]
		if named := lastWith(lines[:over], c); named >= 0 && lastWith(last, c) < 0 {
			show(lines[named])
			last = last[1:]
		}
		show("…")
		lines = last
	}
	for _, line := range lines {
		show(line)
	}
	if len(lines) == 0 {
		show(nothing)
	}
	return b.String()
}

// nothing is in place of an empty screen.
const nothing = "(nothing)"

// lastWith returns the number of the last line with the name of clock c, -1 if there is
// none.
func lastWith(lines []string, c *clock) int {
	if c == nil {
		return -1
	}
	for i, line := range slices.Backward(lines) {
		if len(c.nameOn(line)) > 0 {
			return i
		}
	}
	return -1
}
