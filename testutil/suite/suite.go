// Package suite runs the cases of a conformance suite over a program and says,
// of each that fails, what went wrong and which rule it breaks.
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
//		suite.Test(t, fakeclock.Run, serve, cases)
//	}
package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/isolate"
	"example.com/workbook/testutil/program"
)

// A Group says what the points of a case count for.
type Group string

// The groups, whose points are counted apart.
const (
	Core   Group = "core"   // what the exercise asks
	Sturdy Group = "sturdy" // what a good engineer adds
	Extra  Group = "extra"  // what goes beyond the exercise; nobody fails for want of it
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

// A Case is one thing that a program must do. S is what it is given of the
// program: a function, or the means to start it.
type Case[S any] struct {
	Name        string // a predicate, "writes_the_time_at_once"
	Group       Group
	Points      int
	Explanation string   // the rule, in one or two sentences
	Env         []string // added to the environment, "TZ=Asia/Tokyo"
	Collects    Fault    // fails if this happened in any case so far

	// Run returns nil, or what went wrong: what was done, what came back,
	// what was wanted. It is called once, with a subject that no other
	// case has used.
	Run func(ctx context.Context, subject S) error
}

// A Runner runs f for a case, with env added to its environment.
// [example.com/workbook/testutil/fakeclock.Run] is one.
type Runner func(t *testing.T, f func(ctx context.Context) error, env ...string) isolate.Result

// Here is the [Runner] for cases that start a process of their own, on the
// real clock. They must end within [Patience].
func Here(t *testing.T, f func(ctx context.Context) error, env ...string) isolate.Result {
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	limit := Patience
	if lostPatience {
		limit /= 4
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	err := f(ctx)
	lostPatience = lostPatience || ctx.Err() != nil
	switch {
	case err == nil:
		return isolate.Result{Verdict: isolate.Passed}
	case errors.Is(err, exercises.ErrNotStarted):
		return isolate.Result{Verdict: isolate.NotStarted, Message: err.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		// A student has not met contexts.
		message := strings.ReplaceAll(err.Error(), ": "+context.DeadlineExceeded.Error(), fmt.Sprint(" within ", limit))
		return isolate.Result{Verdict: isolate.Hung, Message: message}
	}
	return isolate.Result{Verdict: isolate.Wrong, Message: err.Error()}
}

// Apart is the [Runner] for cases on the real clock that call functions of the
// program under test, in a process of their own. They must end within [Patience].
func Apart(t *testing.T, f func(ctx context.Context) error, env ...string) isolate.Result {
	env = slices.Clone(env)
	if lostPatience {
		env = append(env, fmt.Sprintf("%s=%v", patienceEnv, Patience/8))
	}
	start := time.Now()
	result := isolate.Run(t, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), Patience)
		defer cancel()
		return f(ctx)
	}, env...)
	lostPatience = lostPatience || result.Verdict != isolate.Passed && time.Since(start) > Patience
	return result
}

// RacesSeen is whether the race detector watches the program under test.
var RacesSeen = raceDetector

const leakKnownEnv = "WORKBOOK_LEAK_KNOWN"

// LeakKnown reports, in a case, whether another has left a goroutine behind. Then
// there is no need to wait for more of them.
func LeakKnown() bool { return os.Getenv(leakKnownEnv) != "" }

// A remark is an error that is held against nobody.
type remark struct{ kind, text string }

const (
	noted     = "note: "
	unchecked = "not checked: "
)

func (r remark) Error() string { return r.kind + r.text }

// Note returns what the Run of a case returns if it has passed, and there is
// something to say all the same.
func Note(text string) error { return remark{noted, text} }

// Unchecked returns what the Run of a case returns if it cannot tell, since this
// machine lacks something.
func Unchecked(text string) error { return remark{unchecked, text} }

// Patience is how long, in real time, a case on the real clock waits for a
// program to do what it should do at once. It is long since the machine may
// be busy. WORKBOOK_PATIENCE sets it, in the form of time.ParseDuration.
var Patience = patience()

// lostPatience is whether a case has waited that long in vain. The next ones wait
// less: the program has shown that it does not do things at once.
var lostPatience bool

const patienceEnv = "WORKBOOK_PATIENCE"

func patience() time.Duration {
	d, err := time.ParseDuration(os.Getenv(patienceEnv))
	if err != nil {
		d = 10 * time.Second
	}
	if isolate.Trying() {
		d /= 8
	}
	return d
}

// NotStarted reports whether p has ended and said, as the program of a stub
// does, that it is not started.
func NotStarted(p *program.Process) bool {
	return strings.HasSuffix(strings.TrimSpace(p.Stderr()), exercises.ErrNotStarted.Error())
}

// notStarted is whether a test of this process has said so already. A test
// binary holds the tests of one program.
var notStarted bool

// NotRun gives no points for cases, and says why in one line.
func NotRun[S any](t *testing.T, cases []Case[S], why string) {
	t.Helper()
	if notStarted {
		t.Skip("not started")
	}
	s := score{total: len(cases), groups: make(map[Group]*points)}
	for _, c := range cases {
		s.add(c.Group, c.Points, false)
		observe(t, c, Record{Verdict: Unreached, Message: why})
	}
	t.Fatalf("not run: %s (%v)", why, s)
}

