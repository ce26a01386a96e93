package isolate

import (
	"context"
	"flag"
	"slices"
	"strings"
	"sync"
)

// The first trial of a test may run before the test itself, beside the one before it. What
// became of it is looked at only when the test asks for that trial.

// A begun is a trial that has begun before it was asked for.
type begun struct {
	name string        // of the case at which it starts
	env  []string      // what that wants
	done chan struct{} // closed when the rest is known

	lines []string
	end   ending
	err   error
}

// ahead holds trials, by their tests, until they are asked for.
var ahead = struct {
	sync.Mutex
	tests map[string]*begun
}{tests: make(map[string]*begun)}

// Begin begins the first trial of a test, so that its cases need not wait for it. The first
// of them is called name, "TestFiles/sends_a_file", and is run with env. If that turns out
// to be wrong, the trial is of no use, and does no harm. The caller must call stop when the
// test is over, which ends a trial that was not asked for.
func Begin(name string, env ...string) (stop func()) {
	test, _, _ := strings.Cut(name, "/")
	ctx, cancel := context.WithCancel(context.Background())
	b := &begun{name: name, env: slices.Clone(env), done: make(chan struct{})}
	ahead.Lock()
	ahead.tests[test] = b
	ahead.Unlock()
	go func() {
		defer close(b.done)
		b.lines, b.end, b.err = askTrial(ctx, test, name, env)
	}()
	return func() {
		cancel()
		<-b.done
		ahead.Lock()
		defer ahead.Unlock()
		if ahead.tests[test] == b {
			delete(ahead.tests, test)
		}
	}
}

// trialOf returns what a trial of a test says that starts at the case called name, which
// wants env, and how it ended: one that has begun before, or a new one.
func trialOf(test, name string, env []string) (lines []string, end ending, err error) {
	ahead.Lock()
	b := ahead.tests[test]
	delete(ahead.tests, test)
	ahead.Unlock()
	if b != nil && b.name == name && slices.Equal(b.env, env) {
		<-b.done
		return b.lines, b.end, b.err
	}
	return askTrial(context.Background(), test, name, env)
}

func askTrial(ctx context.Context, test, name string, env []string) (lines []string, end ending, err error) {
	return ask(ctx, pattern(test)+selected(), append(slices.Clip(env), trialEnv+"="+name))
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
