package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
)

// A problem with one student leaves the others to be graded, unless it would disturb them.
func TestClassGoesOnAfterAProblemUnlessItIsTheLast(t *testing.T) {
	for _, tt := range []struct {
		name string
		last bool
		rows []string // after a run in which bob has the problem
	}{
		{"a problem of one grading", false, []string{"ann", "cyd"}},
		{"a process that cannot be ended", true, []string{"ann", "cyd"}}, // cyd's is an old one
	} {
		t.Run(tt.name, func(t *testing.T) {
			class := t.TempDir()
			for _, name := range []string{"ann", "bob", "cyd"} {
				file := filepath.Join(class, name, filepath.FromSlash(clock2File))
				if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte("package main\n"), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			problem := &grade.Problem{Cause: "processes cannot be ended: [4711 (x)]", Remedy: "end them", Last: tt.last}
			graded, problems := 0, 0
			req := gradeRequest{
				Options: grade.Options{Top: filepath.Join("..", "..", ".."), Exercises: grade.Exercises[:1]},
				class:   class, out: filepath.Join(t.TempDir(), "results.csv"), jobs: 1, again: true,
			}
			if err := req.worth("core=1,robustness=1"); err != nil {
				t.Fatal(err)
			}
			req.run = func(context.Context, grade.Options) (report.Report, error) {
				if graded++; graded == 3+problems { // the solutions come first, then ann
					return report.Report{}, problem
				}
				return passed(req.Exercises), nil
			}
			problems = 100 // the first run has none
			if status, err := req.gradeClass(t.Context()); err != nil || graded != 4 {
				t.Fatalf("without a problem: status %d, %v, %d gradings, want 4", status, err, graded)
			}
			graded, problems = 0, 0
			status, err := req.gradeClass(t.Context())
			if status != trouble || tt.last != (err != nil) {
				t.Errorf("gradeClass() = %d, %v, want %d, and an error only if it is the last", status, err, trouble)
			}
			if want := map[bool]int{false: 4, true: 3}[tt.last]; graded != want {
				t.Errorf("there were %d gradings, want %d: the solutions, ann, bob, and cyd only if the problem was not the last", graded, want)
			}
			table := newTable(req.out, req.Exercises)
			if err := table.read(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.rows, table.students()); diff != "" {
				t.Errorf("students in the table mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

// passed returns a report in which all cases have passed.
func passed(exercises []grade.Exercise) report.Report {
	r := grade.Unfinished(exercises)
	for _, p := range r.Programs {
		for _, part := range p.Parts {
			for i := range part.Cases {
				part.Cases[i].Verdict = verdict.Verdict{Kind: verdict.Passed}
			}
		}
	}
	return r
}
