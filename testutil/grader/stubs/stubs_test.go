package stubs_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/stubs"
)

const top = "../../.." // of the workbook

var update = flag.Bool("update", false, "copy the stubs of the exercises to testdata")

// programs are those of the exercises by their folder, "ex8.1/clock2", under exercises and
// solutions alike.
func programs() map[string]grade.Program {
	all := make(map[string]grade.Program)
	for _, e := range grade.Exercises {
		for _, p := range e.Programs {
			all[e.Name+"/"+p.Name] = p
		}
	}
	return all
}

func TestStubIsNotStarted(t *testing.T) {
	for program := range programs() {
		t.Run(program, func(t *testing.T) {
			out, ok := notStarted(t, program)
			switch {
			case ok:
			case os.Getenv("CI") == "":
				t.Skip("it is started: make ex8.1 grades it")
			default:
				t.Errorf("go test ./exercises/%s says\n%s\nwant only that it is not started", program, out)
			}
		})
	}
}

// notStarted reports whether go test says of a program that it is not started, and
// nothing else.
func notStarted(t *testing.T, program string) (out []byte, ok bool) {
	t.Helper()
	out, failed := goTest(t, "./exercises/"+program)
	name := filepath.Base(program)
	want := regexp.MustCompile(`^--- FAIL: Test\w+ \([0-9.]+s\)
    \w+_test\.go:\d+: not started: open exercises/` + regexp.QuoteMeta(program+"/"+name) + `\.go
FAIL
FAIL	example\.com/workbook/exercises/` + regexp.QuoteMeta(program) + `	[0-9.]+s
FAIL
$`)
	return out, failed && want.Match(out)
}

// What is put back is what was handed out.
func TestCopyOfAStubIsTheStub(t *testing.T) {
	for program := range programs() {
		t.Run(program, func(t *testing.T) {
			dir := filepath.Join(top, "exercises", program)
			if *update {
				copyStub(t, program)
				return
			}
			changes, err := stubs.Changes(dir, program)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case len(changes) == 0:
			case os.Getenv("CI") == "":
				t.Skip("it is edited; a new stub is copied by go test ./testutil/grader/stubs -update")
			default:
				for _, c := range changes {
					t.Errorf("exercises/%s/%s is not as in testutil/grader/stubs/testdata; go test ./testutil/grader/stubs -update copies it", program, c.Name)
				}
			}
		})
	}
}

// copyStub copies a stub to testdata, if it is not started.
func copyStub(t *testing.T, program string) {
	t.Helper()
	if out, ok := notStarted(t, program); !ok {
		t.Fatalf("exercises/%s is not a stub: it is started:\n%s", program, out)
	}
	dir := filepath.Join("testdata", program)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(top, "exercises", program, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSolutionInTheStubsPlacePasses(t *testing.T) {
	for program, p := range programs() {
		t.Run(program, func(t *testing.T) {
			overlay := inPlace(t, program, goFiles(t, filepath.Join(top, "solutions", program)))
			out, failed := goTest(t, "-v", "-overlay="+overlay, "./exercises/"+program)
			if failed {
				t.Fatalf("exercises/%s with the solution in it fails, want full marks:\n%s", program, out)
			}
			if diff := cmp.Diff(planned(p), ran(p, out)); diff != "" {
				t.Errorf("exercises/%s: the cases of the stub's tests, and of testutil/grader/grade/exercises.go, mismatch (-want +got):\n%s", program, diff)
			}
		})
	}
}

// The tables of the stubs are for students to learn from. That a server has to serve its
// clients at the same time, each of them shows.
func TestTableOfAStubShowsThatGoIsMissing(t *testing.T) {
	tests := []struct {
		mistake string // in testutil/grader/mistakes/testdata
		program string
		want    []string // the rows that fail
	}{
		{"clock2-no-go", "ex8.1/clock2", []string{"TestServe/serves_a_second_client_at_once"}},
		{"wall-reads-in-turn", "ex8.1/clockwall", []string{"TestRun/shows_the_newest_time_of_each_clock", "TestRun/goes_on_beside_a_clock_that_stops_sending"}},
		{"ftpd-no-go", "ex8.2/ftpd", []string{"TestServe/serves_a_second_client_while_the_first_stays"}},
	}
	for _, tt := range tests {
		t.Run(tt.mistake, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(top, "solutions", tt.program))); err != nil {
				t.Fatal(err)
			}
			patch, err := filepath.Abs(filepath.Join("..", "mistakes", "testdata", tt.mistake+".patch"))
			if err != nil {
				t.Fatal(err)
			}
			apply := exec.Command("git", "apply", "--recount", "-C1", patch)
			apply.Dir = dir
			apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
			if out, err := apply.CombinedOutput(); err != nil {
				t.Fatalf("%v: %v\n%s", apply, err, out)
			}
			out, _ := goTest(t, "-run=^(TestServe|TestRun)$", "-overlay="+inPlace(t, tt.program, goFiles(t, dir)), "./exercises/"+tt.program)
			var got []string
			for _, m := range regexp.MustCompile(`(?m)^    --- FAIL: (\S+)`).FindAllSubmatch(out, -1) {
				got = append(got, string(m[1]))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("exercises/%s with the mistake %s: rows that fail mismatch (-want +got):\n%s\n%s", tt.program, tt.mistake, diff, out)
			}
		})
	}
}

