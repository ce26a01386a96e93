package grade_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

const top = "../../.." // of the workbook

var update = flag.Bool("update", false, "rewrite the scoreboards in testdata/golden")

// TestMain lets this process be a judge.
func TestMain(m *testing.M) {
	grade.TakeRole()
	flag.Parse()
	flag.Set("test.parallel", "6") // some of the programs are waited for
	os.Setenv("LC_ALL", "C.UTF-8")
	os.Setenv("TZ", "UTC")
	os.Exit(m.Run())
}

// clock2 is the exercise with only that program.
var clock2 = []grade.Exercise{only(grade.Exercises[0], "clock2")}

func only(e grade.Exercise, name string) grade.Exercise {
	for _, p := range e.Programs {
		if p.Name == name {
			e.Programs = []grade.Program{p}
		}
	}
	return e
}

// boards are submissions whose scoreboards stand in testdata/golden.
var boards = []struct {
	name       string
	submission string // in testdata
	exercises  []grade.Exercise
}{
	{"crashes", "boards/crashes", clock2},
	{"does-not-compile", "boards/does-not-compile", clock2},
	{"exits-0", "hostile/exits-0", clock2},
	{"forges-results", "hostile/forges-results", clock2},
	{"forgets-go", "boards/forgets-go", clock2},
	{"hangs", "boards/hangs", clock2},
	{"has-a-data-race", "boards/has-a-data-race", clock2},
	{"is-not-started", "../../stubs/testdata", grade.Exercises},
	{"is-not-there", "boards", clock2},
	{"is-the-solution", "../../../../solutions", grade.Exercises},
}

func TestScoreboardOfAProgramThat(t *testing.T) {
	if suite.Slow(t) == "" && !*update {
		t.Skip("builds many programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if !raceDetector {
		t.Skip("the scoreboards are those with the race detector")
	}
	for _, tt := range boards {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, grade.Options{Submission: submission(t, filepath.Join("testdata", tt.submission)), Exercises: tt.exercises, Race: raceDetector})
			file := filepath.Join("testdata", "golden", tt.name+".txt")
			checkBoard(t, file, steady(r, still), report.Style{}, *update)
		})
	}
}

// submission returns a folder with the programs of dir under exercises, as students
// have them.
func submission(t *testing.T, dir string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "ex8.1")); err != nil {
		return dir
	}
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "exercises"), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// varying matches what may change from run to run: ports, and the time before a log line.
var varying = regexp.MustCompile(`\b\d{5,}\b|\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`)

func still(text string) string {
	return varying.ReplaceAllString(inCase.ReplaceAllString(races.ReplaceAllString(text, "uses${1}uses it"), "$1 (in *)"), "*")
}

// races matches what is said of a data race: who of the two reads or writes may change, and
// inCase in which case it was seen.
var (
	races  = regexp.MustCompile(`(?:reads|writes)( a variable while \S+ )(?:reads|writes) it`)
	inCase = regexp.MustCompile(`( at the same time| it) \(in \w+\)`)
)

// Scores come from the list of cases, whatever happens to run.
func TestUnfinishedReportHoldsAllCases(t *testing.T) {
	r := grade.Unfinished(grade.Exercises)
	if got, want := report.Points(r), "core 0 of 126, robustness 0 of 87, extra 0 of 8"; got != want {
		t.Errorf("Unfinished() earns %s, want %s", got, want)
	}
	for _, p := range r.Programs {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				if c.Test != part.Test || c.Name == "" || !strings.Contains(c.Verdict.Message, "did not come to its end") {
					t.Errorf("a case of %s is %+v, want one with a name and a reason", part.Test, c)
				}
			}
		}
	}
}

// run grades, and wants a verdict with a reason on each case.
func run(t *testing.T, opts grade.Options) report.Report {
	t.Helper()
	opts.Top = top
	r, err := grade.Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Programs {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				if c.Verdict.Kind == "" && p.Verdict.Kind == "" {
					t.Errorf("%s/%s has no verdict", part.Test, c.Name)
				}
				if c.Verdict.Kind != verdict.Passed && c.Verdict.Message == "" && p.Verdict.Kind == "" {
					t.Errorf("%s/%s is %s, without a reason", part.Test, c.Name, c.Verdict.Kind)
				}
			}
		}
	}
	return r
}
