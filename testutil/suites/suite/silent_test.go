package suite

import (
	"context"
	"testing"
	"time"

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

// What real clients do takes a while on a slow machine, also with a program that has let
// others wait.
func TestOnlyTestsThatGiveUpWaitLessAfterOthers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		givesUp bool
		want    time.Duration
	}{
		{"gives_up", true, Patience() / 4},
		{"goes_on", false, Patience()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var limit time.Duration
			s := New(RealClock, struct{}{}, []Case[struct{}]{{Name: "waits", Run: func(ctx context.Context, _ struct{}) error {
				deadline, _ := ctx.Deadline()
				limit = time.Until(deadline)
				return nil
			}}})
			s.GivesUp = tt.givesUp
			g := &Grading{impatient: true}
			g.Test(t, s)
			if limit > tt.want || limit < tt.want/2 {
				t.Errorf("a case has %v after one that has waited as long as it could, want %v", limit, tt.want)
			}
		})
	}
}
