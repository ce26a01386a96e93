package grade

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A fault that one case has left to another costs points in one of them, and in no two.
func TestFaultThatIsLeftToAnotherCaseIsCharged(t *testing.T) {
	const two = "TestLogin/two"
	left := func(name string) suite.Record {
		return suite.Record{Test: "TestFiles", Name: name, Note: "replies twice; this is charged in " + two,
			Verdict: verdict.Verdict{Kind: verdict.Passed, Message: "replies twice", About: two, Rule: "reply once"}}
	}
	for _, tt := range []struct {
		name  string
		other verdict.Kind // of the case to which it is left
		want  []verdict.Kind
		notes []string
	}{
		{"to_one_that_fails", verdict.Wrong, []verdict.Kind{verdict.Passed, verdict.Passed},
			[]string{"replies twice; this is charged in " + two, "replies twice; this is charged in " + two}},
		{"to_one_that_passes", verdict.Passed, []verdict.Kind{verdict.Wrong, verdict.Passed},
			[]string{"", "replies twice; this is charged in TestFiles/a"}},
		{"to_one_that_is_not_run", verdict.NotRun, []verdict.Kind{verdict.Passed, verdict.Passed},
			[]string{"replies twice; this is charged in " + two, "replies twice; this is charged in " + two}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := report.Program{Parts: []report.Part{
				{Test: "TestLogin", Cases: []suite.Record{{Test: "TestLogin", Name: "two", Verdict: verdict.Verdict{Kind: tt.other}}}},
				{Test: "TestFiles", Cases: []suite.Record{left("a"), left("b")}},
			}}
			charge(&p)
			var got []verdict.Kind
			var notes []string
			for _, c := range p.Parts[1].Cases {
				got, notes = append(got, c.Verdict.Kind), append(notes, c.Note)
				if passed := c.Verdict.Kind == verdict.Passed; passed != (c.Verdict.Message == "") || passed != (c.Verdict.Rule == "") {
					t.Errorf("%s is %v, want a message and a rule if it fails", c.Name, c.Verdict)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("the cases that leave it (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, notes); diff != "" {
				t.Errorf("their notes (-want +got):\n%s", diff)
			}
		})
	}
}
