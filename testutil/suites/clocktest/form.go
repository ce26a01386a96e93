package clocktest

import (
	"bufio"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Whether each line is a time of day and ends with a newline is for one case to tell, in
// which that is strict. The others take lines of any form, as long as it stays the same.

// A form writes a time.
type form func(t time.Time) string

// forms are those that a line may have.
var forms = append([]form{
	in(layout),
	func(t time.Time) string { return fmt.Sprintf("%d:%d:%d", t.Hour(), t.Minute(), t.Second()) },
	func(t time.Time) string { return fmt.Sprintf("%d:%02d:%02d", t.Hour(), t.Minute(), t.Second()) },
	in("15:04"),
}, misreadForms()...)

func in(layout string) form {
	return func(t time.Time) string { return t.Format(layout) }
}

func misreadForms() (all []form) {
	for _, wrong := range slices.Concat(misreadLayouts, misreadDates) {
		all = append(all, in(wrong))
	}
	return all
}

// numbers matches what may be a time of day in a line.
var numbers = regexp.MustCompile(`\d+(:\d+)+`)

// formsOf returns those of all forms in which a line says the time t.
func formsOf(line string, t time.Time, all []form) (some []form) {
	said := numbers.FindAllString(line, -1)
	for _, f := range all {
		if slices.Contains(said, f(t)) {
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

// endsWithTime reports whether a line ends with a time of day.
func endsWithTime(line []byte) bool {
	return len(line) >= len(layout) && timeOfDay.Match(line[len(line)-len(layout):])
}
