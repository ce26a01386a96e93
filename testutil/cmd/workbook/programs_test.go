package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
)

// A program that is not started has nothing to grade, as one that is not found: the exit status
// says so, also when the row is from an earlier call.
func TestClassOfProgramsThatAreNotStartedHasStatus1(t *testing.T) {
	folder, _ := programsFor(t)
	for _, tt := range []struct {
		name   string
		kind   verdict.Kind // of bob's program
		status int
		says   string
	}{
		{"all are started", "", right, ""},
		{"one is not", verdict.NotStarted, wrong, "workbook grade: bob: ftpd is not started\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := gradeRequest{class: folder, out: filepath.Join(t.TempDir(), "results.csv"), html: filepath.Join(t.TempDir(), "class.html"), targetRequest: targetRequest{kind: "ftpd"}}
			var err error
			if req.Exercises, err = exerciseOf("ftpd"); err != nil {
				t.Fatal(err)
			}
			var runs atomic.Int64
			req.run = func(_ context.Context, opts grade.Options) (report.Report, error) {
				runs.Add(1)
				r := grade.Unfinished(opts.Exercises)
				r.Programs[0].Verdict = verdict.Verdict{}
				if filepath.Base(opts.Program.Program) == "bob" {
					r.Programs[0].Verdict.Kind = tt.kind
				}
				return r, nil
			}
			for range 2 {
				status, said := req.said(t, req.gradePrograms)
				if status != tt.status || tt.says == "" && strings.Contains(said, "started") || !strings.Contains(said, tt.says) {
					t.Errorf("exit status %d, standard error\n%s\nwant status %d, and %q", status, said, tt.status, tt.says)
				}
			}
			text, err := os.ReadFile(req.html)
			if err != nil || !strings.Contains(string(text), "a class of 2") {
				t.Errorf("the page is not one of two programs: %v\n%.500s", err, text)
			}
			if n := runs.Load(); n != 2 {
				t.Errorf("%d gradings, want one of each program", n)
			}
		})
	}
}
