package clocktest

import (
	"bufio"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Whether each line is a time of day and ends with a newline is for one case to tell, in
// which that is strict. The others take lines of any form, as long as it stays the same.

// A form is which numbers of a time a line has, in which order. How many digits they have, and
// what else the line has, does not matter.
type form func(t time.Time) []int

// forms are those that a line may have.
var forms = append([]form{
	in(layout),
	in("15:04"),
}, misreadForms()...)

// in returns the form of times in a layout.
func in(layout string) form {
	return func(t time.Time) []int { return numbersIn(t.Format(layout)) }
}

// otherZones are the forms of lines with the time of another zone, which is for the cases about
// zones to tell. Half a day is not among them: it would hide hours that go up to 12.
func otherZones() (all []form) {
	for shift := -12*time.Hour + quarter; shift < 12*time.Hour; shift += quarter {
		if shift != 0 {
			all = append(all, func(t time.Time) []int { return numbersIn(t.Add(shift).Format(layout)) })
		}
	}
	return all
}

// quarter divides the difference of any two zones.
const quarter = 15 * time.Minute

func misreadForms() (all []form) {
	for _, wrong := range slices.Concat(misreadLayouts, misreadDates) {
		all = append(all, in(wrong))
	}
	return all
}

// numbers matches what may be a time of day in a line.
var numbers = regexp.MustCompile(`\d+(:\d+)+`)

// numbersIn returns the numbers of what may be a time of day.
func numbersIn(text string) (all []int) {
	for number := range strings.SplitSeq(text, ":") {
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil
		}
		all = append(all, n)
	}
	return all
}

// formsOf returns those of all forms in which a line says the time t.
func formsOf(line string, t time.Time, all []form) (some []form) {
	said := numbers.FindAllString(line, -1)
	for _, f := range all {
		want := f(t)
		if slices.ContainsFunc(said, func(text string) bool { return slices.Equal(numbersIn(text), want) }) {
			some = append(some, f)
		}
	}
	return some
}

// nearly reports whether a line says the time t, or that of a second before, in one of the
// likely forms.
func nearly(line string, t time.Time, likely []form) bool {
	return len(formsOf(line, t, likely)) > 0 || len(formsOf(line, t.Add(-time.Second), likely)) > 0
}

// wholeLine reads a line, and returns it without its newline.
func wholeLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}

// anyLine reads a line, which may lack its newline after a time of day, and returns it
// without that. It skips empty lines.
func anyLine(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		b, err := in.ReadByte()
		switch {
		case err != nil:
			return string(line), err
		case b == '\n' && len(line) > 0:
			return string(line), nil
		case b == '\n', b == '\r' && len(line) == 0:
			continue
		}
		line = append(line, b)
		if endsWithTime(line) {
			if rest, _ := in.Peek(in.Buffered()); !slices.Contains(rest, '\n') {
				return string(line), nil
			}
		}
	}
}

// afterGreeting reads the first line of a connection as anyLine does. If that is a greeting,
// it reads the line after it.
func afterGreeting(in *bufio.Reader) (string, error) {
	line, err := anyLine(in)
	if err != nil || hasTime(line) {
		return line, err
	}
	if next, err := anyLine(in); err == nil {
		return next, nil
	}
	return line, nil
}

// hasTime reports whether a line has what may be a time of day in some form.
func hasTime(line string) bool { return anyTime.MatchString(line) }

var anyTime = regexp.MustCompile(`\b\d\d?[:h]\d\d?\b|\b\d{6}\b`)

// endsWithTime reports whether a line ends with a time of day.
func endsWithTime(line []byte) bool {
	return len(line) >= len(layout) && timeOfDay.Match(line[len(line)-len(layout):])
}
