package mistakes_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/suites/suite"
)

// An alike is a program with a known mistake that looks unlike the solution: a file of
// testdata/alike, which opens with a header and goes on with a patch to a right program
// of package shapes.
//
//	mistake: clock2-no-go
//	shape: testutil/checks/shapes/testdata/mutex/exercises/ex8.1/clock2
//	fails: TestClock/serves_a_second_client_while_the_first_stays
//	says: not concurrent: while client 1 is served, client 2 got nothing*
//
//	--- a/clock2.go
//	+++ b/clock2.go
//	…
//
// The lines "fails" and "says" are as those of a mistake, and -update fills them in too:
//
//	go test ./testutil/grader/mistakes -run TestAlikeFailsAsItsHeaderSays -update
type alike struct {
	Name    string // of the file, without its extension
	Mistake string // the name of the known mistake
	Shape   string // the folder of the right program, from the top of the workbook
	Fails   []mistakes.Failure
	Patch   string // what makes it wrong
}

// readAlikes reads all programs in testdata/alike.
func readAlikes(t *testing.T) []alike {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "alike", "*.patch"))
	if err != nil {
		t.Fatal(err)
	}
	var all []alike
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a, err := parseAlike(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		a.Name = strings.TrimSuffix(filepath.Base(file), ".patch")
		all = append(all, a)
	}
	return all
}

func parseAlike(text string) (alike, error) {
	header, patch, ok := strings.Cut(text, "\n\n")
	if !ok {
		return alike{}, fmt.Errorf("no empty line between header and patch")
	}
	a := alike{Patch: patch}
	for line := range strings.Lines(header) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case key == "mistake":
			a.Mistake = value
		case key == "shape":
			a.Shape = value
		case key == "fails":
			a.Fails = append(a.Fails, mistakes.Failure{Case: value})
		case key == "says" && len(a.Fails) > 0:
			a.Fails[len(a.Fails)-1].Says = value
		default:
			return alike{}, fmt.Errorf("unknown line %q in its header", line)
		}
	}
	return a, nil
}

// String returns the text of the file.
func (a alike) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "mistake: %s\nshape: %s\n", a.Mistake, a.Shape)
	for _, f := range a.Fails {
		fmt.Fprintf(&b, "fails: %s\nsays: %s\n", f.Case, f.Says)
	}
	return b.String() + "\n" + a.Patch
}

// known returns the known mistake of a name.
func known(t *testing.T, all []mistakes.Mistake, name string) mistakes.Mistake {
	t.Helper()
	i := slices.IndexFunc(all, func(m mistakes.Mistake) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("there is no known mistake %s", name)
	}
	return all[i]
}

// Guesses are measured on what the headers say, so it must be what grading says.
func TestAlikeFailsAsItsHeaderSays(t *testing.T) {
	if suite.Slow(t) != "all" && !*update {
		t.Skip("grades many programs, which takes some minutes; runs if the environment variable WORKBOOK_SLOW is all")
	}
	if _, err := exec.LookPath("git"); err != nil && os.Getenv("CI") == "" {
		t.Skipf("git, which applies the patches, is not installed: %v", err)
	}
	all := read(t)
	for _, a := range readAlikes(t) {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			m := known(t, all, a.Mistake)
			if m.Race && !grade.RaceDetector(t.Context()) {
				t.Skip("it needs the race detector, which requires cgo")
			}
			m.Title, m.Patch, m.Clients = a.Name, a.Patch, false
			got := failures(gradeSubmission(t, m, submission(t, m, a.Shape)))
			if *update {
				reviewed := mistakes.Mistake{Fails: a.Fails}
				a.Fails = reviewed.Reviewed(got)
				if err := os.WriteFile(filepath.Join("testdata", "alike", a.Name+".patch"), []byte(a.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(names(a.Fails), names(got)); diff != "" {
				t.Errorf("%s: the cases that fail mismatch (-want +got):\n%s", a.Name, diff)
				return
			}
			for i, f := range a.Fails {
				if !f.Matches(got[i].Says) {
					t.Errorf("%s: %s says\n\t%s\nwant\n\t%s", a.Name, f.Case, got[i].Says, f.Says)
				}
			}
		})
	}
}

func TestManyKnownMistakesHaveTwoProgramsOfOtherShape(t *testing.T) {
	count := make(map[string]int)
	for _, a := range readAlikes(t) {
		count[a.Mistake]++
		if want := a.Mistake + "." + strings.Split(a.Shape, "/")[4]; a.Name != want {
			t.Errorf("testdata/alike/%s.patch is of the mistake %s and the shape %s: want its name to be %s.patch", a.Name, a.Mistake, a.Shape, want)
		}
	}
	two := 0
	for _, n := range count {
		if n >= 2 {
			two++
		}
	}
	if two < 20 {
		t.Errorf("%d known mistakes have two programs of other shape in testdata/alike, want 20 or more", two)
	}
}
