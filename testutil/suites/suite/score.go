package suite

import (
	"fmt"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

// A score counts the points of one test.
type score struct {
	total, ran int // cases
	groups     map[Group]*points
	unchecked  []string
}

// points are what was earned of what could be.
type points struct{ got, max int }

// count counts a case by its verdict.
func (s *score) count(r Record) {
	s.ran++
	if s.groups == nil {
		s.groups = make(map[Group]*points)
	}
	if s.groups[r.Group] == nil {
		s.groups[r.Group] = new(points)
	}
	s.groups[r.Group].max += r.Points
	s.groups[r.Group].got += r.Earned()
	if r.Verdict.Kind == verdict.NotChecked {
		s.unchecked = append(s.unchecked, r.Name)
	}
}

// String returns "core 14 of 16 points, robustness 8 of 8 points".
func (s score) String() string {
	var parts []string
	for _, g := range []Group{Core, Robustness, Extra} {
		if p := s.groups[g]; p != nil {
			parts = append(parts, fmt.Sprintf("%s %d of %d points", g, p.got, p.max))
		}
	}
	text := strings.Join(parts, ", ")
	if len(s.unchecked) > 0 {
		text += "; not checked: " + strings.Join(s.unchecked, ", ")
	}
	return text
}