// inPlace returns the name of an overlay for the go command, in which files stand in
// place of those of a stub.
func inPlace(t *testing.T, program string, files []string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(top, "exercises", program))
	if err != nil {
		t.Fatal(err)
	}
	replace := make(map[string]string)
	for _, file := range goFiles(t, dir) {
		replace[file] = "" // one that is not among files is gone
	}
	for _, file := range files {
		replace[filepath.Join(dir, filepath.Base(file))] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return overlay
}

// planned returns the cases that the grader runs, "TestClock/writes_the_time_at_once".
func planned(p grade.Program) (names []string) {
	for _, part := range p.Parts {
		for _, c := range part.Cases() {
			names = append(names, part.Test+"/"+c.Name)
		}
	}
	return names
}

// ran returns the cases of the graded tests that go test -v has run.
func ran(p grade.Program, out []byte) (names []string) {
	for _, m := range regexp.MustCompile(`(?m)^=== RUN +((\w+)/\w+)$`).FindAllSubmatch(out, -1) {
		if slices.ContainsFunc(p.Parts, func(part grade.Part) bool { return part.Test == string(m[2]) }) {
			names = append(names, string(m[1]))
		}
	}
	return names
}

// Students read a solution side by side with their own program, which began as
// the stub.
func TestSolutionLinesUpWithItsStub(t *testing.T) {
	for program := range programs() {
		t.Run(program, func(t *testing.T) {
			for _, stub := range goFiles(t, filepath.Join(top, "exercises", program)) {
				solution := filepath.Join(top, "solutions", program, filepath.Base(stub))
				if _, err := os.Stat(solution); err != nil {
					t.Errorf("exercises/%s/%s has no counterpart: %v", program, filepath.Base(stub), err)
					continue
				}
				want := functions(t, stub)
				got := slices.DeleteFunc(functions(t, solution), func(f string) bool { return !slices.Contains(want, f) })
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s/%s: functions of the stub that the solution has, in its order, mismatch (-want +got):\n%s",
						program, filepath.Base(stub), diff)
				}
			}
		})
	}
}

// goTest runs go test with args at the top of the workbook, and reports whether
// it failed.
func goTest(t *testing.T, args ...string) (out []byte, failed bool) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"test", "-count=1"}, args...)...)
	cmd.Dir = top
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return out, err != nil
}

// goFiles returns the paths of the Go files in a folder that are not tests.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
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

// functions returns the heads of the functions in a file, in order.
func functions(t *testing.T, file string) []string {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, decl := range parsed.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			fn.Body = nil
			var b bytes.Buffer
			if err := printer.Fprint(&b, fset, fn); err != nil {
				t.Fatal(err)
			}
			all = append(all, b.String())
		}
	}
	return all
}
