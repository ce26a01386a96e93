package main

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/stubs"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/sites/handin"
)

// find looks for the programs in what a student has handed in. Those that are not asked
// for are not missing.
func (req *gradeRequest) find(student handin.Student) (handin.Work, error) {
	all, err := programs(grade.Exercises)
	if err != nil {
		return handin.Work{}, err
	}
	asked, err := programs(req.Exercises)
	if err != nil {
		return handin.Work{}, err
	}
	w, err := student.Work(all)
	if err != nil {
		return handin.Work{}, err
	}
	unasked := func(p handin.Program) bool {
		return !slices.ContainsFunc(asked, func(a handin.Program) bool { return a.Dir == p.Dir })
	}
	w.Found = slices.DeleteFunc(w.Found, func(f handin.Found) bool { return unasked(f.Program) })
	w.Missing = slices.DeleteFunc(w.Missing, func(l handin.Lost) bool { return unasked(l.Program) })
	return w, nil
}

// programs returns what to look for.
func programs(exercises []grade.Exercise) ([]handin.Program, error) {
	var all []handin.Program
	for _, e := range exercises {
		for _, p := range e.Programs {
			files, err := stubs.Files(e.Name + "/" + p.Name)
			if err != nil {
				return nil, err
			}
			found := handin.Program{Dir: e.Folder + "/" + p.Name, Texts: files}
			for name := range files {
				if !strings.HasSuffix(name, "_test.go") {
					found.Stub = append(found.Stub, name)
				}
			}
			slices.Sort(found.Stub)
			all = append(all, found)
		}
	}
	return all, nil
}

// gradeWork grades what was found, and says of a program that was not found what was.
func (req *gradeRequest) gradeWork(ctx context.Context, opts grade.Options, w handin.Work) (report.Report, error) {
	opts.Collect = func(folder string) error { return asProblem(w.Copy(folder)) }
	r, err := req.graded(ctx, opts)
	for i := range r.Programs {
		p := &r.Programs[i]
		for _, l := range w.Missing {
			if l.Dir == p.Dir && p.Verdict.Kind == verdict.NotFound {
				p.Verdict.Message = l.Why
			}
		}
	}
	return r, err
}

// asProblem returns err as a [grade.Problem] if it is about something that stands in
// place of a file.
func asProblem(err error) error {
	if _, ok := errors.AsType[*handin.NotFileError](err); ok {
		return &grade.Problem{Cause: err.Error(), Remedy: "put the file itself in its place"}
	}
	return err
}

// told returns what to tell a teacher of the work of a student, a sentence each.
func told(w handin.Work) []string {
	if len(w.Missing) == 0 {
		return w.Notes
	}
	var names []string
	for _, l := range w.Missing {
		names = append(names, path.Base(l.Dir))
	}
	are := " is"
	if len(names) > 1 {
		are = " are"
	}
	why := w.Missing[0].Why // which may hold some of the notes
	sentences := slices.DeleteFunc(slices.Clone(w.Notes), func(note string) bool { return strings.Contains(why, note) })
	return append(sentences, strings.Join(names, ", ")+are+" not found: "+why)
}
