package gradebook

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Penalty says which part of the points is kept of what is handed in after a time. It
// comes from a small table:
//
//	after,keep
//	2026-11-03 23:59,90%
//	2026-11-10 23:59,0%
//	late,90%
//
// What is handed in at a time keeps what the last line before it says, and all if there is
// none. A line with the word late is about what the course system calls late without a time.
// Under the zero Penalty, everybody keeps all points.
type Penalty struct {
	steps   []step // in order
	late    float64
	hasLate bool // the table has a line with the word late
}

type step struct {
	after time.Time
	keep  float64
}

// ParsePenalty reads a table.
func ParsePenalty(text []byte) (Penalty, error) {
	s, err := Parse(text)
	if err != nil {
		return Penalty{}, err
	}
	after, keep := s.named("after"), s.named("keep")
	if after < 0 || keep < 0 {
		return Penalty{}, errors.New("want a table with the columns after and keep")
	}
	var p Penalty
	for row := 1; row < len(s.rows); row++ {
		if s.blank(row) {
			continue
		}
		when, part := s.value(row, after), s.value(row, keep)
		percent, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(part, "%")), 64)
		if err != nil || percent < 0 || percent > 100 || !strings.HasSuffix(part, "%") {
			return Penalty{}, fmt.Errorf("row %d: %q: want a percentage from 0%% to 100%%", row+1, part)
		}
		if when == "late" {
			p.late, p.hasLate = percent/100, true
			continue
		}
		t, err := timeOf(when)
		if err != nil {
			return Penalty{}, fmt.Errorf("row %d: %w", row+1, err)
		}
		p.steps = append(p.steps, step{t, percent / 100})
	}
	slices.SortFunc(p.steps, func(a, b step) int { return a.after.Compare(b.after) })
	return p, nil
}

// timeOf returns the time that a text says, of the clock of the course system.
func timeOf(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: want a time such as 2026-11-03 23:59, or the word late", text)
}

// Keep returns which part of the points is kept of what was handed in at a time, which is
// zero if it is not known, and perhaps late.
func (p Penalty) Keep(handedIn time.Time, late bool) float64 {
	if handedIn.IsZero() {
		if late && p.hasLate {
			return p.late
		}
		return 1
	}
	keep := 1.0
	for _, s := range p.steps {
		if handedIn.After(s.after) {
			keep = s.keep
		}
	}
	return keep
}
