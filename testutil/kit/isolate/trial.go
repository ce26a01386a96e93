package isolate

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/workbook/testutil/kit/goroutine"
)

// A trial runs the cases of a test in one process, which writes down the names
// of those that pass, each with the number of its data races, and ends at the first that does
// not. A case whose name is written is clean: only right cases have come before it, and it
// has left nothing behind. After a case that is not, another trial goes on with the next.

// maxBarren is how many trials in a row may find no clean case. Then each of the
// cases that are left has a process of its own.
const maxBarren = 2

// trialMark opens the line on standard error that says which case comes next.
const trialMark = "\nisolate: trial of "

// trialFrom is the case to start at, until that is reached.
var trialFrom = os.Getenv(trialEnv)

var prepared sync.Once

// try is [Run] in the process of a trial. It returns if the case is clean. A case
// that wants another environment than the trial has is left to a process of its own.
func try(t *testing.T, f func() error, env []string) {
	prepared.Do(prepare)
	if t.Name() == trialFrom {
		trialFrom = ""
	}
	if trialFrom != "" {
		t.SkipNow()
	}
	stderr.WriteString(trialMark + t.Name() + "\n")
	for _, e := range env {
		if !slices.Contains(os.Environ(), e) {
			t.SkipNow()
		}
	}
	before := races()
	if f() != nil {
		os.Exit(1)
	}
	awaitPanics()
	stderr.WriteString(overMark)
	if err := say(fmt.Appendf(nil, "%s %d", t.Name(), races()-before)); err != nil {
		endWithoutAnswer(err)
	}
}

// tried holds, for each test that has cases, what its trials have shown.
var tried = struct {
	sync.Mutex
	tests map[string]*trials
}{tests: make(map[string]*trials)}

type trials struct {
	reached map[string]bool   // by the name of the case
	clean   map[string]bool   // those reached that have passed
	races   map[string]string // the sentence about the first one in a case
	asked   map[string]bool
	barren  int // how many in a row have found no clean case
}

// triedClean reports whether the case of test t is clean, and any data race that
// was seen in it all the same. If no trial has come as far as the case, it makes
// another, in the environment that the case wants. All starts again when it is asked
// about a case again, as with go test -count.
func triedClean(t *testing.T, env []string) (race string, clean bool) {
	t.Helper()
	tried.Lock()
	defer tried.Unlock()
	name := t.Name()
	test, _, _ := strings.Cut(name, "/")
	tr := tried.tests[test]
	if tr == nil || tr.asked[name] {
		tr = &trials{reached: make(map[string]bool), clean: make(map[string]bool), races: make(map[string]string), asked: make(map[string]bool)}
		tried.tests[test] = tr
	}
	tr.asked[name] = true
	if _, hangs := hangsAtStart(); !hangs && !tr.reached[name] && tr.barren < maxBarren {
		tr.barren++
		if tr.add(t, test, env) > 0 {
			tr.barren = 0
		}
	}
	return tr.races[name], tr.clean[name]
}

// add makes a trial that starts at the case of t, and returns how many cases it has
// found clean.
func (tr *trials) add(t *testing.T, test string, env []string) (clean int) {
	t.Helper()
	lines, end, err := trialOf(test, t.Name(), env)
	tr.reached[t.Name()] = true
	if err != nil {
		return 0 // a process of its own will have the same trouble, and report it
	}
	passed := make(map[string]int) // with how many races
	for _, line := range lines {
		var name string
		var races int
		if _, err := fmt.Sscan(line, &name, &races); err == nil {
			passed[name] = races
		}
	}
	if end.flooded {
		return 0
	}
	for _, part := range strings.Split(end.stderr, trialMark)[1:] {
		name, output, _ := strings.Cut(part, "\n")
		tr.reached[name] = true
		races, ok := passed[name]
		if ok && strings.Contains(output, overMark) {
			tr.clean[name] = true
			clean++
		}
		if race := goroutine.Race(output, races); race != "" {
			tr.races[name] = race
		}
	}
	return clean
}
