package grade

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/grader/stubs"
	"example.com/workbook/testutil/kit/verdict"
)

// try tries whether programs can be started in the folder dir, as they will be.
func (g *grading) try(dir string) error {
	if !g.confines() {
		return sandbox.Try(dir, "", false)
	}
	scratch := filepath.Join(dir, "scratch")
	if err := makeFolder(scratch, 0o777); err != nil {
		return err
	}
	if g.namespaces = sandbox.Try(dir, scratch, true) == nil; g.namespaces {
		return nil
	}
	return sandbox.Try(dir, scratch, false)
}

// nameLeftOut adds to what is said of a program, which lacks something, which files are
// no part of it.
func (g *grading) nameLeftOut(p *report.Program) {
	for _, sentence := range g.leftOut[p.Dir] {
		p.Verdict.Message += "\n" + sentence
	}
}

// problem returns what has kept the judge of p from its task do, or its program from
// being started; err is the judge's end. It is nil if nothing has.
func (do task) problem(err error) error {
	if do.Problems != "" {
		text, err := os.ReadFile(do.Problems)
		if err != nil {
			return err
		}
		if line, _, _ := bytes.Cut(text, []byte("\n")); len(line) > 0 {
			err := fmt.Errorf("%s: %s", do.Program, line)
			if do.Binary == "" {
				return &Problem{Cause: err.Error(), Remedy: "grade it without a sandbox (-trusted), if you trust it"}
			}
			return err
		}
	}
	return err
}

// problem returns what the grader could not do in the cases of p; nil if it could do all.
func (g *grading) problem(ctx context.Context, p report.Program) error {
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			if c.Verdict.Kind == verdict.GraderProblem {
				return fmt.Errorf("%s: %s/%s: %s", p.Dir, c.Test, c.Name, c.Verdict.Message)
			}
		}
	}
	if g.Program == nil && !g.Tested && lifeless(p) {
		return g.tryStub(ctx)
	}
	return nil
}

// lifeless reports whether the program has ended in each case that was run, as it does
// if this machine cannot run programs of its kind.
func lifeless(p report.Program) bool {
	died := false
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			switch c.Verdict.Kind {
			case verdict.Crashed, verdict.Exited:
				died = true
			case verdict.NotRun, verdict.NotChecked:
			default:
				return false
			}
		}
	}
	return died
}

// tryStub grades a stub, of which is known what becomes of it, and returns an error if
// something else does.
func (g *grading) tryStub(ctx context.Context) error {
	const name = "ex8.1/clock2"
	files, err := stubs.Files(name)
	if err != nil {
		return err
	}
	folder := filepath.Join(g.temp, "stub")
	dir := filepath.Join(folder, "exercises", filepath.FromSlash(name))
	if err := makeFolder(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for file, text := range files {
		if err := writeFile(filepath.Join(dir, file), text); err != nil {
			return err
		}
	}
	exercise := Exercises[0]
	exercise.Programs = exercise.Programs[:1]
	r, err := Run(ctx, Options{
		Top: g.Top, Exercises: []Exercise{exercise}, Submission: folder, Trusted: !g.confines(),
		Race: g.Race, Only: exercise.Programs[0].Parts[0].Test, Timeout: time.Minute, Tested: true, probe: true,
	})
	if err != nil {
		return err
	}
	if v := r.Programs[0].Verdict; v.Kind != verdict.NotStarted {
		first := r.Programs[0].Parts[0].Cases[0].Verdict
		what, _, _ := strings.Cut(fmt.Sprintf("%s %s", first.Kind, first.Message), "\n")
		return &Problem{
			Cause:  "no program can be run here, an untouched stub neither: " + what,
			Remedy: "see what go test" + map[bool]string{true: " -race"}[g.Race] + " ./exercises/" + name + " says in the workbook",
		}
	}
	return nil
}
