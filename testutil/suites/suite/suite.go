// Package suite runs the cases of a conformance suite over a program. For each case that
// fails, it says what went wrong, and which rule the program breaks.
//
// A suite is a table of cases, and a function that a test calls with what it
// tests:
//
//	var cases = []suite.Case[func(net.Listener) error]{{
//		Name:        "writes_the_time_at_once",
//		Group:       suite.Core,
//		Points:      2,
//		Explanation: "A client gets the time as soon as it connects, not a second later.",
//		Run:         writesTheTimeAtOnce,
//	}, …}
//
//	func Test(t *testing.T, serve func(net.Listener) error) {
//		t.Helper()
//		suite.Test(t, suite.New(suite.FakeClock, serve, cases))
//	}
package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// A Group says what the points of a case count for.
type Group string

// The groups, whose points are counted apart.
const (
	Core       Group = "core"       // what the exercise asks
	Robustness Group = "robustness" // what a good engineer adds
	Extra      Group = "extra"      // what goes beyond the exercise; it costs no points
)

// A Fault is something that may happen in any case and is held against only
// one: the case that collects it.
type Fault int

// The faults.
const (
	None  Fault = iota
	Leaks       // a goroutine is left behind
	Races       // a data race; seen only by the race detector
)

// kind returns the kind of a verdict about the fault.
func (f Fault) kind() verdict.Kind {
	return [...]verdict.Kind{None: verdict.Passed, Leaks: verdict.Leak, Races: verdict.Race}[f]
}

// A Case is one thing that a program must do. S is what it is given of the
// program: a function, or the means to start it.
type Case[S any] struct {
	Name        string // a predicate, "writes_the_time_at_once"
	Group       Group
	Points      int
	Explanation string   // the rule, in one or two sentences
	Func        string   // the function of the program to look at, "serve"; that of its test if empty
	Env         []string // added to the environment, "TZ=Asia/Tokyo"
	At          string   // where the code of the case is, "testutil/suites/ftptest/login.go:12"; where Run is if empty
	Collects    Fault    // fails if this happened in any case of the program
	Brief       bool     // asks only for an error that comes at once: runs also after cases that did not end

	// Run returns nil, or what went wrong: what was done, what came back,
	// what was wanted. An error of package verdict says of which kind that is.
	// It is called once, with a subject that no other case has used.
	Run func(ctx context.Context, subject S) error
}

// A Bound is a case with the program that it is about.
type Bound struct {
	Case[struct{}] // without Run
	Run            func(ctx context.Context) error
	Runner         Runner
	at             any // the code of the case
}

// record returns the record of the case before it is run.
func (c Bound) record() Record { return Record{Name: c.Name, Group: c.Group, Points: c.Points} }

// place returns where the code of the case is.
func (c Bound) place() string {
	if c.At != "" {
		return c.At
	}
	return placeOf(c.at)
}

// A Suite is the cases of one test of a program.
type Suite struct {
	Cases   []Bound
	Rules   Rules    // of failures that any case may notice
	Close   func()   // called when all have run, if not nil
	Other   []Rule   // of other tests of the program, which a failure may be about
	Ahead   []string // what its Runner adds to the environment of each case, if cases are tried together: see [Grading.Begin]; otherwise nil
	GivesUp bool     // cases are not run any more after some in which the program did not respond
	After   string   // the test of which one case must have passed before these are run; "" if there is none
}

// New returns the suite of cases that run runs over subject.
func New[S any](run Runner, subject S, cases []Case[S]) Suite {
	var s Suite
	for _, c := range cases {
		s.Cases = append(s.Cases, Bound{
			Case: Case[struct{}]{
				Name: c.Name, Group: c.Group, Points: c.Points, Explanation: c.Explanation,
				Func: c.Func, Env: c.Env, At: c.At, Collects: c.Collects, Brief: c.Brief,
			},
			Run:    func(ctx context.Context) error { return c.Run(ctx, subject) },
			Runner: run,
			at:     c.Run,
		})
	}
	return s
}

// Records returns the record of each case of s, in a test of that name, before any has
// run: with its rule, and the kind [verdict.NotRun].
func (s Suite) Records(test string) []Record {
	var all []Record
	for _, c := range s.Cases {
		r := c.record()
		r.Test = test
		r.Verdict = verdict.Verdict{Kind: verdict.NotRun, About: test + "/" + c.Name, Rule: c.Explanation, Func: c.Func, Case: c.place()}
		all = append(all, r)
	}
	return all
}

// Test runs the cases of s in a test of go test.
func Test(t *testing.T, s Suite) {
	t.Helper()
	binary.Test(t, s)
}

// binary is the grading of this test binary: it holds the tests of one program.
var binary = &Grading{Races: raceDetector}

// A Runner runs f for a case, with env added to its environment.
type Runner func(t *testing.T, g *Grading, f func(ctx context.Context) error, env ...string) isolate.Result

