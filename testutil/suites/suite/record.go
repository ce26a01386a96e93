package suite

import (
	"example.com/workbook/testutil/kit/verdict"
)

// A Record is what became of a case.
type Record struct {
	Test    string // "TestClock"
	Name    string // "writes_the_time_at_once"
	Group   Group
	Points  int
	Verdict verdict.Verdict
	Note    string `json:",omitempty"` // a remark on a case that has passed; it costs no points
	Output  string `json:",omitempty"` // what the program printed
}

// Earned returns the points that the case has earned.
func (r Record) Earned() int {
	if r.Verdict.Kind == verdict.Passed {
		return r.Points
	}
	return 0
}
