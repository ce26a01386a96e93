// Package report says how a grading went: to a person on a terminal, and to the
// sites that courses run on.
//
//	r := report.Report{Title: "Exercise 8.1", Programs: programs}
//	if err := report.Gradescope(w, r); err != nil {
//		log.Fatal(err)
//	}
package report

import (
	"iter"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
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

	// If nothing of it could be graded, this is why: its kind is NotStarted,
	// NotFound, DoesNotCompile or Refused, and its message what there is to say of it, such as
	// the errors of the compiler. Otherwise its kind is empty.
	Verdict verdict.Verdict

	Rows []suite.Record // what became of the rows that a student has added to the tests; they have no points

	Like string // the title of the known mistake that its failures look like; "" if they look like none
}

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

// Done reports whether each core case has passed that this machine can check. Without a race
// detector, for example, no program can pass the case about data races.
func (r Report) Done() bool {
	for _, p := range r.Programs {
		for f := range p.cases(suite.Core) {
			if k := f.Case.Verdict.Kind; p.Verdict.Kind != "" || k != verdict.Passed && k != verdict.NotChecked {
				return false
			}
		}
	}
	return true
}

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
		return f.Program.Name + ": " + string(f.Program.Verdict.Kind)
	}
	return f.Program.Name + ": " + spaced(f.Case.Name)
}

// First returns the failure to fix first: programs that do not compile, those with
// failed core cases, those with failed robustness cases. Of the failures of a program it is
// that of the first of its [Program.Causes]. A program that is not started, or not found, comes
// when the core cases of those before it have passed. Extra cases do not count. ok is whether
// anything is left to do.
func (r Report) First() (f Failure, ok bool) {
	for _, p := range r.Programs {
		if p.Verdict.Kind != "" && p.Verdict.Kind != verdict.NotStarted && p.Verdict.Kind != verdict.NotFound {
			return whole(p), true
		}
	}
	failed := func(c suite.Record) bool { return c.Verdict.Failed() }
	for _, g := range []suite.Group{suite.Core, suite.Robustness} {
		if f, ok := r.find(g, failed); ok {
			return f.explanation(), true
		}
	}
	return r.find(suite.Core, func(c suite.Record) bool { return c.Verdict.Kind == verdict.NotRun })
}

// find returns the first case of a group that is as wanted, or the first program that could
// not be graded.
func (r Report) find(g suite.Group, wanted func(c suite.Record) bool) (f Failure, ok bool) {
	for _, p := range r.Programs {
		for f := range p.cases(g) {
			if p.Verdict.Kind != "" {
				return whole(p), true
			}
			if wanted(f.Case) {
				return f, true
			}
		}
	}
	return Failure{}, false
}

// cases returns the cases of a group in order, each as if it had failed.
func (p Program) cases(g suite.Group) iter.Seq[Failure] {
	return func(yield func(Failure) bool) {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				if c.Group == g && !yield(Failure{p, part, c}) {
					return
				}
			}
		}
	}
}

// explains returns how many failures of its program have the cause of f.
func (f Failure) explains() int {
	n := 0
	for _, g := range []suite.Group{suite.Core, suite.Robustness} {
		for other := range f.Program.cases(g) {
			if other.Case.Verdict.Failed() && causeOf(other.Case.Verdict) == causeOf(f.Case.Verdict) {
				n++
			}
		}
	}
	return n
}

// explanation returns the failure of the same program that is to be fixed first: one with the
// cause that holds back most core points.
func (f Failure) explanation() Failure {
	for _, c := range f.Program.Causes() {
		if c.First.Case.Verdict.Failed() {
			return c.First
		}
	}
	return f
}

// whole returns the failure of a program that could not be graded.
func whole(p Program) Failure {
	return Failure{Program: p, Part: p.Parts[0], Case: suite.Record{Verdict: p.Verdict}}
}
