package suite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// An outcome is the error of a case that makes run return that very result.
type outcome isolate.Result

func (o outcome) Error() string { return o.Verdict.Message }

// run is a [suite.Runner].
func run(t *testing.T, _ *suite.Grading, f func(ctx context.Context) error, _ ...string) isolate.Result {
	if o, ok := errors.AsType[outcome](f(t.Context())); ok {
		return isolate.Result(o)
	}
	return isolate.Result{Verdict: verdict.Of(nil)}
}

type testCase = suite.Case[string]

func passes(context.Context, string) error { return nil }

func ends(result isolate.Result) func(context.Context, string) error {
	return func(context.Context, string) error { return outcome(result) }
}

const (
	leak = "clock2.go:20 still sleeps"
	race = "clock2.go:20 writes a variable while clock2.go:30 reads it"
)

// scenarios are suites with what they print.
var scenarios = []struct {
	name  string
	tests string // the -run flag, "^TestSubject$" if empty
	cases []testCase
	again []testCase // of TestSubjectAgain, if others than cases
	want  string
}{
	{
		name: "counts_core_and_robustness_apart",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: passes},
			{Name: "writes", Group: suite.Core, Points: 2, Run: passes},
			{Name: "closes", Group: suite.Robustness, Points: 1, Run: passes},
		},
		want: `
    suite_test.go: core 6 of 6 points, robustness 1 of 1 points
--- PASS: TestSubject
    --- PASS: TestSubject/reads
    --- PASS: TestSubject/writes
    --- PASS: TestSubject/closes
PASS
`,
	},
	{
		name: "says_what_was_wrong_and_why_it_matters",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: passes},
			{Name: "writes", Group: suite.Core, Points: 2,
				Explanation: "A client gets the first line as soon as it is served. Only then does the server wait a second for the next line.",
				Run:         ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "line 1 came 1s late\nat 12:00\n"}, Output: "listening\n"})},
			{Name: "closes", Group: suite.Robustness, Points: 1,
				Explanation: "Connections are closed.",
				Run:         ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Crashed, Message: "clock2.go:20 panics: no \x1b[1mclocks"}})},
			{Name: "ends", Group: suite.Robustness, Points: 3,
				Explanation: "Servers end.",
				Run:         ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.NotStarted, Message: "not started"}})},
		},
		want: `
    suite_test.go: line 1 came 1s late
        at 12:00
        why: A client gets the first line as soon as it is served. Only then does
        the server wait a second for the next line.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: the program printed:
        listening
    suite_test.go: crashed: clock2.go:20 panics: no \x1b[1mclocks
        why: Connections are closed.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: not started: not started
    suite_test.go: core 4 of 6 points, robustness 0 of 4 points
--- FAIL: TestSubject
    --- PASS: TestSubject/reads
    --- FAIL: TestSubject/writes
    --- FAIL: TestSubject/closes
    --- FAIL: TestSubject/ends
FAIL
`,
	},
	{
		name: "holds_notes_and_extras_against_nobody",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4,
				Run: ends(isolate.Result{Verdict: verdict.Of(suite.Note("it reads slowly"))})},
			{Name: "appends", Group: suite.Extra, Points: 2, Explanation: "Files grow.",
				Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "nothing is appended"}})},
			{Name: "sorts", Group: suite.Extra, Points: 1, Run: passes},
		},
		want: `
    suite_test.go: note: it reads slowly
    suite_test.go: extra: nothing is appended
        why: Files grow.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: core 4 of 4 points, extra 1 of 3 points
--- PASS: TestSubject
    --- PASS: TestSubject/reads
    --- SKIP: TestSubject/appends
    --- PASS: TestSubject/sorts
PASS
`,
	},
	{
		name: "gives_no_points_for_what_cannot_be_checked",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: passes},
			{Name: "ftp", Group: suite.Core, Points: 2,
				Run: ends(isolate.Result{Verdict: verdict.Of(suite.Unchecked("ftp is not installed"))})},
		},
		want: uncheckedOrFailed(),
	},
	{
		name:  "says_once_that_a_program_is_not_started",
		tests: "^TestSubject",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.NotStarted, Message: "not started"}})},
			{Name: "writes", Group: suite.Core, Points: 2, Run: passes},
		},
		want: `
    suite_test.go: not started: open testutil/suites/suite/suite.go
--- FAIL: TestSubject
    --- SKIP: TestSubject/reads
    suite_test.go: not started
--- SKIP: TestSubjectAgain
FAIL
`,
	},
	{
		name: "charges_a_leak_to_the_case_that_collects_leaks",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Passed}, Leak: leak})},
			{Name: "writes", Group: suite.Core, Points: 2, Explanation: "Lines are written.",
				Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "got nothing"}, Leak: "clock2.go:99 still reads"})},
			{Name: "leaks", Group: suite.Robustness, Points: 2, Explanation: "Goroutines end.", Collects: suite.Leaks, Run: passes},
			{Name: "leaks_again", Group: suite.Robustness, Points: 2, Collects: suite.Leaks, Run: passes},
			{Name: "closes", Group: suite.Robustness, Points: 1, Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Passed}, Leak: leak})},
		},
		want: `
    suite_test.go: got nothing
        why: Lines are written.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: goroutine leak: clock2.go:20 still sleeps (in reads)
        why: Goroutines end.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: core 4 of 6 points, robustness 3 of 5 points
--- FAIL: TestSubject
    --- PASS: TestSubject/reads
    --- FAIL: TestSubject/writes
    --- FAIL: TestSubject/leaks
    --- PASS: TestSubject/leaks_again
    --- PASS: TestSubject/closes
FAIL
`,
	},
	{
		name:  "reports_a_leak_though_no_case_that_collects_is_run",
		tests: "^TestSubject$/reads",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Passed}, Leak: leak})},
			{Name: "leaks", Group: suite.Robustness, Points: 2, Collects: suite.Leaks, Run: passes},
		},
		want: `
    suite_test.go: goroutine leak: clock2.go:20 still sleeps (in reads)
--- FAIL: TestSubject
    --- PASS: TestSubject/reads
FAIL
`,
	},
	{
		name: "reports_a_leak_beside_what_else_is_wrong",
		cases: []testCase{
			{Name: "leaks", Group: suite.Robustness, Points: 2, Explanation: "Goroutines end.", Collects: suite.Leaks,
				Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "got nothing"}, Leak: leak})},
		},
		want: `
    suite_test.go: got nothing
        why: This case looks for a goroutine leak while clients use the program. Fix
        first what went wrong here.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: goroutine leak: clock2.go:20 still sleeps (in leaks)
    suite_test.go: robustness 0 of 2 points
--- FAIL: TestSubject
    --- FAIL: TestSubject/leaks
FAIL
`,
	},
	{
		name:  "gives_no_score_for_a_part",
		tests: "^TestSubject$/reads",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: passes},
			{Name: "writes", Group: suite.Core, Points: 2, Run: passes},
		},
		want: `
--- PASS: TestSubject
    --- PASS: TestSubject/reads
PASS
`,
	},
	{
		name: "gives_up_after_two_cases_in_a_row_without_an_end_if_none_has_passed",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 1, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:20 loops"}})},
			{Name: "writes", Group: suite.Core, Points: 2, Explanation: "Write.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "got nothing"}})},
			{Name: "closes", Group: suite.Core, Points: 4, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:20 loops"}})},
			{Name: "accepts", Group: suite.Core, Points: 8, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Flooded, Message: "clock2.go:20 prints"}})},
			{Name: "ends", Group: suite.Robustness, Points: 8, Run: passes},
			{Name: "refuses", Group: suite.Robustness, Points: 32, Brief: true, Run: passes},
			{Name: "leaks", Group: suite.Robustness, Points: 16, Collects: suite.Leaks, Run: passes},
		},
		want: `
    suite_test.go: busy: clock2.go:20 loops
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: got nothing
        why: Write.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: busy: clock2.go:20 loops
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: flooded the output: clock2.go:20 prints
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: not run: 2 cases before this one did not end; fix them first
    suite_test.go: not run: 2 cases before this one did not end; fix them first
    suite_test.go: core 0 of 15 points, robustness 32 of 56 points
--- FAIL: TestSubject
    --- FAIL: TestSubject/reads
    --- FAIL: TestSubject/writes
    --- FAIL: TestSubject/closes
    --- FAIL: TestSubject/accepts
    --- FAIL: TestSubject/ends
    --- PASS: TestSubject/refuses
    --- FAIL: TestSubject/leaks
FAIL
`,
	},
	{
		name: "gives_up_after_three_cases_in_a_row_without_an_end_if_another_has_passed",
		cases: []testCase{
			{Name: "writes", Group: suite.Core, Points: 2, Run: passes},
			{Name: "reads", Group: suite.Core, Points: 1, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:20 loops"}})},
			{Name: "closes", Group: suite.Core, Points: 4, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:21 loops"}})},
			{Name: "accepts", Group: suite.Core, Points: 8, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:22 loops"}})},
			{Name: "ends", Group: suite.Robustness, Points: 8, Run: passes},
		},
		want: `
    suite_test.go: busy: clock2.go:20 loops
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: busy: clock2.go:21 loops
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: busy: clock2.go:22 loops
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: not run: 3 cases before this one did not end; fix them first
    suite_test.go: core 2 of 15 points, robustness 0 of 8 points
--- FAIL: TestSubject
    --- PASS: TestSubject/writes
    --- FAIL: TestSubject/reads
    --- FAIL: TestSubject/closes
    --- FAIL: TestSubject/accepts
    --- FAIL: TestSubject/ends
FAIL
`,
	},
	{
		name: "gives_up_brief_cases_too_if_one_of_them_does_not_end",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 1, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:20 loops"}})},
			{Name: "writes", Group: suite.Core, Points: 2, Explanation: "Wait.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:20 loops"}})},
			{Name: "refuses_one", Group: suite.Core, Points: 4, Brief: true, Explanation: "Refuse.", Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Busy, Message: "clock2.go:20 loops"}})},
			{Name: "refuses_two", Group: suite.Core, Points: 8, Brief: true, Run: passes},
		},
		want: `
    suite_test.go: busy: clock2.go:20 loops
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: busy: clock2.go:20 loops
        why: Wait.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: busy: clock2.go:20 loops
        why: Refuse.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: not run: 2 cases before this one did not end; fix them first
    suite_test.go: core 0 of 15 points
--- FAIL: TestSubject
    --- FAIL: TestSubject/reads
    --- FAIL: TestSubject/writes
    --- FAIL: TestSubject/refuses_one
    --- FAIL: TestSubject/refuses_two
FAIL
`,
	},
	{
		name: "charges_a_race_to_the_case_that_collects_races",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: ends(raced())},
			{Name: "leaks", Group: suite.Robustness, Points: 2, Collects: suite.Leaks, Run: passes},
			{Name: "races", Group: suite.Robustness, Points: 2, Explanation: "Lock.", Collects: suite.Races, Run: passes},
		},
		want: chargedOrSkipped(),
	},
	{
		name: "charges_a_race_to_the_case_that_collects_races_though_it_fails_otherwise",
		cases: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: ends(raced())},
			{Name: "leaks", Group: suite.Robustness, Points: 2, Collects: suite.Leaks, Run: passes},
			{Name: "races", Group: suite.Robustness, Points: 2, Explanation: "Lock.", Collects: suite.Races, Run: ends(isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "gets nothing"}})},
		},
		want: chargedOrSkipped(),
	},
	{
		name:  "fails_a_later_test_in_which_there_is_a_race",
		tests: "^TestSubject",
		cases: []testCase{
			{Name: "races", Group: suite.Robustness, Points: 2, Explanation: "Lock.", Collects: suite.Races, Run: passes},
		},
		again: []testCase{
			{Name: "reads", Group: suite.Core, Points: 4, Run: ends(raced())},
		},
		want: failedLaterOrSkipped(),
	},
}

