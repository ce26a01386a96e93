package main

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/sites/handin"
)

// classWork returns the work of each student of a class: the texts of clock2, clockwall and ftpd.
func classWork(t *testing.T, texts map[string][3]string) map[string]handin.Work {
	t.Helper()
	files := make(map[string]string)
	for student, text := range texts {
		for i, name := range []string{clock2File, "exercises/ex8.1/clockwall/clockwall.go", "exercises/ex8.2/ftpd/ftpd.go"} {
			if text[i] != "" {
				files[student+"/"+name] = text[i]
			}
		}
	}
	class, err := handin.Open(copies(t, files))
	if err != nil {
		t.Fatal(err)
	}
	req := gradeRequest{}
	req.Exercises = grade.Exercises
	all := make(map[string]handin.Work)
	for _, s := range class.Students {
		if all[s.Name], err = req.find(s); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// A grader is one that says of each program which it was, and how often it has graded each.
type grader struct {
	mu    sync.Mutex
	calls map[string]int // by program and text
	fails int            // so many calls
}

func (g *grader) run(t *testing.T) func([]grade.Exercise, handin.Work) (report.Report, error) {
	return func(exercises []grade.Exercise, w handin.Work) (report.Report, error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.fails > 0 {
			g.fails--
			return report.Report{}, errors.New("no space left")
		}
		r := grade.Unfinished(exercises)
		r.Notes = []string{"of all"}
		for i := range r.Programs {
			p := &r.Programs[i]
			p.Verdict = verdict.Verdict{Kind: verdict.NotFound}
			for _, f := range w.Found {
				if f.Dir == p.Dir {
					var text strings.Builder
					if err := (handin.Work{Found: []handin.Found{f}}).Sum(&text); err != nil {
						t.Error(err)
					}
					lines := strings.Split(strings.TrimSpace(text.String()), "\n")
					said := path.Base(f.Dir) + " " + lines[len(lines)-1]
					g.calls[said]++
					p.Verdict = verdict.Verdict{Kind: verdict.Crashed, Message: said}
					r.Notes = append(r.Notes, "go vet: "+p.Dir+"/x.go: "+said)
				}
			}
		}
		return r, nil
	}
}

func TestProgramOfSeveralStudentsIsGradedOnce(t *testing.T) {
	works := classWork(t, map[string][3]string{
		"ann": {"a", "b", "c"}, "bob": {"a", "b", "d"}, "cyd": {"a", "", "c"}, "dan": {"e", "b", ""}, "eve": {"a", "b", "c"}, "fay": {"", "", ""},
	})
	g := &grader{calls: make(map[string]int)}
	s := newShared()
	reports := make(map[string]report.Report)
	var mu sync.Mutex
	var all sync.WaitGroup
	for student, w := range works {
		all.Go(func() {
			r, err := s.grade(t.Context(), grade.Exercises, "", w, g.run(t))
			mu.Lock()
			defer mu.Unlock()
			if reports[student] = r; err != nil {
				t.Errorf("%s: %v", student, err)
			}
		})
	}
	all.Wait()
	want := map[string]int{"clock2 a": 1, "clock2 e": 1, "clockwall b": 1, "ftpd c": 1, "ftpd d": 1}
	if diff := cmp.Diff(want, g.calls); diff != "" {
		t.Errorf("how often each program was graded mismatch (-want +got):\n%s", diff)
	}
	for student, w := range works {
		alone, err := (&grader{calls: make(map[string]int)}).run(t)(grade.Exercises, w)
		if err != nil {
			t.Fatal(err)
		}
		got := reports[student]
		slices.Sort(got.Notes)
		slices.Sort(alone.Notes)
		if diff := cmp.Diff(alone, got); diff != "" {
			t.Errorf("the report of %s mismatch (-alone +in the class):\n%s", student, diff)
		}
	}
}

// A problem of the machine with one student is not that of another one.
func TestProgramThatCouldNotBeGradedIsGradedForTheNextStudent(t *testing.T) {
	works := classWork(t, map[string][3]string{"ann": {"a", "b", "c"}, "bob": {"a", "b", "c"}})
	g := &grader{calls: make(map[string]int), fails: 1}
	s := newShared()
	if _, err := s.grade(t.Context(), grade.Exercises, "", works["ann"], g.run(t)); err == nil {
		t.Error("the grading of ann says nothing of the problem")
	}
	for range 2 {
		if _, err := s.grade(t.Context(), grade.Exercises, "", works["bob"], g.run(t)); err != nil {
			t.Error(err)
		}
	}
	if g.calls["clock2 a"] != 1 {
		t.Errorf("clock2 was graded %d times after the problem, want once", g.calls["clock2 a"])
	}
	if _, err := s.grade(t.Context(), grade.Exercises, "other flags", works["bob"], g.run(t)); err != nil || g.calls["clock2 a"] != 2 {
		t.Errorf("with other flags it was graded %d times in all, %v; want 2", g.calls["clock2 a"], err)
	}
}

// Two students who wait for each other's programs at the same time both get on, also when the
// other one ends without a result.
func TestStudentWhoWaitsForAProgramOfAnotherGoesOn(t *testing.T) {
	works := classWork(t, map[string][3]string{"ann": {"a", "b", "c"}, "bob": {"a", "x", "y"}})
	g := &grader{calls: make(map[string]int)}
	s := newShared()
	begun, end := make(chan struct{}), make(chan struct{})
	var ann sync.WaitGroup
	ann.Go(func() {
		_, err := s.grade(t.Context(), grade.Exercises, "", works["ann"], func([]grade.Exercise, handin.Work) (report.Report, error) {
			close(begun)
			<-end
			return report.Report{}, errors.New("no space left")
		})
		if err == nil {
			t.Error("the grading of ann says nothing of the problem")
		}
	})
	<-begun
	first := true
	r, err := s.grade(t.Context(), grade.Exercises, "", works["bob"], func(exercises []grade.Exercise, w handin.Work) (report.Report, error) {
		if first {
			first = false
			close(end) // bob's own programs are graded now, and ann's fails
		}
		return g.run(t)(exercises, w)
	})
	ann.Wait()
	if err != nil || g.calls["clock2 a"] != 1 || r.Programs[0].Verdict.Message != "clock2 a" {
		t.Errorf("bob: %v, calls %v", err, g.calls)
	}
}

// A class of programs that print much needs no more memory for it.
func TestSharedKeepsLittle(t *testing.T) {
	s := newShared()
	for i := range 200 {
		sum := fmt.Sprint(i)
		p, _ := s.claim(sum)
		r := grade.Unfinished(grade.Exercises)
		r.Programs[0].Parts[0].Cases[0].Output = strings.Repeat("x", 10000*i)
		s.finish(sum, p, &r.Programs[0], nil)
	}
	size := 0
	for _, p := range s.graded {
		size += sizeOf(p.program)
	}
	if size > maxShared || size != s.size || len(s.graded) == 0 {
		t.Errorf("%d programs of %d bytes are kept, counted as %d; want at most %d", len(s.graded), size, s.size, maxShared)
	}
}
