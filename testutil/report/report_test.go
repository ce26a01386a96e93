package report

import (
	"testing"

	"example.com/workbook/testutil/isolate"
	"example.com/workbook/testutil/suite"
)

func TestFirstFailureIsTheOneToMendNext(t *testing.T) {
	graded := func(name string, core, sturdy suite.Verdict) Program {
		return Program{Name: name, Parts: []Part{{Test: "Test", Cases: []suite.Record{
			{Name: "core", Group: suite.Core, Verdict: core},
			{Name: "sturdy", Group: suite.Sturdy, Verdict: sturdy},
			{Name: "extra", Group: suite.Extra, Verdict: isolate.Wrong},
		}}}}
	}
	ungraded := func(name string, v suite.Verdict) Program {
		p := graded(name, isolate.NotStarted, suite.Unreached)
		p.Verdict = v
		return p
	}
	for _, tt := range []struct {
		programs []Program
		want     string
		reason   string
	}{
		{
			[]Program{graded("a", isolate.Passed, isolate.Passed), graded("b", isolate.Passed, suite.Unknown)},
			"", "extra cases and what this machine cannot check do not count",
		},
		{
			[]Program{graded("a", isolate.Passed, isolate.Wrong), graded("b", isolate.Wrong, isolate.Wrong)},
			"b core", "core cases come before sturdy ones, also of other programs",
		},
		{
			[]Program{graded("a", isolate.Passed, isolate.Wrong), graded("b", isolate.Passed, isolate.Wrong)},
			"a sturdy", "sturdy cases come in order",
		},
		{
			[]Program{graded("a", isolate.Wrong, isolate.Wrong), ungraded("b", DoesNotCompile)},
			"b ", "what does not compile comes first",
		},
		{
			[]Program{graded("a", isolate.Wrong, isolate.Wrong), ungraded("b", isolate.NotStarted)},
			"a core", "one finishes a program before one starts the next",
		},
		{
			[]Program{graded("a", isolate.Passed, isolate.Wrong), ungraded("b", isolate.NotStarted)},
			"b ", "the core of an exercise is in all its programs",
		},
		{
			[]Program{ungraded("a", isolate.NotStarted), ungraded("b", isolate.NotStarted)},
			"a ", "programs come in order",
		},
		{
			[]Program{graded("a", suite.Unreached, suite.Unreached)},
			"a core", "a grading that came to no end says so, and not that nothing fails",
		},
	} {
		f, ok := Report{Programs: tt.programs}.First()
		got := ""
		if ok {
			got = f.Program.Name + " " + f.Case.Name
		}
		if got != tt.want {
			t.Errorf("First() of %q is %q, want %q: %s", verdicts(tt.programs), got, tt.want, tt.reason)
		}
	}
}

// verdicts returns the verdicts on programs and their cases.
func verdicts(programs []Program) (all []suite.Verdict) {
	for _, p := range programs {
		if p.Verdict != "" {
			all = append(all, p.Verdict)
			continue
		}
		for _, c := range p.Parts[0].Cases {
			all = append(all, c.Verdict)
		}
	}
	return all
}
