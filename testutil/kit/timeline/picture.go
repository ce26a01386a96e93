package timeline

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A Picture is what [Draw] has drawn, as far as its characters show it: all times are
// multiples of a fifth of a step of the axis.
type Picture struct {
	Rows    []Row // those that were drawn
	LeftOut int   // how many were left out before the last one
	End     time.Duration
}

// axisLine matches the first line of a picture.
var axisLine = regexp.MustCompile(`^( *)0s((?: +[\d.]+[smhd])*)$`)

// moreRows matches what stands in place of the rows that were left out.
var moreRows = regexp.MustCompile(`^(\d+) more$`)

// Parse finds the first picture that [Draw] has drawn in a text, in Unicode or ASCII, and
// returns the lines before and after it. A legend below the picture is a part of it. If
// there is no picture, ok is false.
func Parse(text string) (before string, p Picture, after string, ok bool) {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, "\n")
		m := axisLine.FindStringSubmatch(line)
		if m == nil || len(m[1]) == 0 {
			continue
		}
		p := Picture{}
		step := time.Second
		labels := strings.Fields(m[2])
		if len(labels) > maxCell+1 {
			continue
		}
		if len(labels) > 0 {
			if step, ok = unlabel(labels[0]); !ok {
				continue
			}
		}
		p.End = time.Duration(len(labels)) * step
		n := p.addRows(lines[i+1:], len(m[1]), step)
		if n == 0 {
			continue
		}
		rest := lines[i+1+n:]
		if len(rest) > 0 && isLegend(strings.TrimRight(rest[0], "\n")) {
			rest = rest[1:]
		}
		return strings.Join(lines[:i], ""), p, strings.Join(rest, ""), true
	}
	return text, Picture{}, "", false
}

// maxStep is more than any step of a case, and maxColumns more columns than any line has. What
// a program has printed may look like a picture.
const (
	maxStep    = 1000 * 24 * time.Hour
	maxColumns = 200
)

// unlabel is the inverse of label.
func unlabel(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	n, err := strconv.ParseFloat(text[:len(text)-1], 64)
	d := n * float64(units[text[len(text)-1]])
	return time.Duration(d), err == nil && d >= 1 && d <= float64(maxStep)
}

func isLegend(line string) bool { return line == Unicode.Legend() || line == ASCII.Legend() }

// addRows adds the rows that lines begin with, and returns how many lines those are. Their
// drawings begin in that column.
func (p *Picture) addRows(lines []string, column int, step time.Duration) int {
	for i, line := range lines {
		runes := []rune(strings.TrimRight(line, "\n"))
		if len(runes) <= column || column < 3 || len(runes) > maxColumns || len(p.Rows) == maxRows {
			return i
		}
		name, drawing := strings.TrimSpace(string(runes[:column])), string(runes[column:])
		if m := moreRows.FindStringSubmatch(drawing); m != nil && utf8.RuneCountInString(name) == 1 {
			p.LeftOut, _ = strconv.Atoi(m[1])
			continue
		}
		row, ok := parseRow(drawing, step)
		if !ok || name == "" {
			return i
		}
		row.Name = name
		p.Rows = append(p.Rows, row)
		p.End = max(p.End, row.end())
	}
	return len(lines)
}

// parseRow is the inverse of draw.
func parseRow(drawing string, step time.Duration) (r Row, ok bool) {
	seen := false // the client has connected
	column := time.Duration(0)
	for _, c := range drawing {
		t := column * step / cell
		column++
		if c == ' ' && !seen {
			continue
		}
		if !seen {
			r.Arrive, seen = t, true
		}
		switch c {
		case Unicode.Line, ASCII.Line:
			r.Lines = append(r.Lines, t)
		case Unicode.Leave, ASCII.Leave:
			r.Left, r.Leave = true, t
		case Unicode.Arrive, ASCII.Arrive, Unicode.Wait, ASCII.Wait, Unicode.Connected, ASCII.Connected:
		default:
			return Row{}, false
		}
	}
	return r, seen
}

// end returns the last time of a row.
func (r Row) end() time.Duration {
	last := max(r.Arrive, r.Leave)
	for _, t := range r.Lines {
		last = max(last, t)
	}
	return last
}
