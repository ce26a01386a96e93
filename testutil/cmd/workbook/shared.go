package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/sites/handin"
)

// A shared keeps what became of the programs of a class, so that one that several students
// have handed in is graded once: all of a group, for example, or who has only begun. The
// verdict depends on the program alone. Its methods are safe for concurrent use.
type shared struct {
	mu     sync.Mutex // guards the rest
	graded map[string]*sharedProgram
	size   int // bytes of text that are kept
}

// A sharedProgram is a program that is graded, or was.
type sharedProgram struct {
	done chan struct{} // closed when it was
	ok   bool          // set before that: the rest is known

	program report.Program
	notes   []string
}

// maxShared is how many bytes of text are kept in all, and maxSharedProgram how many of a
// program. A program that prints much is graded each time.
const (
	maxShared        = 32 << 20
	maxSharedProgram = 1 << 20
)

func newShared() *shared { return &shared{graded: make(map[string]*sharedProgram)} }

// claim returns what is known of a program with that sum. If nothing is, mine is true: then
// the caller grades it, and calls finish.
func (s *shared) claim(sum string) (p *sharedProgram, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.graded[sum]; ok {
		return p, false
	}
	p = &sharedProgram{done: make(chan struct{})}
	s.graded[sum] = p
	return p, true
}

// finish says what became of a program that was claimed; nil if it could not be graded.
func (s *shared) finish(sum string, p *sharedProgram, program *report.Program, notes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := 0
	if program != nil {
		size = sizeOf(*program)
		p.ok, p.program, p.notes = true, *program, notes
	}
	if program == nil || size > maxSharedProgram || s.size+size > maxShared {
		delete(s.graded, sum) // those who wait have it all the same
	} else {
		s.size += size
	}
	close(p.done)
}

// sizeOf returns about how many bytes of text a program has that can be long.
func sizeOf(p report.Program) int {
	n := len(p.Verdict.Message)
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			n += len(c.Verdict.Message) + len(c.Output) + len(c.Note) + 512
		}
	}
	return n
}

// grade grades what was found of a student's programs, but for those that others have handed in,
// too: of these it waits for the result. run grades some of the exercises, in what is given
// to it of the work.
func (s *shared) grade(ctx context.Context, exercises []grade.Exercise, setting string, w handin.Work,
	run func(exercises []grade.Exercise, w handin.Work) (report.Report, error)) (report.Report, error) {
	r := grade.Unfinished(exercises)
	claimed := make(map[string]*sharedProgram) // by folder
	sums := make(map[string]string)
	var others []string // folders
	rest := handin.Work{Missing: w.Missing, Notes: w.Notes}
	waited := make(map[string]*sharedProgram)
	for _, f := range w.Found {
		sum := sha256.New()
		fmt.Fprintln(sum, setting)
		if err := (handin.Work{Found: []handin.Found{f}}).Sum(sum); err != nil {
			s.release(claimed, sums)
			return r, err
		}
		sums[f.Dir] = string(sum.Sum(nil))
		p, mine := s.claim(sums[f.Dir])
		if mine {
			claimed[f.Dir] = p
			rest.Found = append(rest.Found, f)
		} else {
			waited[f.Dir] = p
			others = append(others, f.Dir)
		}
	}
	if len(rest.Found)+len(rest.Missing) > 0 {
		some, err := run(without(exercises, others), rest)
		if err != nil {
			s.release(claimed, sums)
			return r, err
		}
		for i, program := range some.Programs {
			if p, ok := claimed[program.Dir]; ok {
				s.finish(sums[program.Dir], p, &some.Programs[i], notesOf(some.Notes, program.Dir, some.Programs))
			}
		}
		place(&r, some.Programs...)
		r.Notes = some.Notes
	}
	for _, dir := range others {
		p := waited[dir]
		select {
		case <-p.done:
		case <-ctx.Done():
			return r, context.Cause(ctx)
		}
		if p.ok {
			place(&r, p.program)
			addNotes(&r, p.notes)
			continue
		}
		again, err := run(exercisesOf(exercises, dir), handin.Work{Found: foundIn(w, dir)})
		if err != nil {
			return r, err
		}
		place(&r, again.Programs...)
		addNotes(&r, again.Notes)
	}
	return r, nil
}

// gradeShared grades what was found of a student's programs, and each program once that
// several students have handed in.
func (req *gradeRequest) gradeShared(ctx context.Context, setting string, w handin.Work) (report.Report, error) {
	if req.Only != "" || req.alone { // perhaps no case of some programs, or each student is told
		return req.gradeWork(ctx, req.Options, w)
	}
	return req.shared.grade(ctx, req.Exercises, setting, w, func(exercises []grade.Exercise, w handin.Work) (report.Report, error) {
		opts := req.Options
		opts.Exercises = exercises
		return req.gradeWork(ctx, opts, w)
	})
}

// release gives up what was claimed.
func (s *shared) release(claimed map[string]*sharedProgram, sums map[string]string) {
	for dir, p := range claimed {
		s.finish(sums[dir], p, nil, nil)
	}
}

// place puts programs into a report, in place of those that were planned.
func place(r *report.Report, programs ...report.Program) {
	for _, program := range programs {
		for i := range r.Programs {
			if r.Programs[i].Dir == program.Dir {
				r.Programs[i] = program
			}
		}
	}
}

// addNotes adds those that the report does not have.
func addNotes(r *report.Report, notes []string) {
	for _, note := range notes {
		if !slices.Contains(r.Notes, note) {
			r.Notes = append(r.Notes, note)
		}
	}
}

// notesOf returns the notes of a report that are not about other programs than that in dir.
func notesOf(notes []string, dir string, programs []report.Program) []string {
	return slices.DeleteFunc(slices.Clone(notes), func(note string) bool {
		return slices.ContainsFunc(programs, func(p report.Program) bool {
			return p.Dir != dir && strings.Contains(note, p.Dir+"/")
		})
	})
}

// without returns exercises without the programs in some folders.
func without(exercises []grade.Exercise, dirs []string) []grade.Exercise {
	return filtered(exercises, func(dir string) bool { return !slices.Contains(dirs, dir) })
}

// exercisesOf returns the exercise with the program in a folder, and no other.
func exercisesOf(exercises []grade.Exercise, dir string) []grade.Exercise {
	return filtered(exercises, func(d string) bool { return d == dir })
}

func filtered(exercises []grade.Exercise, keep func(dir string) bool) []grade.Exercise {
	var some []grade.Exercise
	for _, e := range exercises {
		e.Programs = slices.DeleteFunc(slices.Clone(e.Programs), func(p grade.Program) bool { return !keep(e.Folder + "/" + p.Name) })
		if len(e.Programs) > 0 {
			some = append(some, e)
		}
	}
	return some
}

// foundIn returns what was found of the program in a folder.
func foundIn(w handin.Work, dir string) []handin.Found {
	return slices.DeleteFunc(slices.Clone(w.Found), func(f handin.Found) bool { return f.Dir != dir })
}
