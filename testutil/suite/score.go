package suite

import (
	"fmt"
	"strings"

	"example.com/workbook/testutil/isolate"
)

// A score counts points, and the faults that no case has been charged with.
type score struct {
	total, ran int // cases
	groups     map[Group]*points
	unchecked  []string
	busy       int // cases that were ended since they looped without waiting

	faults    [3]string // by Fault, the sentence about the first one
	collected [3]bool
}

// points are what was earned of what could be.
type points struct{ got, max int }

// maxBusy is how many cases may be ended in a busy loop, which takes some
// seconds each, before the others are not run.
const maxBusy = 2

// note keeps the first fault of each kind, and which case it was in.
func (s *score) note(r isolate.Result, name string) {
	if r.Verdict == isolate.Busy {
		s.busy++
	}
	if s.faults[Leaks] == "" && r.Leak != "" {
		s.faults[Leaks] = r.Leak + " (in " + name + ")"
	}
	if s.faults[Races] == "" && r.Race != "" {
		s.faults[Races] = r.Race + " (in " + name + ")"
	}
}

func (s *score) add(g Group, n int, earned bool) {
	s.ran++
	if s.groups[g] == nil {
		s.groups[g] = new(points)
	}
	s.groups[g].max += n
	if earned {
		s.groups[g].got += n
	}
}

// count counts a case by its verdict.
func (s *score) count(g Group, n int, v Verdict, name string) {
	s.add(g, n, v == isolate.Passed)
	if v == Unknown {
		s.unchecked = append(s.unchecked, name)
	}
}

// String returns "core 14 of 16 points, sturdy 8 of 8 points".
func (s score) String() string {
	var parts []string
	for _, g := range []Group{Core, Sturdy, Extra} {
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
