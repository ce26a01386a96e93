// Package shapes holds right programs that look unlike the solutions, to grade the
// graders: none of them must be refused.
//
// A shape is a folder of testdata with a submission to some of the exercises, as
// a student might write it without having seen the solution:
//
//	testdata/mutex/exercises/ex8.1/clock2/clock2.go
//	testdata/mutex/exercises/ex8.1/clockwall/clockwall.go
//	testdata/mutex/exercises/ex8.2/ftpd/server.go
//
// To add one, write its programs, and say here what is unlike the solution. If a grader
// refuses one that is right, fix the grader.
package shapes

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

const top = "../../.." // of the workbook

// shapes are what is unlike the solution in each program, by its folder in testdata.
var shapes = map[string]string{
	"acceptor/exercises/ex8.1/clock2":    "serve waits for a goroutine that accepts",
	"channels/exercises/ex8.1/clock2":    "a goroutine for each client makes the times, and another writes them",
	"channels/exercises/ex8.1/clockwall": "a pipeline of channels; names beside times, drawn again over the old ones",
	"channels/exercises/ex8.2/ftpd":      "a map of handlers; a goroutine that reads, and one that waits behind each PASV; os.Root; 300 ms for a login; the year in each date",
	"deadlines/exercises/ex8.1/clock2":   "net.ErrClosed after its own Close; log.Fatal if a deadline cannot be set; errors.As to *net.OpError",
	"early/exercises/ex8.2/ftpd":         "each session listens for data from its start, with a goroutine that accepts: no fake clock sees that",
	"flags/exercises/ex8.1/clock2":       "package variables: the zone, and a FlagSet that is parsed from os.Args",
	"fresh/exercises/ex8.1/clockwall":    "a new bufio.Reader once a second; times before names, drawn in place",
	"grid/exercises/ex8.1/clockwall":     "asks each clock again every second; a grid of cards, two side by side",
	"hub/exercises/ex8.1/clock2":         "one goroutine owns the clock and all clients, and ends with serve",
	"logs/exercises/ex8.1/clock2":        "each client and each tick is logged",
	"mutex/exercises/ex8.1/clock2":       "a locked set of connections, closed when the listener is; a Ticker",
	"mutex/exercises/ex8.1/clockwall":    "a locked map, printed by a tabwriter once a second",
	"mutex/exercises/ex8.2/ftpd":         "net/textproto and a switch in one file; EvalSymlinks; no goroutine but the session's; TYPE A; Accept as in net/http",
	"partial/exercises/ex8.1/clockwall":  "a package variable with all clocks; names over columns, each time on a line of its own; a log on standard error",
	"select/exercises/ex8.1/clock2":      "a goroutine for each client sees it leave; a client that does not read is disconnected",
	"select/exercises/ex8.1/clockwall":   "atomic pointers, and an event loop; names over times, in boxes, on an empty screen",
	"select/exercises/ex8.2/ftpd":        "an event loop of stages; handlers around handlers; PASV and PORT; DirFS without links; no password; the year in dates of other years; serve listens to signals",
	"signals/exercises/ex8.1/clock2":     "serve listens to signals, by NotifyContext and by Notify",
	"signals/exercises/ex8.1/clockwall":  "run listens to signals; main gives it a context that never ends",
	"sorted/exercises/ex8.1/clockwall":   "frames by name; connects again; signals in main only; logs each line on standard error",
	"statistics/exercises/ex8.1/clock2":  "prints statistics from a goroutine of its own; retries Accept as net/http does",
	"talkative/exercises/ex8.1/clock2":   "logs each line that it sends, and statistics once a minute, without end; parses its flags in init",
}

func TestMain(m *testing.M) {
	grade.TakeRole()
	flag.Parse()
	flag.Set("test.parallel", "2") // each of them builds a program, and runs it many times
	os.Exit(m.Run())
}

func TestShapesAreThoseOfTestdata(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("testdata", "*", "exercises", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, folder := range folders {
		name := strings.TrimPrefix(filepath.ToSlash(folder), "testdata/")
		got[name] = shapes[name]
	}
	if diff := cmp.Diff(shapes, got); diff != "" {
		t.Errorf("folders of programs mismatch (-want +got):\n%s", diff)
	}
}

func TestShapeHasFullMarks(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("grades many programs, which takes a minute or two; runs if the environment variable WORKBOOK_SLOW is set")
	}
	for _, e := range grade.Exercises {
		for _, p := range e.Programs {
			for name := range shapes {
				shape, folder, _ := strings.Cut(name, "/")
				if folder != e.Folder+"/"+p.Name {
					continue
				}
				only := e
				only.Programs = []grade.Program{p}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					hasFullMarks(t, only, filepath.Join("testdata", shape))
				})
			}
		}
	}
}

func hasFullMarks(t *testing.T, e grade.Exercise, submission string) {
	t.Helper()
	r, err := grade.Run(t.Context(), grade.Options{
		Top: top, Exercises: []grade.Exercise{e}, Submission: submission, Trusted: true, Race: grade.RaceDetector(t.Context()),
	})
	if err != nil {
		t.Fatal(err)
	}
	if full(r) {
		return
	}
	t.Errorf("%s in %s has %s, want all core and robustness points:", e.Programs[0].Name, submission, report.Points(r))
	report.Text(t.Output(), r, report.Style{Verbose: true})
}

// full reports whether all core and robustness points were earned that this machine can
// check.
func full(r report.Report) bool {
	for _, part := range r.Programs[0].Parts {
		for _, c := range part.Cases {
			if c.Group != suite.Extra && c.Verdict.Kind != verdict.Passed && c.Verdict.Kind != verdict.NotChecked {
				return false
			}
		}
	}
	return true
}