// FakeClock is the [Runner] for cases on a fake clock: that of [fakeclock.Run].
func FakeClock(t *testing.T, _ *Grading, f func(ctx context.Context) error, env ...string) isolate.Result {
	return fakeclock.Run(t, f, env...)
}

// RealClock is the [Runner] for cases that start a process of their own, on the
// real clock. They must end within [Patience].
func RealClock(t *testing.T, g *Grading, f func(ctx context.Context) error, env ...string) isolate.Result {
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	limit := g.limit()
	var err error
	var took time.Duration
	var late bool
	var heard response
	death := program.LastDeath() // of another case
	for range program.MaxKilled {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		start := time.Now()
		err = f(context.WithValue(ctx, responseKey{}, &heard))
		took = time.Since(start)
		late = ctx.Err() != nil
		cancel()
		if death = program.LastDeath(); err == nil || death == program.NotKilled {
			break
		}
	}
	if err != nil && death.Blameless() {
		err = verdict.Errorf(verdict.GraderProblem, "its process %v, %d times", death, program.MaxKilled)
	}
	v := verdict.Of(err)
	if v.Kind == verdict.Passed {
		g.slowest = max(g.slowest, took)
	}
	g.impatient = g.impatient || late && v.Kind != verdict.Passed
	g.waited(v, took >= limit/2-limit/20)
	g.heard(&heard, late && v.Kind != verdict.Passed)
	switch {
	case errors.Is(err, exercises.ErrNotStarted):
		v.Kind = verdict.NotStarted
	case errors.Is(err, context.DeadlineExceeded):
		v.Kind = verdict.Hung
		// A student has not met contexts.
		v.Message = strings.ReplaceAll(v.Message, ": "+context.DeadlineExceeded.Error(), fmt.Sprint(" within ", limit))
	}
	return isolate.Result{Verdict: v}
}

// limit returns how long a case on the real clock may take. It is less after a case in which
// the program was waited for without success, and much less if it has never responded. On a
// busy machine, where cases that pass take long too, it is not.
func (g *Grading) limit() time.Duration {
	const slower = 5 // times slower than any case that has passed is the fault of the program
	limit := Patience()
	switch {
	case g.mute >= maxMute:
		limit /= 20
	case g.impatient:
		limit /= 4
	}
	return min(max(limit, slower*g.slowest), Patience())
}

// responseKey is the key of a [response] in the context of a case.
type responseKey struct{}

// A response is whether a program has responded in a case.
type response struct{ awaited, came atomic.Bool }

// AwaitsResponse notes that the case of ctx waits for the first response of its program, which
// any right program gives. After cases that have waited for it as long as they could, the others
// wait only for a moment, until one calls [Responded].
func AwaitsResponse(ctx context.Context) {
	if r, ok := ctx.Value(responseKey{}).(*response); ok {
		r.awaited.Store(true)
	}
}

// Responded notes that the program has responded in the case of ctx.
func Responded(ctx context.Context) {
	if r, ok := ctx.Value(responseKey{}).(*response); ok {
		r.came.Store(true)
	}
}

// RealClockProcess is the [Runner] for cases on the real clock that call functions of
// the program under test, in a process of their own. They must end within [Patience].
func RealClockProcess(t *testing.T, g *Grading, f func(ctx context.Context) error, env ...string) isolate.Result {
	limit := Patience()
	if g.impatient {
		env = append([]string{fmt.Sprintf("%s=%v", patienceEnv, limit/8)}, env...)
	}
	start := time.Now()
	result := isolate.Run(t, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), Patience())
		defer cancel()
		return f(ctx)
	}, env...)
	g.impatient = g.impatient || result.Verdict.Kind != verdict.Passed && time.Since(start) > limit
	return result
}

const leakKnownEnv = "WORKBOOK_LEAK_KNOWN"

// LeakKnown reports, in a case, whether another has left a goroutine behind. Then
// there is no need to wait for more of them.
func LeakKnown() bool { return os.Getenv(leakKnownEnv) != "" }

// Note returns what the Run of a case returns if it has passed, and there is
// something to say all the same.
func Note(text string) error { return verdict.Errorf(verdict.Passed, "%s", text) }

// Left returns what the Run of a case returns if it has passed but for err, which is about the rule
// of another case, "TestFiles/sends_a_file". If that case passes, this one fails.
func Left(name string, err error) error {
	return &verdict.Error{Kind: verdict.Passed, About: name, Err: err}
}

// Unchecked returns what the Run of a case returns if it cannot tell, since this
// machine lacks something.
func Unchecked(text string) error { return verdict.Errorf(verdict.NotChecked, "%s", text) }

// NotConcurrent returns what the Run of a case returns if one client has to wait for
// another. The message is as of [fmt.Errorf].
func NotConcurrent(format string, args ...any) error {
	return verdict.Errorf(verdict.NotConcurrent, format, args...)
}

// About returns err as an error about the rule of another case, "TestFiles/sends_a_file".
// It returns nil if err is nil, and err itself if that is not simply a wrong answer.
func About(name string, err error) error {
	v := verdict.Of(err)
	if v.Kind != verdict.Wrong {
		return err
	}
	return &verdict.Error{Kind: verdict.Wrong, About: name, Cause: v.Cause, Err: err}
}

