// Package report says how a grading went: to a person on a terminal, and to the
// sites that courses run on.
//
//	r := report.Report{Title: "Exercise 8.1", Programs: programs}
//	if err := report.Gradescope(w, r); err != nil {
//		log.Fatal(err)
//	}
package report

import (
	"slices"
	"strings"

	"example.com/workbook/testutil/isolate"
	"example.com/workbook/testutil/suite"
)

// A Report is how a grading went.
type Report struct {
	Title    string    // "Exercise 8.1: clock2 with a port, and clockwall"
	Programs []Program // at least one
	Notes    []string  // what there is to know of the grading, a sentence each
}

// A Program is how the grading of one program went.
type Program struct {
	Exercise string // "ex8.1"
	Name     string // "clock2"
	Dir      string // "exercises/ex8.1/clock2"
	Parts    []Part

	// If nothing of it could be graded, this is why: isolate.NotStarted,
	// DoesNotCompile or Refused; and what there is to say of it, such as the
	// errors of the compiler. Otherwise both are empty.
	Verdict suite.Verdict `json:",omitempty"`
	Message string        `json:",omitempty"`
}

// The verdicts on a whole program.
const (
	DoesNotCompile suite.Verdict = "does not compile"
	Refused        suite.Verdict = "refused" // holds what a submission must not
)

// Len returns how many cases there are.
func (p Program) Len() int {
	n := 0
	for _, part := range p.Parts {
		n += len(part.Cases)
	}
	return n
}

// A Part is a number of cases with something in common.
type Part struct {
	Test  string         // "TestClock"
	Title string         // "a clock for many clients"
	Func  string         // where to begin, "serve"
	Place string         // where that is, "exercises/ex8.1/clock2/clock2.go:26", if known
	Cases []suite.Record // in order, all of them, whatever became of them
}

// A Score is how many points of how many were earned.
type Score struct{ Earned, Max int }

// Full reports whether no point was lost.
func (s Score) Full() bool { return s.Earned == s.Max }

func (s *Score) add(r suite.Record) {
	s.Earned += r.Earned()
	s.Max += r.Points
}

// Score returns the points of a group in all programs.
func (r Report) Score(g suite.Group) Score {
	var s Score
	for _, p := range r.Programs {
		t := p.Score(g)
		s.Earned += t.Earned
		s.Max += t.Max
	}
	return s
}

// Score returns the points of a group in all parts.
func (p Program) Score(g suite.Group) Score {
	var s Score
	for _, part := range p.Parts {
		t := part.Score(g)
		s.Earned += t.Earned
		s.Max += t.Max
	}
	return s
}

// Score returns the points of a group of the cases.
func (p Part) Score(g suite.Group) Score {
	var s Score
	for _, c := range p.Cases {
		if c.Group == g {
			s.add(c)
		}
	}
	return s
}

// Full reports whether all core points were earned.
func (r Report) Full() bool { return r.Score(suite.Core).Full() }

// A Failure is a case that was reached and did not pass, or a program that could
// not be graded.
type Failure struct {
	Program Program
	Part    Part         // of the case; the first if there is none
	Case    suite.Record // Name is empty if no case was run
}

// String returns what has failed, "clock2: writes the time at once", or "clock2: does
// not compile".
func (f Failure) String() string {
	if f.Case.Name == "" {
		return f.Program.Name + ": " + string(f.Program.Verdict)
	}
	return f.Program.Name + ": " + strings.ReplaceAll(f.Case.Name, "_", " ")
}

// spared are the verdicts on cases that there is nothing to mend in.
var spared = []suite.Verdict{isolate.Passed, suite.Unreached, suite.Unknown}

// First returns the first failure in the order in which one would mend them: programs
// that do not compile, core cases, sturdy ones; ok is whether there is one. A program
// that is not started comes when the core cases of those before it have passed. Extra
// cases do not count.
func (r Report) First() (f Failure, ok bool) {
	for _, p := range r.Programs {
		if p.Verdict != "" && p.Verdict != isolate.NotStarted {
			return whole(p), true
		}
	}
	mendable := func(c suite.Record) bool { return !slices.Contains(spared, c.Verdict) }
	for _, g := range []suite.Group{suite.Core, suite.Sturdy} {
		if f, ok := r.find(g, mendable); ok {
			return f, true
		}
	}
	return r.find(suite.Core, func(c suite.Record) bool { return c.Verdict == suite.Unreached })
}

// find returns the first case of a group that is as wanted, or its program if that
// could not be graded.
func (r Report) find(g suite.Group, wanted func(c suite.Record) bool) (f Failure, ok bool) {
	for _, p := range r.Programs {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				if c.Group != g || !wanted(c) {
					continue
				}
				if p.Verdict != "" {
					return whole(p), true
				}
				return Failure{p, part, c}, true
			}
		}
	}
	return Failure{}, false
}

// whole returns the failure of a program that could not be graded.
func whole(p Program) Failure {
	return Failure{Program: p, Part: p.Parts[0], Case: suite.Record{Verdict: p.Verdict, Message: p.Message}}
}
