package report

import (
	"testing"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// What this machine cannot check keeps no student from the end of an exercise.
func TestReportIsDoneWithoutWhatCannotBeChecked(t *testing.T) {
	for _, tt := range []struct {
		core       []verdict.Kind
		robustness verdict.Kind
		program    verdict.Kind
		want       bool
	}{
		{[]verdict.Kind{verdict.Passed, verdict.Passed}, verdict.Passed, "", true},
		{[]verdict.Kind{verdict.Passed, verdict.NotChecked}, verdict.Passed, "", true},
		{[]verdict.Kind{verdict.Passed, verdict.Passed}, verdict.Wrong, "", true},
		{[]verdict.Kind{verdict.Wrong, verdict.NotChecked}, verdict.Passed, "", false},
		{[]verdict.Kind{verdict.Passed, verdict.NotRun}, verdict.Passed, "", false},
		{[]verdict.Kind{verdict.NotChecked, verdict.NotChecked}, verdict.NotChecked, verdict.DoesNotCompile, false},
	} {
		cases := []suite.Record{{Name: "robustness", Group: suite.Robustness, Verdict: verdict.Verdict{Kind: tt.robustness}}}
		for _, k := range tt.core {
			cases = append(cases, suite.Record{Name: "core", Group: suite.Core, Verdict: verdict.Verdict{Kind: k}})
		}
		r := Report{Programs: []Program{{Verdict: verdict.Verdict{Kind: tt.program}, Parts: []Part{{Cases: cases}}}}}
		if got := r.Done(); got != tt.want {
			t.Errorf("Done() of a program %q with core cases %q and a robustness case %q = %v, want %v", tt.program, tt.core, tt.robustness, got, tt.want)
		}
	}
}

func TestFirstFailureIsTheOneToFixNext(t *testing.T) {
	graded := func(name string, core, robustness verdict.Kind) Program {
		return Program{Name: name, Parts: []Part{{Test: "Test", Cases: []suite.Record{
			{Name: "core", Group: suite.Core, Verdict: verdict.Verdict{Kind: core}},
			{Name: "robustness", Group: suite.Robustness, Verdict: verdict.Verdict{Kind: robustness}},
			{Name: "extra", Group: suite.Extra, Verdict: verdict.Verdict{Kind: verdict.Wrong}},
		}}}}
	}
	ungraded := func(name string, v verdict.Kind) Program {
		p := graded(name, verdict.NotStarted, verdict.NotRun)
		p.Verdict.Kind = v
		return p
	}
	for _, tt := range []struct {
		programs []Program
		want     string
		reason   string
	}{
		{
			[]Program{graded("a", verdict.Passed, verdict.Passed), graded("b", verdict.Passed, verdict.NotChecked)},
			"", "extra cases and what this machine cannot check do not count",
		},
		{
			[]Program{graded("a", verdict.Passed, verdict.Wrong), graded("b", verdict.Wrong, verdict.Wrong)},
			"b core", "core cases come before robustness cases, also of other programs",
		},
		{
			[]Program{graded("a", verdict.Passed, verdict.Wrong), graded("b", verdict.Passed, verdict.Wrong)},
			"a robustness", "robustness cases come in order",
		},
		{
			[]Program{graded("a", verdict.Wrong, verdict.Wrong), ungraded("b", verdict.DoesNotCompile)},
			"b ", "what does not compile comes first",
		},
		{
			[]Program{graded("a", verdict.Wrong, verdict.Wrong), ungraded("b", verdict.NotStarted)},
			"a core", "one finishes a program before one starts the next",
		},
		{
			[]Program{graded("a", verdict.Wrong, verdict.Wrong), ungraded("b", verdict.NotFound)},
			"a core", "one finishes a program before one looks for the next",
		},
		{
			[]Program{graded("a", verdict.Passed, verdict.Wrong), ungraded("b", verdict.NotStarted)},
			"b ", "the core of an exercise is in all its programs",
		},
		{
			[]Program{ungraded("a", verdict.NotStarted), ungraded("b", verdict.NotStarted)},
			"a ", "programs come in order",
		},
		{
			[]Program{graded("a", verdict.NotRun, verdict.NotRun)},
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

// Of the failures of a program, the first is about the rule that holds back most core points, with
// which the list of causes begins.
func TestFirstFailureHoldsBackMostPoints(t *testing.T) {
	wrong := func(name, about string, g suite.Group) suite.Record {
		return suite.Record{Test: "Test", Name: name, Group: g, Points: len(name), Verdict: verdict.Verdict{Kind: verdict.Wrong, About: "Test/" + about}}
	}
	leak := func(in string, g suite.Group) suite.Record {
		r := wrong("leaks_no_goroutine", "leaks_no_goroutine", g)
		r.Verdict.Kind, r.Verdict.In = verdict.Leak, "Test/"+in
		return r
	}
	passed := suite.Record{Test: "Test", Name: "passes", Group: suite.Core, Verdict: verdict.Of(nil)}
	tests := []struct {
		name  string
		cases []suite.Record
		want  string
	}{
		{"the_first_if_each_is_about_its_own_rule",
			[]suite.Record{wrong("a", "a", suite.Robustness), passed, wrong("b", "b", suite.Core), wrong("c", "c", suite.Core)}, "b"},
		{"the_first_about_the_rule_that_most_are_about",
			[]suite.Record{wrong("a", "a", suite.Core), wrong("b", "go", suite.Core), wrong("c", "go", suite.Robustness)}, "b"},
		{"that_whose_rule_it_is",
			[]suite.Record{wrong("a", "go", suite.Core), wrong("b", "b", suite.Core), wrong("go", "go", suite.Robustness)}, "go"},
		{"none_that_is_extra",
			[]suite.Record{wrong("a", "a", suite.Core), wrong("b", "go", suite.Extra), wrong("c", "go", suite.Extra)}, "a"},
		{"that_with_most_points_and_not_that_with_most_cases",
			[]suite.Record{wrong("a", "go", suite.Core), wrong("b", "go", suite.Core), wrong("lists", "lists", suite.Core)}, "lists"},
		{"that_with_core_points",
			[]suite.Record{wrong("sturdy", "sturdy", suite.Robustness), wrong("a", "a", suite.Core)}, "a"},
		{"the_rule_of_the_first_if_others_are_as_many",
			[]suite.Record{wrong("a", "leak", suite.Core), wrong("b", "go", suite.Core), wrong("c", "leak", suite.Robustness), wrong("d", "go", suite.Robustness)}, "a"},
		{"that_in_which_a_goroutine_leaked",
			[]suite.Record{wrong("a", "a", suite.Core), leak("a", suite.Core)}, "a"},
		{"a_leak_in_a_case_that_passed",
			[]suite.Record{wrong("a", "a", suite.Core), passed, leak("passes", suite.Core)}, "leaks_no_goroutine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Report{Programs: []Program{{Name: "clock2", Parts: []Part{{Test: "Test", Cases: tt.cases}}}}}
			f, _ := r.First()
			if f.Case.Name != tt.want {
				t.Errorf("First() is %q, want %q", f.Case.Name, tt.want)
			}
			if all := r.Programs[0].Causes(); all[0].First.Case.Name != tt.want {
				t.Errorf("the causes begin with %v, want that of %q", all[0], tt.want)
			}
		})
	}
}

// verdicts returns the verdicts on programs and their cases.
func verdicts(programs []Program) (all []verdict.Kind) {
	for _, p := range programs {
		if p.Verdict.Kind != "" {
			all = append(all, p.Verdict.Kind)
			continue
		}
		for _, c := range p.Parts[0].Cases {
			all = append(all, c.Verdict.Kind)
		}
	}
	return all
}
