package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

func TestTextShowsOwnRowsApart(t *testing.T) {
	const head = "  your own rows, which have no points\n"
	row := func(name string, v verdict.Verdict) suite.Record {
		return suite.Record{Test: "TestServe", Name: name, Verdict: v}
	}
	for _, tt := range []struct {
		name string
		row  suite.Record
		want string
	}{
		{"that_passes", row("leaves_at_once", verdict.Verdict{Kind: verdict.Passed}), head + "    ✓ TestServe: leaves at once\n"},
		{"that_is_a_test", row("", verdict.Verdict{Kind: verdict.Passed}), head + "    ✓ TestServe\n"},
		{"that_fails", row("a\x1b_b", verdict.Verdict{Kind: verdict.Wrong, Message: "clock2_test.go:109: saw (-want +got):\n  - a\n  + \x1b[2J"}),
			head + "    ✗ TestServe: a\\x1b b\n      clock2_test.go:109: saw (-want +got):\n        - a\n        + \\x1b[2J\n"},
		{"that_leaves_a_goroutine", row("stays", verdict.Verdict{Kind: verdict.Leak, Message: "clock2.go:20 still sleeps"}),
			head + "    ✗ TestServe: stays\n      goroutine leak: clock2.go:20 still sleeps\n"},
		{"that_is_skipped", row("stays", verdict.Verdict{Kind: verdict.NotRun, Message: "clock2_test.go:115: not started"}),
			head + "    · TestServe: stays\n      not run: clock2_test.go:115: not started\n"},
		{"that_does_not_compile", row("", verdict.Verdict{Kind: verdict.DoesNotCompile, Message: "clock2_test.go:50:2: undefined: x"}),
			head + "    ✗ they do not compile\n      clock2_test.go:50:2: undefined: x\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Report{Title: "Exercise 8.1", Programs: []Program{{
				Exercise: "ex8.1", Name: "clock2", Dir: "exercises/ex8.1/clock2",
				Parts: []Part{{Test: "TestClock", Title: "a clock", Cases: []suite.Record{
					{Test: "TestClock", Name: "writes_the_time", Group: suite.Core, Points: 2, Verdict: verdict.Verdict{Kind: verdict.Passed}},
				}}},
			}}}
			text := func() string {
				var b strings.Builder
				if err := Text(&b, r, Style{}); err != nil {
					t.Fatal(err)
				}
				return b.String()
			}
			without := text()
			r.Programs[0].Rows = []suite.Record{tt.row}
			want := strings.Replace(without, "\n\nCore 2 of 2", "\n"+tt.want+"\nCore 2 of 2", 1)
			if diff := cmp.Diff(want, text()); diff != "" {
				t.Errorf("Text mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
