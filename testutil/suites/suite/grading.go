package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// A Grading is what the tests of one program have in common: what one test has learned
// of the program, the next ones know. Its methods are not safe for concurrent use.
type Grading struct {
	// Observe, if not nil, is called with the record of each case as it ends, and again
	// if a later case shows that its program has a fault that it is to report.
	Observe func(Record)

	Races bool // whether the race detector watches the program under test

	notStarted bool
	impatient  bool          // a case has waited as long as it could, so the next ones wait less
	slowest    time.Duration // of the cases that have passed on the real clock
	endless    int           // cases in a row that were ended in a busy loop or a flood of output
	ends       bool          // a case has passed, so that only some cases are endless
	mute       int           // cases that have waited as long as they could for the first response of the program; -1 if it has responded
	silent     int           // cases in a row of this test in which the program did not respond
	passed     map[string]int
	faults     map[Fault]*fault
}

// A fault is one that any case may notice. The case that collects it is charged with it.
type fault struct {
	sentence  string // about the first one; "" if there was none
	kind      verdict.Kind
	in        string // the case that it was in, "TestClock/writes_the_time_at_once"
	collector *Record
	charged   bool
}

// maxEndless is how many cases in a row may be ended in a busy loop or a flood of output,
// which take some seconds each, until the cases after them are not run any more. A program that
// has passed a case may do so in more of them.
const (
	maxEndless     = 2
	maxSomeEndless = 3
)

// endlessLimit returns which of the two holds.
func (g *Grading) endlessLimit() int {
	if g.ends {
		return maxSomeEndless
	}
	return maxEndless
}

// maxSilent is how many cases of a test in a row may wait for a program that does not respond: one that is a
// process, until those after them are not run any more.
const maxSilent = 4

// waited counts a case with the verdict v, which has taken long or not.
func (g *Grading) waited(v verdict.Verdict, long bool) {
	switch {
	case v.Kind == verdict.Passed:
		g.silent = 0
	case long && v.Kind != verdict.NotChecked:
		g.silent++
	}
}

// maxMute is how many cases wait as long as they can for a program that never responds. Those
// after them only wait a moment.
const maxMute = 2

// heard counts a case in which the program has responded as r says. It was late if it has waited
// as long as it could without success.
func (g *Grading) heard(r *response, late bool) {
	switch {
	case r.came.Load() || g.mute < 0:
		g.mute = -1
	case late && r.awaited.Load():
		g.mute++
	}
}

func (g *Grading) fault(f Fault) *fault {
	if g.faults == nil {
		g.faults = make(map[Fault]*fault)
	}
	if g.faults[f] == nil {
		g.faults[f] = new(fault)
	}
	return g.faults[f]
}

// Test runs the cases of s, each as a subtest of t, and logs the score. If the program
// is not started, that is all it says.
func (g *Grading) Test(t *testing.T, s Suite) {
	t.Helper()
	if err := CheckEnvironment(); err != nil {
		t.Fatal(err)
	}
	if g.notStarted {
		t.Skip("not started")
	}
	test := t.Name()
	if n, ran := g.passed[s.After]; ran && n == 0 {
		g.passed[test] = 0
		g.skip(t, s, "none of "+s.After+" passes yet")
	}
	if s.Close != nil {
		defer s.Close()
	}
	total := score{total: len(s.Cases)}
	g.silent = 0
	for _, c := range s.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Helper()
			t.Attr("group", string(c.Group))
			t.Attr("points", fmt.Sprint(c.Points))
			r := g.grade(t, test, s, c)
			t.Attr("verdict", string(r.Verdict.Kind))
			total.count(r)
			g.observe(r)
			if r.Verdict.Kind == verdict.NotStarted && total.ran == 1 {
				g.notStarted = true
				t.SkipNow()
			}
			report(t, c, r)
		})
		if g.notStarted {
			t.Fatalf("not started: open %s", stub())
		}
	}
	if g.passed == nil {
		g.passed = make(map[string]int)
	}
	for _, p := range total.groups {
		g.passed[test] += p.got
	}
	if s.GivesUp && g.silent >= maxSilent {
		g.passed[test] = 0 // others would wait, too
	}
	g.chargeLate(t, s)
	if total.ran == total.total {
		t.Log(total)
	}
}

