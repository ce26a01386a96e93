package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/suites/suite"
)

// cacheIn makes dir the home of the user, for the time of the test.
func cacheIn(t *testing.T, dir string) {
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, dir)
	}
}

func TestMemoryKeepsOneCountForEachExerciseOfEachWorkbook(t *testing.T) {
	cacheIn(t, t.TempDir())
	here, other := newMemory("/here", "ex8.1"), newMemory("/here", "ex8.2")
	if n := here.count("TestClock/a"); n != 0 {
		t.Errorf("a new memory counts %d hints, want 0", n)
	}
	if err := here.keep("TestClock/a", 1); err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		memory
		failure string
		want    int
	}{
		{here, "TestClock/a", 1},
		{newMemory("/here", "ex8.1"), "TestClock/a", 1},
		{here, "TestClock/b", 0},
		{other, "TestClock/a", 0},
		{newMemory("/there", "ex8.1"), "TestClock/a", 0},
	} {
		if n := m.count(m.failure); n != m.want {
			t.Errorf("after 1 hint for TestClock/a, %s counts %d for %s, want %d", filepath.Base(m.file), n, m.failure, m.want)
		}
	}
	if err := here.keep("TestClock/b", 1); err != nil {
		t.Fatal(err)
	}
	if n := here.count("TestClock/a"); n != 0 {
		t.Errorf("after a hint for another failure, the memory counts %d for the one before, want 0", n)
	}
}

func TestMemoryCountsNothingInRubbish(t *testing.T) {
	cacheIn(t, t.TempDir())
	m := newMemory("/here", "ex8.1")
	if err := m.keep("TestClock/a", 2); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "TestClock/a", "TestClock/a x", "TestClock/a -3", "TestClock/a 99999999999999999999", "\x00\xff", " 2"} {
		if err := os.WriteFile(m.file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if n := m.count("TestClock/a"); n != 0 {
			t.Errorf("a memory that holds %q counts %d, want 0", text, n)
		}
	}
}

// choices returns which hints of three are chosen for a failure, one call after another,
// each as "from:to next".
func choices(req hintRequest, m memory, failure string, calls int) (all []string) {
	three := make([]hint.Hint, 3)
	req.exercise = grade.Exercises[0]
	for range calls {
		h := req.choose(three, m, failure)
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d:%d %s", h.From, h.To, h.Next)))
	}
	return all
}

func TestOneMoreHintIsShownAtEachCall(t *testing.T) {
	cacheIn(t, t.TempDir())
	m := newMemory("/here", "ex8.1")
	for _, tt := range []struct {
		req     hintRequest
		failure string
		want    []string
	}{
		{hintRequest{}, "TestClock/a", []string{"0:1 make hint-8.1", "1:2 make hint-8.1"}},
		{hintRequest{number: 1}, "TestClock/a", []string{"0:1 go tool workbook hint -n 2 ex8.1", "0:1 go tool workbook hint -n 2 ex8.1"}},
		{hintRequest{all: true}, "TestClock/a", []string{"0:3"}},
		{hintRequest{}, "TestClock/a", []string{"2:3 make hint-8.1", "3:3", "3:3"}},
		{hintRequest{}, "TestClock/b", []string{"0:1 make hint-8.1"}},
		{hintRequest{}, "TestClock/a", []string{"0:1 make hint-8.1"}},
		{hintRequest{number: 3}, "TestClock/a", []string{"2:3 go tool workbook hint -n 4 ex8.1"}},
		{hintRequest{number: 4}, "TestClock/a", []string{"3:3"}},
		{hintRequest{number: 99}, "TestClock/a", []string{"3:3"}},
	} {
		got := choices(tt.req, m, tt.failure, len(tt.want))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("hints for %s, asked with -n %d -all=%t, mismatch (-want +got):\n%s", tt.failure, tt.req.number, tt.req.all, diff)
		}
	}
}

func TestHintsAreShownWithoutAMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, home := range []string{"", file} {
		cacheIn(t, home)
		got := choices(hintRequest{}, newMemory("/here", "ex8.1"), "TestClock/a", 2)
		want := []string{"0:1 go tool workbook hint -n 2 ex8.1", "0:1 go tool workbook hint -n 2 ex8.1"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("hints for a user whose home is %q mismatch (-want +got):\n%s", home, diff)
		}
	}
}

// Fewer hints may be left after an update of the workbook.
func TestMoreThanAllHintsAreCounted(t *testing.T) {
	cacheIn(t, t.TempDir())
	m := newMemory("/here", "ex8.1")
	if err := m.keep("TestClock/a", 7); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"3:3"}, choices(hintRequest{}, m, "TestClock/a", 1)); diff != "" {
		t.Errorf("hints after the seventh of three mismatch (-want +got):\n%s", diff)
	}
}

func TestHint(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	s := handedOut(t)
	wants := func(want string) (stdout string) {
		t.Helper()
		stdout, stderr, status := s.run("hint", "8.1")
		if status != right || stderr != "" || !strings.HasPrefix(stdout, want) {
			t.Fatalf("workbook hint 8.1 exits with status %d and prints on standard error %q, want %d and nothing, and prints\n%s\nwant it to begin with\n%s",
				status, stderr, right, stdout, want)
		}
		return stdout
	}
	s.write(clock2File, "package main\n\nfunc main() { undefined() }\n")
	wants("clock2 does not compile:\n" + clock2File + ":3:15: undefined: undefined\n")
	clock2 := solution(t, "ex8.1/clock2/clock2.go")
	s.write(clock2File, clock2)
	wants("clockwall: not started\n  open exercises/ex8.1/clockwall/clockwall.go\n\nHint 1 of 2: where do I begin?\n")
	s.write(clock2File, strings.Replace(clock2, "go handleConn", "handleConn", 1))
	const failure = "clock2: serves a second client while the first stays\n  not concurrent: "
	for _, want := range []string{
		"\nHint 1 of 2: who waits for whom?\n",
		"\nHint 2 of 2: one word\n",
		"\nWhy:     Serve each connection in its own goroutine",
	} {
		if stdout := wants(failure); !strings.Contains(stdout, want) {
			t.Errorf("workbook hint 8.1 prints\n%s\nwant %q in it", stdout, want)
		}
	}
	s.write(clock2File, clock2)
	submit(t, "ex8.1/clockwall", s.path("exercises"))
	if stdout := wants("Nothing fails"); !strings.Contains(stdout, "make compare-8.1\n") {
		t.Errorf("when nothing fails, workbook hint prints\n%s\nwant make compare-8.1 in it", stdout)
	}
}
