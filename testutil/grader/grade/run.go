package grade

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A judging is the grading of one program by two judges at the same time: the parts that
// start the program as a process wait for it most of the time, and leave the processor to
// the others.
type judging struct {
	*grading
	program *report.Program
	dir     string // with its files
	done    func(n int)

	mu     sync.Mutex      // guards the cases of program, and passed
	passed map[string]bool // by test: whether a case of it has
	seen   chan struct{}   // receives when passed has changed
}

// judge has judges run the cases of a program whose files are in dir.
func (g *grading) judge(ctx context.Context, p *report.Program, dir string, done func(n int)) error {
	cause := fmt.Errorf("the grading took longer than %v", g.Timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, g.Timeout, cause)
	defer cancel()
	tr := &judging{grading: g, program: p, dir: dir, done: done, passed: make(map[string]bool), seen: make(chan struct{}, 1)}
	err := tr.run(ctx)
	explainMissing(p, err, g.Only != "")
	switch {
	case context.Cause(ctx) == cause:
		return nil // the report says so
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	}
	if err := g.problem(ctx, *p); err != nil {
		return err
	}
	charge(p)
	if err := g.advise(p); err != nil {
		return err
	}
	g.compare(p)
	return g.differ(ctx, p, dir)
}

// run runs the parts of the program. Those that stand beside the others start as soon as
// a case has passed of the test that they come after.
func (tr *judging) run(ctx context.Context) error {
	program, _ := find(tr.program.Dir)
	var main, beside []string
	after := ""
	for _, part := range program.Parts {
		switch {
		case !tr.grades(part.Test):
		case part.Beside && tr.Program == nil:
			beside = append(beside, part.Test)
			if s := part.Suite(); tr.grades(s.After) {
				after = s.After
			}
		default:
			main = append(main, part.Test)
		}
	}
	over := make(chan struct{})
	var group errgroup.Group
	group.Go(func() error {
		defer close(over)
		return tr.ask(ctx, "main", main)
	})
	if len(beside) > 0 && tr.wait(after, over) {
		group.Go(func() error { return tr.ask(ctx, "beside", beside) })
	} else {
		tr.skip(beside, after)
	}
	return group.Wait()
}

// grades reports whether a test is among those to grade.
func (tr *judging) grades(test string) bool {
	return slices.ContainsFunc(tr.program.Parts, func(p report.Part) bool { return p.Test == test })
}

// wait waits until a case of a test has passed, and reports whether one has when over
// is closed. It does not wait if test is empty.
func (tr *judging) wait(test string, over <-chan struct{}) bool {
	has := func() bool {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		return test == "" || tr.Only != "" || tr.passed[test]
	}
	for !has() {
		select {
		case <-tr.seen:
		case <-over:
			return has()
		}
	}
	return true
}

// skip says that parts are not run, since no case of the test after has passed.
func (tr *judging) skip(tests []string, after string) {
	for i := range tr.program.Parts {
		part := &tr.program.Parts[i]
		if !slices.Contains(tests, part.Test) {
			continue
		}
		for j := range part.Cases {
			part.Cases[j].Verdict = verdict.Verdict{Kind: verdict.NotRun, About: after, Message: "none of " + after + " passes yet"}
		}
		tr.done(len(part.Cases))
	}
}

// ask has a judge run tests. It writes into a folder of that name.
func (tr *judging) ask(ctx context.Context, name string, tests []string) error {
	if len(tests) == 0 {
		return nil
	}
	do := task{Program: tr.program.Dir, Binary: testBinary(tr.temp, tr.program.Dir), Tests: tests, Race: tr.Race, Only: tr.Only, Crowded: tr.Crowded}
	env := []string{goroutine.TopEnv + "=" + tr.Top}
	if tr.Program != nil {
		do.Binary = ""
		env = []string{tr.Program.Environ(), sandbox.Show(tr.Program.Files())}
	}
	temp := filepath.Join(tr.temp, tr.program.Exercise+"-"+tr.program.Name+"-"+name)
	if err := makeFolder(temp, 0o755); err != nil {
		return err
	}
	if tr.confines() {
		do.Enclosed = tr.namespaces
		do.User = sandbox.User()
		do.Scratch = filepath.Join(temp, "scratch")
		do.Problems = filepath.Join(temp, "problems")
		if err := errors.Join(makeFolder(do.Scratch, 0o777), os.WriteFile(do.Problems, nil, 0o600)); err != nil {
			return err
		}
	}
	env = append(env, "TMPDIR="+temp, "TMP="+temp, "TEMP="+temp)
	return do.problem(do.ask(ctx, tr.dir, env, tr.observe))
}

// observe takes the record of a case.
func (tr *judging) observe(r suite.Record) {
	tr.mu.Lock()
	first := enter(tr.program, r)
	tr.passed[r.Test] = tr.passed[r.Test] || r.Verdict.Kind == verdict.Passed
	tr.mu.Unlock()
	select {
	case tr.seen <- struct{}{}:
	default:
	}
	if first {
		tr.done(1)
	}
}
