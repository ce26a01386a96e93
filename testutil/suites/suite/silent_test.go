package suite

import (
	"context"
	"testing"

	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/verdict"
)

// A program that says nothing is given up, and not asked whatever there is to ask.
func TestProgramThatIsWaitedForInVainIsGivenUp(t *testing.T) {
	failed, passed := verdict.Verdict{Kind: verdict.Wrong}, verdict.Verdict{Kind: verdict.Passed}
	for _, tt := range []struct {
		name  string
		cases func(g *Grading)
		want  verdict.Kind
	}{
		{"silent", func(g *Grading) {
			for range maxSilent {
				g.waited(failed, true)
			}
		}, verdict.NotRun},
		{"wrong_at_once", func(g *Grading) {
			for range 2 * maxSilent {
				g.waited(failed, false)
			}
		}, verdict.Passed},
		{"silent_now_and_then", func(g *Grading) {
			for range 2 * maxSilent {
				g.waited(failed, true)
				g.waited(passed, false)
			}
		}, verdict.Passed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := new(Grading)
			tt.cases(g)
			runs := func(*testing.T, *Grading, func(context.Context) error, ...string) isolate.Result {
				return isolate.Result{Verdict: passed}
			}
			if got := g.grade(t, "TestSubject", Suite{GivesUp: true}, Bound{Runner: runs, at: func() {}}).Verdict.Kind; got != tt.want {
				t.Errorf("the next case of a program that is %s is %s, want %s", tt.name, got, tt.want)
			}
		})
	}
}
