package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/timeline"
	"example.com/workbook/testutil/kit/verdict"
)

// A hintRequest is what the command hint is asked for.
type hintRequest struct {
	top      string // of the workbook
	exercise grade.Exercise
	number   int // of the hint to show, from 1; 0 for the next one
	all      bool
}

func hintCommand(ctx context.Context, args []string) (status int, err error) {
	var req hintRequest
	flags := newFlags("hint", "ex8.1|ex8.2")
	flags.Func("n", "show the hint with this `number`", func(s string) (err error) {
		if req.number, err = strconv.Atoi(s); err != nil || req.number < 1 {
			return errors.New("want a number from 1 on")
		}
		return nil
	})
	flags.BoolVar(&req.all, "all", false, "show all hints about the failure under Next")
	if status, ok := parse(flags, args); !ok {
		return status, nil
	}
	if err := req.check(flags.Args()); err != nil {
		return trouble, err
	}
	if req.top, err = top(); err != nil {
		return trouble, err
	}
	return req.hint(ctx)
}

// check checks the request, and finds the exercise that args name.
func (req *hintRequest) check(args []string) (err error) {
	switch {
	case len(args) == 0:
		return fmt.Errorf("which exercise? want one of %s", names(grade.Exercises))
	case len(args) > 1:
		return fmt.Errorf("unexpected argument %q: flags come first, and then one exercise", args[1])
	case req.all && req.number > 0:
		return errors.New("-all shows all hints; leave out -n")
	}
	req.exercise, err = exercise(args[0])
	return err
}

// hint grades the exercise, and shows a hint for what fails first.
func (req *hintRequest) hint(ctx context.Context) (status int, err error) {
	all, err := hint.Read(filepath.Join(req.top, filepath.FromSlash(req.exercise.Folder), hint.File))
	if err != nil {
		return trouble, err
	}
	r, err := graded(ctx, req.top, req.exercise)
	if err != nil {
		return trouble, err
	}
	var hints report.Hints
	if f, ok := r.First(); ok && f.Case.Verdict.Kind != verdict.DoesNotCompile {
		found, about := hint.For(all, f.Program.Name, hint.NotStarted), f.Program.Name+"/"+hint.NotStarted
		if f.Case.Name != "" {
			found, about = grade.Hints(all, f.Case), f.Case.Verdict.About
		}
		hints = req.choose(found, newMemory(req.top, req.exercise.Name), about)
	}
	style := report.Style{ASCII: timeline.Locale() == timeline.ASCII, Color: color(os.Stdout)}
	return right, report.Hint(os.Stdout, r, hints, style)
}

// choose returns which of the hints for a failure to show. If that is the next one, the
// memory keeps that it was shown.
func (req *hintRequest) choose(all []hint.Hint, seen memory, failure string) report.Hints {
	if req.all {
		return report.Hints{All: all, To: len(all)}
	}
	from := req.number - 1
	if req.number == 0 {
		from = seen.count(failure)
	}
	h := report.Hints{All: all, From: min(from, len(all)), To: min(from+1, len(all))}
	switch {
	case h.From == h.To: // there are no more
	case req.number == 0 && seen.keep(failure, h.To) == nil:
		h.Next = "make hint-" + strings.TrimPrefix(req.exercise.Name, "ex")
	default: // without a memory, the student counts
		h.Next = fmt.Sprintf("go tool workbook hint -n %d %s", h.To+1, req.exercise.Name)
	}
	return h
}