func failedLaterOrSkipped() string {
	if suite.RaceDetector {
		return `
    suite_test.go: robustness 2 of 2 points
--- PASS: TestSubject
    --- PASS: TestSubject/races
    suite_test.go: data race: ` + race + ` (in reads)
    suite_test.go: core 4 of 4 points
--- FAIL: TestSubjectAgain
    --- PASS: TestSubjectAgain/reads
FAIL
`
	}
	return `
    suite_test.go: not checked: this needs the race detector (go test -race), which requires cgo
    suite_test.go: robustness 0 of 2 points; not checked: races
--- PASS: TestSubject
    --- SKIP: TestSubject/races
    suite_test.go: core 4 of 4 points
--- PASS: TestSubjectAgain
    --- PASS: TestSubjectAgain/reads
PASS
`
}

// raced returns the result of a case that runs into a race, if the race detector looks.
func raced() isolate.Result {
	if suite.RaceDetector {
		return isolate.Result{Verdict: verdict.Verdict{Kind: verdict.Passed}, Race: race}
	}
	return isolate.Result{Verdict: verdict.Of(nil)}
}

func chargedOrSkipped() string {
	if suite.RaceDetector {
		return `
    suite_test.go: data race: clock2.go:20 writes a variable while clock2.go:30 reads it (in reads)
        why: Lock.
        the test: testutil/suites/suite/suite_test.go
    suite_test.go: core 4 of 4 points, robustness 2 of 4 points
--- FAIL: TestSubject
    --- PASS: TestSubject/reads
    --- PASS: TestSubject/leaks
    --- FAIL: TestSubject/races
FAIL
`
	}
	return `
    suite_test.go: not checked: this needs the race detector (go test -race), which requires cgo
    suite_test.go: core 4 of 4 points, robustness 2 of 4 points; not checked: races
--- PASS: TestSubject
    --- PASS: TestSubject/reads
    --- PASS: TestSubject/leaks
    --- SKIP: TestSubject/races
PASS
`
}

