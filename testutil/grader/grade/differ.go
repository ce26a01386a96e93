package grade

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A program that learns that it is graded could behave better then. So it can be built as
// its users build it, and graded from outside, in the same sandbox.

// differ calls Differs for each case of p, which has been graded, that passes when it is
// graded, and not when the program is run by itself. Cases that fail in both, and those
// that cannot be seen from outside, are left out. It looks twice, since these cases use the
// real clock.
func (g *grading) differ(ctx context.Context, p *report.Program, dir string) error {
	if g.Differs == nil || g.Submission == "" || g.Program != nil {
		return nil
	}
	alone := *g
	alone.Race = false
	file := filepath.Join(g.temp, "alone-"+p.Name, p.Name)
	alone.Program = &program.Target{Program: file}
	if err := makeFolder(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	cmd, err := alone.goCommand(ctx, []string{"build", "-o", file}, []string{p.Dir})
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s without its tests: %w: %s", p.Dir, err, out)
	}
	if err := os.Chmod(file, 0o755); err != nil {
		return err
	}
	first, err := alone.judgeAlone(ctx, p, dir, "alone")
	if err != nil || len(differences(*p, first)) == 0 {
		return err
	}
	again, err := alone.judgeAlone(ctx, p, dir, "alone-again")
	if err != nil {
		return err
	}
	for _, c := range differences(*p, again) {
		if !slices.ContainsFunc(differences(*p, first), func(f suite.Record) bool { return f.Test == c.Test && f.Name == c.Name }) {
			continue
		}
		what, _, _ := strings.Cut(c.Verdict.String(), "\n")
		g.Differs(fmt.Sprintf("%s: %s/%s passes when it is graded, and not when the program is run by itself: %s", p.Name, c.Test, c.Name, what))
	}
	return nil
}

// judgeAlone grades the executable g.Program in place of p.
func (g *grading) judgeAlone(ctx context.Context, p *report.Program, dir, name string) (report.Program, error) {
	var seen report.Program
	for _, other := range planned(outside(g.Exercises)).Programs {
		if other.Dir == p.Dir {
			seen = other
		}
	}
	tr := &judging{grading: g, program: &seen, dir: dir, done: func(int) {}, passed: make(map[string]bool), seen: make(chan struct{}, 1)}
	var tests []string
	for _, part := range seen.Parts {
		tests = append(tests, part.Test)
	}
	if err := tr.ask(ctx, name, tests); err != nil {
		return report.Program{}, err
	}
	return seen, nil
}

// differences returns the cases of seen that fail there, and pass in graded.
func differences(graded, seen report.Program) []suite.Record {
	passed := make(map[string]bool)
	for _, part := range graded.Parts {
		for _, c := range part.Cases {
			passed[c.Test+"/"+c.Name] = c.Verdict.Kind == verdict.Passed
		}
	}
	var all []suite.Record
	for _, part := range seen.Parts {
		for _, c := range part.Cases {
			if c.Verdict.Failed() && passed[c.Test+"/"+c.Name] {
				all = append(all, c)
			}
		}
	}
	return all
}