// Begin begins what can be done of the suite of a test before [Grading.Test] is called with it,
// and at the same time as the test before it: to try its cases in a process of their own.
// The caller must call stop when that test is over. It is nil if nothing could begin.
func (g *Grading) Begin(test string, s Suite) (stop func()) {
	n, ran := g.passed[s.After]
	if s.Ahead == nil || g.notStarted || g.impatient || ran && n == 0 {
		return nil
	}
	c := s.Cases[0]
	return isolate.Begin(test+"/"+c.Name, append(g.environment(c), s.Ahead...)...)
}

// skip gives no points for the cases of s, and says why in one line.
func (g *Grading) skip(t *testing.T, s Suite, why string) {
	t.Helper()
	total := score{total: len(s.Cases)}
	for _, c := range s.Cases {
		r := c.record()
		r.Test = t.Name()
		r.Verdict = verdict.Verdict{Kind: verdict.NotRun, About: s.After, Message: why}
		total.count(r)
		g.observe(r)
	}
	t.Fatalf("not run: %s (%v)", why, total)
}

func (g *Grading) observe(r Record) {
	if g.Observe != nil {
		g.Observe(r)
	}
}

// chargeLate charges faults that were found when their case had passed already, or in
// a test that has no case for them.
func (g *Grading) chargeLate(t *testing.T, s Suite) {
	t.Helper()
	for _, kind := range []Fault{Leaks, Races} {
		f := g.fault(kind)
		if f.sentence == "" || f.charged {
			continue
		}
		if f.collector != nil {
			r := *f.collector
			r.Verdict = s.explained(f.verdict(), s.Rules[f.kind])
			f.charged = true
			g.observe(r)
		}
		collects := func(c Bound) bool { return c.Collects == kind }
		if f.collector != nil || kind == Races || slices.ContainsFunc(s.Cases, collects) {
			t.Errorf("%s: %s", f.kind, f.sentence) // the case that would say so is not among those run
		}
	}
}

// grade runs one case, or says why not.
func (g *Grading) grade(t *testing.T, test string, s Suite, c Bound) Record {
	t.Helper()
	r := c.record()
	r.Test = test
	switch {
	case c.Collects == Races && !g.Races:
		r.Verdict = verdict.Verdict{Kind: verdict.NotChecked, Message: "this needs the race detector (go test -race), which requires cgo"}
		return r
	case g.endless > g.endlessLimit() || g.endless == g.endlessLimit() && !c.Brief:
		r.Verdict = verdict.Verdict{Kind: verdict.NotRun, About: test, Message: fmt.Sprintf("%d cases before this one did not end; fix them first", g.endlessLimit())}
		return r
	}
	if s.GivesUp && g.silent >= maxSilent {
		r.Verdict = verdict.Verdict{Kind: verdict.NotRun, About: test, Message: fmt.Sprintf("%d cases before this one waited for the program without a response; fix them first", maxSilent)}
		return r
	}
	result := c.Runner(t, g, c.Run, g.environment(c)...)
	r.Verdict, r.Output = result.Verdict, result.Output
	r.Verdict.Message = strings.TrimRight(program.Visible(r.Verdict.Message), "\n")
	switch v := &r.Verdict; {
	case v.Kind == verdict.Passed && v.About != "":
		r.Note = ChargedIn(v.About, v.Message)
	case v.Kind == verdict.Passed:
		r.Note, v.Message = v.Message, ""
	}
	if r.Verdict.Kind == verdict.Busy || r.Verdict.Kind == verdict.Flooded {
		g.endless++
	} else if !c.Brief { // which does not show that others end
		g.endless = 0
		g.ends = g.ends || r.Verdict.Kind == verdict.Passed
	}
	g.note(result, test, c)
	g.collect(&r, c)
	r.Verdict = s.explained(r.Verdict, c.ruleAbout(r.Verdict, test))
	r.Verdict.Case = c.place()
	return r
}

