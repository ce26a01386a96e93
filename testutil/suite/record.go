package suite

import (
	"strings"
	"sync"
	"testing"

	"example.com/workbook/testutil/isolate"
)

// A Verdict says what became of a case: one of package isolate's, or of these.
type Verdict = isolate.Verdict

// The verdicts that take more than one case, or none, to find.
const (
	NotConcurrent Verdict = "not concurrent"
	Leaked        Verdict = "leaked a goroutine"
	Raced         Verdict = "data race"
	Unknown       Verdict = "not checked" // this machine lacks something
	Unreached     Verdict = "not run"     // something else is to be mended first
)

// notConcurrent opens the message of a case with that verdict.
const notConcurrent = string(NotConcurrent) + ": "

// wrong are the verdicts on programs that went on to their answer: the rule that
// they break is worth telling.
var wrong = []Verdict{isolate.Wrong, NotConcurrent, Leaked, Raced}

// A Record is what became of a case.
type Record struct {
	Test    string // "TestClock"
	Name    string // "writes_the_time_at_once"
	Group   Group
	Points  int
	Verdict Verdict
	Message string `json:",omitempty"` // what went wrong; a picture or dialogue follows its first line
	Why     string `json:",omitempty"` // the rule that was broken
	Note    string `json:",omitempty"` // what is held against nobody
	Output  string `json:",omitempty"` // what the program printed
}

// Earned returns the points that the case has earned.
func (r Record) Earned() int {
	if r.Verdict == isolate.Passed {
		return r.Points
	}
	return 0
}

// Observe, if not nil, is called with the record of each case as it ends.
var Observe func(Record)

// observe fills in what r is about, and hands it on.
func observe[S any](t *testing.T, c Case[S], r Record) {
	if Observe == nil {
		return
	}
	r.Test, _, _ = strings.Cut(t.Name(), "/")
	r.Name, r.Group, r.Points = c.Name, c.Group, c.Points
	Observe(r)
}

// planning is whether tests are only to name their cases.
var (
	planning bool
	plan     sync.Mutex // held while it is set
)

// Plan returns the cases of test, which is one that calls [Test], without running
// any. Why is the rule of each. It is safe for concurrent use, but not with Test.
func Plan(test func(t *testing.T)) []Record {
	plan.Lock()
	defer plan.Unlock()
	var all []Record
	old := Observe
	planning, Observe = true, func(r Record) { all = append(all, r) }
	defer func() { planning, Observe = false, old }()
	test(new(testing.T)) // of which only Helper and Name are called
	return all
}