// In CI, everything must be checked.
func uncheckedOrFailed() string {
	skip, end := "SKIP", "PASS"
	if os.Getenv("CI") != "" {
		skip, end = "FAIL", "FAIL"
	}
	return fmt.Sprintf(`
    suite_test.go: not checked: ftp is not installed
    suite_test.go: core 4 of 6 points; not checked: ftp
--- %[2]s: TestSubject
    --- PASS: TestSubject/reads
    --- %[1]s: TestSubject/ftp
%[2]s
`, skip, end)
}

// scenarioEnv names, in the environment of the process of a scenario, the one.
const scenarioEnv = "SUITE_TEST_SCENARIO"

// TestSubject and TestSubjectAgain run the suite of a scenario.
func TestSubject(t *testing.T) {
	for _, s := range scenarios {
		if s.name == os.Getenv(scenarioEnv) {
			suite.Test(t, suite.New(run, "subject", s.cases))
			return
		}
	}
	t.Skip("not a test by itself")
}

func TestSubjectAgain(t *testing.T) {
	for _, s := range scenarios {
		if s.name == os.Getenv(scenarioEnv) {
			cases := s.cases
			if s.again != nil {
				cases = s.again
			}
			suite.Test(t, suite.New(run, "subject", cases))
			return
		}
	}
	t.Skip("not a test by itself")
}