// environment returns what a case finds in its environment.
func (g *Grading) environment(c Bound) []string {
	env := slices.Clone(c.Env)
	if f := g.fault(Leaks); f.sentence != "" {
		env = append(env, leakKnownEnv+"=1")
	}
	return env
}

// note keeps the first fault of each kind, and which case it was in.
func (g *Grading) note(result isolate.Result, test string, c Bound) {
	for kind, sentence := range map[Fault]string{Leaks: result.Leak, Races: result.Race} {
		if f := g.fault(kind); f.sentence == "" && sentence != "" {
			f.sentence, f.in, f.kind = sentence+" (in "+c.Name+")", test+"/"+c.Name, kind.kind()
			if kind == Leaks {
				f.kind = cmp.Or(result.LeakKind, f.kind) // it may have died of it
			}
		}
	}
}

func (f *fault) verdict() verdict.Verdict {
	return verdict.Verdict{Kind: f.kind, Message: f.sentence, Place: goroutine.Place(f.sentence), In: f.in}
}

// collect charges the case that r is about with a fault that was found so far, if it
// is the first that collects it and nothing else is wrong with it. A data race is worse than
// what else is wrong, since it may be the cause.
func (g *Grading) collect(r *Record, c Bound) {
	if c.Collects == None {
		return
	}
	f := g.fault(c.Collects)
	raced := r.Verdict.Failed() && c.Collects == Races && f.sentence != ""
	switch {
	case f.charged || f.collector != nil:
	case r.Verdict.Kind != verdict.Passed && !raced:
	case f.sentence != "":
		f.charged = true
		r.Verdict = f.verdict()
	default:
		collector := *r
		f.collector = &collector
	}
}

// explained returns v with the rule that was broken: that which it is about, that of its
// kind, or if there is none, own.
func (s Suite) explained(v verdict.Verdict, own Rule) verdict.Verdict {
	left := v.Kind == verdict.Passed && v.About != ""
	if !v.Failed() && !left || v.Kind == verdict.NotStarted {
		return v
	}
	rule := own
	switch r, ok := s.Rules[v.Kind]; {
	case v.About != "":
		rule = s.ruleOf(v.About, own)
	case ok:
		rule = r
	}
	v.About, v.Rule = rule.About, rule.Text
	if v.Place == "" {
		v.Func = rule.Func
	}
	return v
}

// ruleOf returns the rule of that name, or own if the suite has none.
func (s Suite) ruleOf(name string, own Rule) Rule {
	for _, r := range s.Rules {
		if r.About == name {
			return r
		}
	}
	for _, r := range s.Other {
		if r.About == name {
			return r
		}
	}
	test, _, _ := strings.Cut(name, "/")
	for _, c := range s.Cases {
		if r := c.rule(test); r.About == name {
			return r
		}
	}
	return own
}

// ruleAbout returns the rule of the case that v is about, in a test of that name. A case
// that collects a fault of the whole test, and fails in another way, has nothing to say
// about that fault yet.
func (c Bound) ruleAbout(v verdict.Verdict, test string) Rule {
	rule := c.rule(test)
	if c.Collects != None && v.Kind != c.Collects.kind() {
		rule.Text = fmt.Sprintf("This case looks for a %s while clients use the program. Fix first what went wrong here.", c.Collects.kind())
	}
	return rule
}

// rule returns the rule of the case, in a test of that name.
func (c Bound) rule(test string) Rule {
	return Rule{About: test + "/" + c.Name, Text: c.Explanation, Func: c.Func}
}

// ChargedIn returns the note that what the first line of a message says is charged in the case
// of that name.
func ChargedIn(name, message string) string {
	first, _, _ := strings.Cut(message, "\n")
	return first + Charge + name
}

// Charge comes before the name of the case in what [ChargedIn] returns.
const Charge = "; this is charged in "
