// Package shapes holds right programs that look unlike the solutions, to grade the
// graders: none of them must be refused.
//
// A shape is a folder of testdata with a submission to every exercise, as somebody
// might write it who has not seen the solution:
//
//	testdata/mutex/exercises/ex8.1/clock2/clock2.go
//	testdata/mutex/exercises/ex8.1/clockwall/clockwall.go
//	testdata/mutex/exercises/ex8.2/ftpd/server.go
//
// To add one, write its programs and put it into the table. If a grader refuses one
// that is right, mend the grader.
package shapes

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const top = "../.." // of the workbook

// programs are the folders of programs, those that take longest first.
var programs = []string{"ex8.2/ftpd", "ex8.1/clockwall", "ex8.1/clock2"}

// shapes are the folders of testdata, and what is unlike the solution in each.
var shapes = []struct{ name, clock2, clockwall, ftpd string }{
	{
		name:      "channels",
		clock2:    "a goroutine for each client makes the times, and another writes them",
		clockwall: "a pipeline of channels; names beside times, drawn again over the old ones",
		ftpd:      "a map of handlers; a goroutine that reads, and one that waits behind each PASV; os.Root",
	},
	{
		name:      "mutex",
		clock2:    "a locked set of connections, closed when the listener is; a Ticker",
		clockwall: "a locked map, printed by a tabwriter once a second",
		ftpd:      "net/textproto and a switch in one file; EvalSymlinks; no goroutine but the session's; TYPE A",
	},
	{
		name:      "select",
		clock2:    "a goroutine for each client sees it leave; who does not read is hung up on",
		clockwall: "atomic pointers, and an event loop; names over times, in boxes, on an empty screen",
		ftpd:      "an event loop of stages; handlers around handlers; PASV and PORT; DirFS without links; no password",
	},
}

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "2") // each of them builds a program, and runs it many times
	os.Exit(m.Run())
}

func TestShapesAreThoseOfTestdata(t *testing.T) {
	var want []string
	for _, shape := range shapes {
		for _, program := range programs {
			want = append(want, filepath.Join("testdata", shape.name, "exercises", filepath.FromSlash(program)))
		}
	}
	slices.Sort(want)
	got, err := filepath.Glob(filepath.Join("testdata", "*", "exercises", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folders of programs mismatch (-want +got):\n%s", diff)
	}
}

func TestShapeHasFullMarks(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" {
		t.Skip("grades nine programs, which takes a minute or two; runs if the environment variable WORKBOOK_SLOW is set")
	}
	for _, program := range programs {
		for _, shape := range shapes {
			t.Run(shape.name+"/"+program, func(t *testing.T) {
				t.Parallel()
				out, failed := grade(t, shape.name, program)
				scores := scoreLine.FindAllStringSubmatch(out, -1)
				if failed || len(scores) == 0 || slices.ContainsFunc(scores, incomplete) {
					t.Errorf("exercises/%s with the shape %s in it is graded\n%s\nwant all core and sturdy points",
						program, shape.name, complaints(out))
				}
			})
		}
	}
}

// grade runs the tests of a program with a shape of it in the place of the stub, and
// reports whether they failed.
func grade(t *testing.T, shape, program string) (out string, failed bool) {
	t.Helper()
	args := []string{"test", "-v", "-count=1", "-timeout=5m", "-overlay=" + overlay(t, shape, program)}
	if raceDetector {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "./exercises/"+program)...)
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", "WORKBOOK_PATIENCE=10s")
	text, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(text), err != nil
}

// overlay returns a file for the -overlay flag of the go command that puts a shape of a
// program in the place of the stub.
func overlay(t *testing.T, shape, program string) string {
	t.Helper()
	place, err := filepath.Abs(filepath.Join(top, "exercises", program))
	if err != nil {
		t.Fatal(err)
	}
	replace := make(map[string]string)
	for _, file := range goFiles(t, place) {
		replace[file] = "" // a file that the shape has not is gone
	}
	own, err := filepath.Abs(filepath.Join("testdata", shape, "exercises", program))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range goFiles(t, own) {
		replace[filepath.Join(place, filepath.Base(file))] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// goFiles returns the paths of the files in dir that are Go and no tests.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	if len(files) == 0 {
		t.Fatalf("%s has no Go files", dir)
	}
	return files
}

var (
	scoreLine = regexp.MustCompile(`_test\.go:\d+: ((?:core|sturdy) .* points.*)\n`)
	points    = regexp.MustCompile(`(?:core|sturdy) (\d+) of (\d+) points`)
)

// incomplete reports whether a score has lost points. Those of cases that this machine
// cannot check are not lost.
func incomplete(score []string) bool {
	return !strings.Contains(score[1], "; not checked: ") &&
		slices.ContainsFunc(points.FindAllStringSubmatch(score[1], -1), func(m []string) bool { return m[1] != m[2] })
}

// complaints returns what the output of go test -v says of cases that did not pass.
func complaints(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(strings.TrimSpace(line), "--- PASS") {
			b.WriteString(line)
		}
	}
	return b.String()
}