// Limited returns what the Run of a case returns if clients have to wait for others though
// some are served at the same time: the word go is there, and something else is in the way.
// The rule that is broken is that of the case called name, "TestClock/serves_a_hundred".
func Limited(name, format string, args ...any) error {
	return &verdict.Error{Kind: verdict.NotConcurrent, About: name, Err: fmt.Errorf(format, args...)}
}

// Patience returns how long, in real time, a case on the real clock waits for a
// program to do what it should do immediately. It is long since the machine may
// be busy. WORKBOOK_PATIENCE sets it, in the form of time.ParseDuration.
func Patience() time.Duration {
	d, err := patience()
	if err != nil {
		d = defaultPatience // Test has reported it
	}
	if isolate.Trying() {
		d /= 8
	}
	return d
}

const (
	patienceEnv     = "WORKBOOK_PATIENCE"
	defaultPatience = 10 * time.Second
)

// patience reads the environment. It is an error if the value is not a duration,
// or not a positive one.
func patience() (time.Duration, error) {
	text := os.Getenv(patienceEnv)
	if text == "" {
		return defaultPatience, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d <= 0 {
		err = errors.New("want a positive duration")
	}
	if err != nil {
		return 0, fmt.Errorf("environment variable %s=%s: %w", patienceEnv, text, err)
	}
	return d, nil
}

// CheckEnvironment returns an error about the first variable of the environment that
// steers the tests and has no valid value.
func CheckEnvironment() error {
	for name, values := range variables {
		if value := os.Getenv(name); value != "" && !slices.Contains(values, value) {
			return fmt.Errorf("environment variable %s=%s: want %s", name, value, strings.Join(values, " or "))
		}
	}
	_, err := patience()
	return err
}

// Slow returns what WORKBOOK_SLOW says: "1" if the tests that take long are wanted, "all" if those
// are too that take longer still, and "" if none is. It ends t if a variable of the environment
// has no valid value.
func Slow(t testing.TB) string {
	t.Helper()
	if err := CheckEnvironment(); err != nil {
		t.Fatal(err)
	}
	return os.Getenv("WORKBOOK_SLOW")
}

// variables are the values that variables of the environment may have, beside patienceEnv.
var variables = map[string][]string{
	"WORKBOOK_SLOW":      {"1", "all"},
	"WORKBOOK_INPROCESS": {"1"},
}

// NotStarted reports whether p has ended and said, as the program of a stub
// does, that it is not started.
func NotStarted(p *program.Process) bool {
	return strings.HasSuffix(strings.TrimSpace(p.Stderr()), exercises.ErrNotStarted.Error())
}

// report tells t what became of its case.
func report(t *testing.T, c Bound, r Record) {
	t.Helper()
	if r.Note != "" {
		t.Log("note: " + r.Note)
	}
	message := r.Verdict.String()
	if r.Verdict.Failed() {
		message += look(r.Verdict)
	}
	if r.Verdict.Rule != "" {
		message += "\n" + wrap("why: "+r.Verdict.Rule)
	}
	if r.Verdict.Rule != "" && r.Verdict.Case != "" {
		message += "\nthe test: " + r.Verdict.Case
	}
	switch {
	case r.Verdict.Kind == verdict.Passed:
	case r.Verdict.Kind == verdict.NotChecked && (os.Getenv("CI") == "" || c.Collects == Races):
		t.Skip(message)
	case r.Verdict.Kind == verdict.NotChecked:
		t.Fatal(message)
	case c.Group == Extra:
		t.Skip("extra: " + message)
	default:
		t.Error(message)
		if testing.Verbose() && r.Output != "" {
			t.Logf("the program printed:\n%s", r.Output)
		}
	}
}

// look returns a line that leads to the place of the program to look at, in the form in
// which editors know places; "" if none is known:
//
//	clock2.go:26: begin at serve
func look(v verdict.Verdict) string {
	if v.Place != "" {
		place := path.Base(v.Place)
		file, _, _ := strings.Cut(place, ":")
		if _, err := os.Stat(file); err == nil {
			return "\n" + place + ": begin here"
		}
	}
	if place := goroutine.FuncPlace(v.Func); v.Func != "" && place != "" {
		return fmt.Sprintf("\n%s: begin at %s", place, v.Func)
	}
	return ""
}

// stub returns the file to start with, from the top of the workbook.
func stub() string {
	dir, err := os.Getwd()
	if err != nil {
		return "the stub"
	}
	file := filepath.Base(dir) + ".go"
	top, ok := program.Top()
	if !ok {
		return file
	}
	rel, err := filepath.Rel(top, filepath.Join(dir, file))
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// wrap breaks a line of text at 76 columns.
func wrap(text string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		length := utf8.RuneCountInString(word)
		if column > 0 && column+1+length > 76 {
			b.WriteByte('\n')
			column = 0
		} else if column > 0 {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += length
	}
	return b.String()
}
