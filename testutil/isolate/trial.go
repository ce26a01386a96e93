package isolate

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A trial runs the cases of a test in one process, which writes down the names
// of those that pass and ends at the first that does not. A case whose name is
// written is clean: nothing but right cases has come before it, and it has left
// nothing behind.

// trialEnv names, in the environment of the process of a trial, the file that
// gets the names of the clean cases.
const trialEnv = "WORKBOOK_TRIAL"

// trialMark opens the line on standard error that says which case comes next.
const trialMark = "\nisolate: trial of "

// trialFile is that file in the process of a trial, and "" in others.
var trialFile = os.Getenv(trialEnv)

var prepared sync.Once

// try is [Run] in the process of a trial. It returns if the case is clean. A case
// that wants another environment than the trial has is left to a process of its own.
func try(t *testing.T, f func() error, env []string) {
	prepared.Do(func() {
		os.Unsetenv(trialEnv)
		prepare()
	})
	for _, e := range env {
		if !slices.Contains(os.Environ(), e) {
			t.SkipNow()
		}
	}
	os.Stderr.WriteString(trialMark + t.Name() + "\n")
	if f() != nil {
		os.Exit(1)
	}
	file, err := os.OpenFile(trialFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(t.Name() + "\n"); err != nil {
		t.Fatal(err)
	}
}

// tried holds, for each test that has cases, what its last trial has shown.
var tried = struct {
	sync.Mutex
	tests map[string]*trial
}{tests: make(map[string]*trial)}

type trial struct {
	clean map[string]bool   // by the name of the case
	races map[string]string // the sentence about the first one in a case
	asked map[string]bool
}

// triedClean reports whether the case of test t is clean, and any data race that
// was seen in it all the same. It makes a trial of all cases of the test when
// it is first asked about one of them, in the environment that this one wants, and
// each time, as with go test -count, that it is asked about a case again.
func triedClean(t *testing.T, env []string) (race string, clean bool) {
	t.Helper()
	tried.Lock()
	defer tried.Unlock()
	test, _, _ := strings.Cut(t.Name(), "/")
	tr := tried.tests[test]
	if tr == nil || tr.asked[t.Name()] {
		tr = newTrial(t, test, env)
		tried.tests[test] = tr
	}
	tr.asked[t.Name()] = true
	return tr.races[t.Name()], tr.clean[t.Name()]
}

func newTrial(t *testing.T, test string, env []string) *trial {
	t.Helper()
	tr := &trial{clean: make(map[string]bool), races: make(map[string]string), asked: make(map[string]bool)}
	file := filepath.Join(t.TempDir(), "clean")
	cmd := command(pattern(test) + selected())
	cmd.Env = append(cmd.Env, trialEnv+"="+file)
	cmd.Env = append(cmd.Env, env...)
	end := finish(t, cmd)
	names, err := os.ReadFile(file)
	if err != nil || end.flooded {
		return tr // none is clean
	}
	for name := range strings.Lines(string(names)) {
		tr.clean[strings.TrimSuffix(name, "\n")] = true
	}
	for _, part := range strings.Split(end.output, trialMark)[1:] {
		name, output, _ := strings.Cut(part, "\n")
		tr.races[name] = explainRace(output)
	}
	return tr
}

// selected returns the part of the -run flag that selects cases of a test.
func selected() string {
	run := flag.Lookup("test.run")
	if run == nil {
		return ""
	}
	_, cases, ok := strings.Cut(run.Value.String(), "/")
	if !ok {
		return ""
	}
	return "/" + cases
}