// Test runs cases over subject, each as a subtest of t, logs the score, and returns
// how many cases have passed. If the program is not started, that is all it says.
func Test[S any](t *testing.T, run Runner, subject S, cases []Case[S]) (passed int) {
	t.Helper()
	if planning {
		for _, c := range cases {
			observe(t, c, Record{Verdict: Unreached, Why: c.Explanation})
		}
		return len(cases)
	}
	if notStarted {
		t.Skip("not started")
	}
	s := score{total: len(cases), groups: make(map[Group]*points)}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Helper()
			t.Attr("group", string(c.Group))
			t.Attr("points", fmt.Sprint(c.Points))
			r := grade(t, run, subject, c, &s)
			if r.Verdict == isolate.NotStarted && s.ran == 0 {
				notStarted = true
				observe(t, c, r)
				t.SkipNow()
			}
			s.count(c.Group, c.Points, r.Verdict, c.Name)
			observe(t, c, r)
			if r.Verdict == isolate.Passed {
				passed++
			}
			report(t, c, r)
		})
		if notStarted {
			t.Fatalf("not started: open %s", stub())
		}
	}
	for _, c := range cases {
		if sentence := s.faults[c.Collects]; sentence != "" && !s.collected[c.Collects] {
			t.Error(sentence) // the case that would say so is not among those run
		}
	}
	if s.ran == s.total {
		t.Log(s)
	}
	return passed
}

// grade runs one case, or says why not.
func grade[S any](t *testing.T, run Runner, subject S, c Case[S], s *score) Record {
	t.Helper()
	switch {
	case c.Collects == Races && !RacesSeen:
		return Record{Verdict: Unknown, Message: unchecked + "it takes the race detector, go test -race, and that takes cgo"}
	case s.busy == maxBusy:
		return Record{Verdict: Unreached, Message: fmt.Sprintf("not run: %d cases before this one did not end, so mend them first", maxBusy)}
	}
	env := slices.Clone(c.Env)
	if s.faults[Leaks] != "" || s.collected[Leaks] {
		env = append(env, leakKnownEnv+"=1")
	}
	result := run(t, func(ctx context.Context) error { return c.Run(ctx, subject) }, env...)
	if result.Verdict == isolate.NotStarted && s.ran == 0 {
		return Record{Verdict: isolate.NotStarted, Message: result.Message}
	}
	s.note(result, c.Name)
	r := Record{
		Verdict: result.Verdict,
		Message: strings.TrimRight(visible(complaint(result)), "\n"),
		Output:  result.Output,
	}
	switch {
	case strings.HasPrefix(r.Message, unchecked):
		r.Verdict = Unknown
		return r
	case strings.HasPrefix(r.Message, noted):
		r.Verdict, r.Message, r.Note = isolate.Passed, "", r.Message
	case strings.HasPrefix(r.Message, notConcurrent):
		r.Verdict = NotConcurrent
	}
	if fault := s.faults[c.Collects]; r.Message == "" && fault != "" {
		r.Verdict, r.Message = [...]Verdict{Leaks: Leaked, Races: Raced}[c.Collects], fault
		s.faults[c.Collects] = ""
		s.collected[c.Collects] = true
	}
	if r.Message != "" && slices.Contains(wrong, r.Verdict) {
		r.Why = c.Explanation
	}
	return r
}

// report tells t what became of its case.
func report[S any](t *testing.T, c Case[S], r Record) {
	t.Helper()
	if r.Note != "" {
		t.Log(r.Note)
	}
	message := r.Message
	if r.Why != "" {
		message += "\n" + wrap("why: "+r.Why)
	}
	switch {
	case r.Verdict == isolate.Passed:
	case r.Verdict == Unknown && (os.Getenv("CI") == "" || c.Collects == Races):
		t.Skip(message)
	case r.Verdict == Unknown:
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

// complaint returns what there is to say of a case by itself, "" if nothing.
func complaint(r isolate.Result) string {
	switch r.Verdict {
	case isolate.Passed:
		return ""
	case isolate.Wrong:
		return r.Message
	}
	return fmt.Sprintf("%s: %s", r.Verdict, r.Message)
}

// visible returns text with its control characters spelled out, but for the ends
// of lines: what a program has printed is not to command the terminal.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r != '\n' && unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// stub returns the file to start with, from the top of the workbook.
func stub() string {
	dir, err := os.Getwd()
	if err != nil {
		return "the stub"
	}
	name := filepath.Base(dir)
	for top := dir; top != filepath.Dir(top); top = filepath.Dir(top) {
		if _, err := os.Stat(filepath.Join(top, "go.mod")); err == nil {
			if rel, err := filepath.Rel(top, dir); err == nil {
				return filepath.ToSlash(filepath.Join(rel, name+".go"))
			}
		}
	}
	return name + ".go"
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