// Suites that fail must not fail these tests, so each runs in a process of its
// own.
func TestSuite(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			got := simplify(output(t, s.name, s.tests))
			if diff := cmp.Diff(strings.TrimPrefix(s.want, "\n"), got); diff != "" {
				t.Errorf("go test -v prints, mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

// output returns what go test -v -run tests prints about the suite of a
// scenario.
func output(t *testing.T, scenario, tests string) string {
	t.Helper()
	if tests == "" {
		tests = "^TestSubject$"
	}
	cmd := exec.Command(os.Args[0], "-test.v", "-test.run="+tests)
	cmd.Env = append(os.Environ(), scenarioEnv+"="+scenario)
	p, err := program.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if _, err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p.Output()
}

// varying is what differs between runs of the same test.
var varying = regexp.MustCompile(`(?m)^(?:===|coverage:).*\n| \([0-9.]+s\)$|(suite_test\.go):\d+`)

func simplify(output string) string { return varying.ReplaceAllString(output, "$1") }

func TestSuiteNamesGroupAndPoints(t *testing.T) {
	got := output(t, scenarios[0].name, "")
	for _, want := range []string{
		"=== ATTR  TestSubject/reads group core\n",
		"=== ATTR  TestSubject/reads points 4\n",
		"=== ATTR  TestSubject/closes group robustness\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("go test -v prints no line %q, but\n%s", want, got)
		}
	}
}

func TestSuitePassesSubjectAndEnvironment(t *testing.T) {
	var subject string
	var environment []string
	cases := []testCase{{
		Name: "reads", Env: []string{"TZ=Asia/Tokyo", "LANG=C"},
		Run: func(_ context.Context, s string) error {
			subject = s
			return nil
		},
	}}
	run := func(t *testing.T, g *suite.Grading, f func(ctx context.Context) error, env ...string) isolate.Result {
		environment = env
		return run(t, g, f)
	}
	new(suite.Grading).Test(t, suite.New(run, "serve", cases))
	if want := "serve"; subject != want {
		t.Errorf("the case got subject %q, want %q", subject, want)
	}
	if diff := cmp.Diff(cases[0].Env, environment); diff != "" {
		t.Errorf("the runner's environment mismatch (-want +got):\n%s", diff)
	}
}

func TestRealClockJudgesACaseThat(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want verdict.Verdict
	}{
		{"passes", nil, verdict.Verdict{Kind: verdict.Passed}},
		{"is_wrong", errors.New("got nothing"), verdict.Verdict{Kind: verdict.Wrong, Message: "got nothing"}},
		{"is_not_concurrent", suite.NotConcurrent("client %d got nothing", 2),
			verdict.Verdict{Kind: verdict.NotConcurrent, Message: "client 2 got nothing"}},
		{"is_not_started", fmt.Errorf("serve: %w", exercises.ErrNotStarted),
			verdict.Verdict{Kind: verdict.NotStarted, Message: "serve: not started"}},
		{"takes_too_long", fmt.Errorf("clock2 does not end: %w", context.DeadlineExceeded),
			verdict.Verdict{Kind: verdict.Hung, Message: "clock2 does not end within " + suite.Patience().String()}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := suite.RealClock(t, new(suite.Grading), func(context.Context) error { return tt.err })
			if diff := cmp.Diff(isolate.Result{Verdict: tt.want}, got); diff != "" {
				t.Errorf("RealClock() mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRealClockSetsTheEnvironmentAndALimit(t *testing.T) {
	t.Setenv("SUITE_TEST_VARIABLE", "old")
	suite.RealClock(t, new(suite.Grading), func(ctx context.Context) error {
		if got, want := os.Getenv("SUITE_TEST_VARIABLE"), "new=1"; got != want {
			t.Errorf("RealClock() set SUITE_TEST_VARIABLE to %q, want %q", got, want)
		}
		if _, limited := ctx.Deadline(); !limited {
			t.Error("RealClock() gave a context without a deadline, want one")
		}
		return nil
	}, "SUITE_TEST_VARIABLE=new=1")
}

func TestRealClockWaitsLessAfterACaseThat(t *testing.T) {
	const patience = 400 * time.Millisecond
	t.Setenv("WORKBOOK_PATIENCE", patience.String())
	for _, tt := range []struct {
		name string
		err  error
		less bool
	}{
		{"is_slow_and_passes", nil, false},
		{"is_slow_and_passes_with_a_note", suite.Note("slow"), false},
		{"waits_without_success", errors.New("no reply"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := new(suite.Grading)
			suite.RealClock(t, g, func(ctx context.Context) error {
				<-ctx.Done()
				return tt.err
			})
			start := time.Now()
			suite.RealClock(t, g, func(ctx context.Context) error {
				end, _ := ctx.Deadline()
				if limit := end.Sub(start); limit < patience != tt.less {
					t.Errorf("the next case has %v, want less than %v: %v", limit, patience, tt.less)
				}
				return nil
			})
		})
	}
}

// A program that has never responded is waited for only a moment after two cases.
func TestRealClockWaitsAMomentForAProgramThatNeverResponds(t *testing.T) {
	const patience = 400 * time.Millisecond
	t.Setenv("WORKBOOK_PATIENCE", patience.String())
	type note = func(ctx context.Context)
	waits := func(err error, notes ...note) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			for _, note := range notes {
				note(ctx)
			}
			<-ctx.Done()
			return err
		}
	}
	wrong := errors.New("no line")
	mute := waits(wrong, suite.AwaitsResponse)
	heard := waits(wrong, suite.AwaitsResponse, suite.Responded)
	slow := waits(nil, suite.AwaitsResponse)
	for _, tt := range []struct {
		name   string
		before []func(ctx context.Context) error
		least  time.Duration // what the next case has
	}{
		{"no_case", nil, patience},
		{"one_without_a_response", []func(ctx context.Context) error{mute}, patience / 4},
		{"two_without_a_response", []func(ctx context.Context) error{mute, mute}, patience / 20},
		{"a_response_in_the_first", []func(ctx context.Context) error{heard, mute, mute}, patience / 4},
		{"a_response_in_the_last", []func(ctx context.Context) error{mute, mute, heard}, patience / 4},
		{"others_that_wait_for_something_else", []func(ctx context.Context) error{waits(wrong), waits(wrong)}, patience / 4},
		{"slow_cases_that_pass", []func(ctx context.Context) error{slow, slow}, patience},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := new(suite.Grading)
			for _, f := range tt.before {
				suite.RealClock(t, g, f)
			}
			before := time.Now()
			suite.RealClock(t, g, func(ctx context.Context) error {
				end, _ := ctx.Deadline()
				switch most := end.Sub(before); {
				case most < tt.least:
					t.Errorf("the next case has %v, want at least %v", most, tt.least)
				case time.Until(end) > tt.least:
					t.Errorf("the next case has %v left, want at most %v", time.Until(end), tt.least)
				}
				return nil
			})
		})
	}
}

func TestPatience(t *testing.T) {
	for _, tt := range []struct {
		env     string
		want    time.Duration
		wantErr string
	}{
		{"6s", 6 * time.Second, ""},
		{"", 10 * time.Second, ""},
		{"long", 10 * time.Second, `environment variable WORKBOOK_PATIENCE=long: time: invalid duration "long"`},
		{"-1s", 10 * time.Second, "environment variable WORKBOOK_PATIENCE=-1s: want a positive duration"},
	} {
		t.Setenv("WORKBOOK_PATIENCE", tt.env)
		if got := suite.Patience(); got != tt.want {
			t.Errorf("Patience() with WORKBOOK_PATIENCE=%s is %v, want %v", tt.env, got, tt.want)
		}
		got := ""
		if err := suite.CheckEnvironment(); err != nil {
			got = err.Error()
		}
		if got != tt.wantErr {
			t.Errorf("CheckEnvironment() with WORKBOOK_PATIENCE=%s returns %q, want %q", tt.env, got, tt.wantErr)
		}
	}
}

func TestVariableWithoutAMeaningIsAnError(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"WORKBOOK_SLOW", "1", ""},
		{"WORKBOOK_SLOW", "all", ""},
		{"WORKBOOK_SLOW", "yes", "environment variable WORKBOOK_SLOW=yes: want 1 or all"},
		{"WORKBOOK_INPROCESS", "1", ""},
		{"WORKBOOK_INPROCESS", "true", "environment variable WORKBOOK_INPROCESS=true: want 1"},
	} {
		t.Run(tt.name+"="+tt.value, func(t *testing.T) {
			t.Setenv(tt.name, tt.value)
			got := ""
			if err := suite.CheckEnvironment(); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("CheckEnvironment() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStub(t *testing.T) {
	tests := []struct{ mod, dir, want string }{
		{".", "exercises/ex8.1/clock2", "exercises/ex8.1/clock2/clock2.go"},
		{"workbook", "workbook/exercises/ex8.2/ftpd", "exercises/ex8.2/ftpd/ftpd.go"},
		{"", "exercises/ex8.1/clock2", "clock2.go"},
	}
	for _, tt := range tests {
		top := t.TempDir()
		dir := filepath.Join(top, filepath.FromSlash(tt.dir))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if tt.mod != "" {
			if err := os.WriteFile(filepath.Join(top, tt.mod, "go.mod"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(dir)
		if got := suite.Stub(); got != tt.want {
			t.Errorf("stub() in %s is %q, want %q", tt.dir, got, tt.want)
		}
	}
}

func TestWrap(t *testing.T) {
	ten := "123456789 "
	line := strings.Repeat(ten, 7) + "12345"
	tests := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"one_word", "why:", "why:"},
		{"spaces", "  why:  a\nclient ", "why: a client"},
		{"a_full_line", line + "6", line + "6"},
		{"a_line_and_a_word", line + " why", line + "\nwhy"},
		{"a_word_too_long_for_its_line", line + "67", strings.TrimSpace(strings.Repeat(ten, 7)) + "\n1234567"},
		{"a_word_longer_than_a_line", "see " + strings.Repeat("x", 80) + " there", "see\n" + strings.Repeat("x", 80) + "\nthere"},
		{"three_lines", line + " " + line + " " + line, line + "\n" + line + "\n" + line},
		{"letters_of_more_than_a_byte", strings.ReplaceAll(line, "1", "é") + "6", strings.ReplaceAll(line, "1", "é") + "6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, suite.Wrap(tt.text)); diff != "" {
				t.Errorf("wrap(%q) mismatch (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestRecordsNameCasesAndTheirRules(t *testing.T) {
	s := suite.New(suite.RealClock, 0, []suite.Case[int]{
		{Name: "rings_at_noon", Group: suite.Core, Points: 2, Explanation: "A bell rings.", Func: "ring", Run: func(context.Context, int) error {
			panic("Records runs nothing")
		}},
	})
	got := s.Records("TestBell")
	if len(got) != 1 || !strings.HasPrefix(got[0].Verdict.Case, "testutil/suites/suite/suite_test.go:") {
		t.Fatalf("Records() = %+v, want one record with the place of its case in suite_test.go", got)
	}
	got[0].Verdict.Case = ""
	want := []suite.Record{{Test: "TestBell", Name: "rings_at_noon", Group: suite.Core, Points: 2,
		Verdict: verdict.Verdict{Kind: verdict.NotRun, About: "TestBell/rings_at_noon", Rule: "A bell rings.", Func: "ring"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Records() mismatch (-want +got):\n%s", diff)
	}
}

// TestGradingExplains runs a suite of which each case fails in some way, or notices
// what another is about.
func TestGradingExplains(t *testing.T) {
	if os.Getenv(scenarioEnv) != "" {
		t.Skip("runs in a process of the tests, not of a scenario")
	}
	rules := suite.Rules{
		verdict.NotConcurrent: {About: "TestClock/serves_two", Text: "Each client has a goroutine.", Func: "serve"},
		verdict.Leak:          {About: "TestClock/leaks", Text: "Goroutines end.", Func: "handleConn"},
		verdict.Race:          {About: "TestClock/races", Text: "Lock.", Func: "handleConn"},
	}.With(suite.General("clock2", "handleConn"))
	result := func(kind verdict.Kind) isolate.Result {
		return isolate.Result{Verdict: verdict.Verdict{Kind: kind, Message: "it failed"}}
	}
	tests := []struct {
		name    string
		results map[string]isolate.Result // by case; the others pass
		want    map[string]string         // by case that fails, its kind, rule and function
	}{
		{"a_wrong_answer_by_the_rule_of_its_case",
			map[string]isolate.Result{"reads": result(verdict.Wrong)},
			map[string]string{"reads": "wrong answer, TestClock/reads, Read., main"}},
		{"one_client_at_a_time_by_the_rule_about_go_wherever_it_is_noticed",
			map[string]isolate.Result{"reads": result(verdict.NotConcurrent)},
			map[string]string{"reads": "not concurrent, TestClock/serves_two, Each client has a goroutine., serve"}},
		{"a_crash_by_the_rule_of_all_programs",
			map[string]isolate.Result{"reads": result(verdict.Crashed)},
			map[string]string{"reads": "crashed, clock2/crashed, " + rules[verdict.Crashed].Text + ", handleConn"}},
		{"what_is_about_another_case_by_the_rule_of_that",
			map[string]isolate.Result{"reads": {Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "it failed", About: "TestClock/writes"}}},
			map[string]string{"reads": "wrong answer, TestClock/writes, Write., handleConn"}},
		{"a_leak_where_leaks_are_collected",
			map[string]isolate.Result{"reads": {Verdict: verdict.Of(nil), Leak: leak}},
			map[string]string{"leaks": "goroutine leak, TestClock/leaks, Goroutines end., "}},
		{"a_race_where_races_are_collected",
			map[string]isolate.Result{"reads": {Verdict: verdict.Of(nil), Race: race}},
			map[string]string{"races": "data race, TestClock/races, Lock., "}},
		{"nothing_about_the_program_if_the_grader_has_a_problem",
			map[string]isolate.Result{"reads": result(verdict.GraderProblem)},
			map[string]string{"reads": "grader problem, , , "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cases := []testCase{
				{Name: "reads", Explanation: "Read.", Func: "main"},
				{Name: "writes", Explanation: "Write.", Func: "handleConn"},
				{Name: "leaks", Explanation: "Goroutines end.", Collects: suite.Leaks},
				{Name: "races", Explanation: "Lock.", Collects: suite.Races},
			}
			for i := range cases {
				cases[i].Points, cases[i].Group = 1, suite.Extra // so that a failure is not one of this test
				cases[i].Run = passes
				if r, ok := tt.results[cases[i].Name]; ok {
					cases[i].Run = ends(r)
				}
			}
			s := suite.New(run, "subject", cases)
			s.Rules = rules
			got := make(map[string]string)
			g := &suite.Grading{Races: true, Observe: func(r suite.Record) {
				if v := r.Verdict; v.Kind != verdict.Passed {
					about := strings.Replace(v.About, t.Name(), "TestClock", 1)
					got[r.Name] = fmt.Sprintf("%s, %s, %s, %s", v.Kind, about, v.Rule, v.Func)
				}
			}}
			g.Test(t, s)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("records mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
