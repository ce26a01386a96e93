//go:build unix

package grade

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
)

// counted returns a grading of a workbook of its own, with a go command that counts how often it
// is run.
func counted(t *testing.T) (g *grading, runs func() int) {
	t.Helper()
	dir := t.TempDir()
	calls := filepath.Join(dir, "calls")
	if err := program.WriteExecutable(filepath.Join(dir, "go"), []byte(`#!/bin/sh
echo "$@" >>`+calls+`
for path; do printf '/go\t%s\t/cache/%s\n' "$path" "$path"; done
`)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	runs = func() int {
		text, err := os.ReadFile(calls)
		if err != nil {
			return 0
		}
		return strings.Count(string(text), "\n")
	}
	return &grading{Options: Options{Top: dir}, buildTime: time.Minute, temp: t.TempDir()}, runs
}

// The programs of a class import few packages in many ways. Each package is asked for once,
// unless it is a student's own.
func TestPackagesAreListedOnce(t *testing.T) {
	g, runs := counted(t)
	listed.forget()
	t.Cleanup(listed.forget)
	const own = "example.com/workbook/exercises/ex9.1/bell/rope"
	for _, tt := range []struct {
		paths []string
		runs  int
	}{
		{[]string{"fmt", "net"}, 1},
		{[]string{"fmt"}, 1},
		{[]string{"net", "time"}, 2},
		{[]string{"fmt", "net", "time"}, 2},
		{[]string{own, "fmt"}, 3},
		{[]string{own, "fmt"}, 4},
	} {
		all, err := g.exports(t.Context(), tt.paths)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range tt.paths {
			if got, want := all.files[path], "/cache/"+path; got != want || all.root != "/go" {
				t.Errorf("of %q, the types of %s are in %q and Go in %q, want %q", tt.paths, path, got, all.root, want)
			}
		}
		if got := runs(); got != tt.runs {
			t.Errorf("after %q, the go command was run %d times, want %d", tt.paths, got, tt.runs)
		}
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := g.exports(t.Context(), []string{"sync"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := runs(); got != 5 {
		t.Errorf("after several at the same time, the go command was run %d times, want 5", got)
	}
}

func TestProgramIsNotVettedForAReportThatShowsNoRemarks(t *testing.T) {
	for unvetted, want := range map[bool]int{false: 1, true: 0} {
		g, runs := counted(t)
		listed.forget()
		t.Cleanup(listed.forget)
		g.Unvetted, g.Submission = unvetted, g.Top
		g.vet(t.Context(), []string{"exercises/ex9.1/bell"}, map[string]string{"exercises/ex9.1/bell": g.Top})
		if got := runs(); got != want {
			t.Errorf("with Unvetted %t, the go command was run %d times, want %d", unvetted, got, want)
		}
	}
}

// BenchmarkExports lists the packages of a class of ten whose programs import different ones,
// and reports what it takes as a part of what it takes if each program is listed by itself.
//
//	go test -run '^$' -bench Exports -benchtime 1x ./testutil/grader/grade
func BenchmarkExports(b *testing.B) {
	paths := []string{"fmt", "net", "time", "os", "log", "flag", "io", "bufio", "errors", "strings"}
	class := func(shared bool) time.Duration {
		start := time.Now()
		g := &grading{Options: Options{Top: filepath.Join("..", "..", "..")}, temp: b.TempDir()}
		listed.forget()
		for i := range paths {
			if _, err := g.exports(b.Context(), []string{"fmt", paths[i], paths[i*3%10], paths[i*7%10]}); err != nil {
				b.Fatal(err)
			}
			if !shared {
				listed.forget()
			}
		}
		return time.Since(start)
	}
	class(true) // fills the build cache
	var together, alone time.Duration
	for b.Loop() {
		together += class(true)
		alone += class(false)
	}
	b.ReportMetric(float64(together)/float64(alone), "x-alone")
}
