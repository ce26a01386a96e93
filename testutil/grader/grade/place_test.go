package grade_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// copyWorkbook copies what the go command needs to build the exercises into a new folder.
func copyWorkbook(t *testing.T) (folder string) {
	t.Helper()
	folder = lastingFolder(t, "workbook-place")
	copyWorkbookTo(t, folder)
	return folder
}

// lastingFolder returns a new folder, which has the same name in each run of these tests: what
// the go command has built of packages it finds again only for the same folder. It has
// another name while something else uses that.
func lastingFolder(t *testing.T, name string) (dir string) {
	t.Helper()
	for i := range 10 {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d", name, i))
		if os.Mkdir(dir, 0o755) == nil {
			t.Cleanup(func() { os.RemoveAll(dir) })
			return dir
		}
	}
	dir, err := os.MkdirTemp("", name) // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func copyWorkbookTo(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, name)
		if err != nil {
			return err
		}
		target := filepath.Join(folder, rel)
		switch {
		case d.IsDir() && (d.Name() == ".git" || rel == "solutions" || rel == "chapter60"):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A program is graded without the tests of its author, in place and as a submission, with
// all the files that the go command builds, and no others.
func TestProgramIsBuiltAsTheGoCommandBuildsIt(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds the workbook in another folder; runs if the environment variable WORKBOOK_SLOW is set")
	}
	text, err := os.ReadFile(filepath.Join(top, "solutions", "ex8.1", "clock2", "clock2.go"))
	if err != nil {
		t.Fatal(err)
	}
	solution := string(text)
	before, handler, ok := strings.Cut(solution, "// handleConn ")
	if !ok {
		t.Fatal("clock2.go has no function handleConn, or no comment on it")
	}
	handler = "package main\n\nimport (\n\t\"io\"\n\t\"net\"\n\t\"time\"\n)\n\n// handleConn " + handler
	begin := strings.NewReplacer("\t\"io\"\n", "", "\"time\"\n\t_", "_", "\t\"time\"\n", "")
	begun := begin.Replace(before)
	other := "clock2_windows.go"
	if runtime.GOOS == "windows" {
		other = "clock2_linux.go"
	}
	const dir = "exercises/ex8.1/clock2/"
	tests := []struct {
		name    string
		files   map[string]string
		kind    verdict.Kind // on the whole program
		message string       // a part of it
		note    string
		rows    []string // of the student's own, in place, and what became of each
	}{
		{name: "a function in a file of tests", files: map[string]string{"clock2.go": begun, "tick_test.go": handler},
			kind: verdict.DoesNotCompile, message: dir + "tick_test.go is not part of the program"},
		{name: "a function in a file for another system", files: map[string]string{"clock2.go": begun, other: handler},
			kind: verdict.DoesNotCompile, message: dir + other + " is not built here"},
		{name: "no tests, and a lock file", files: map[string]string{"clock2.go": solution}},
		{name: "tests that do not compile", files: map[string]string{
			"clock2.go":      solution,
			"clock2_test.go": "package clock\n",
			"my_test.go":     "package main\n\nimport \"testing\"\n\nfunc TestMine(t *testing.T) { var x int = \"\" }\n",
		}, rows: []string{"TestMine does not compile"}},
		{name: "an embedded file", files: map[string]string{
			"clock2.go":       solution,
			"hello.go":        "package main\n\nimport _ \"embed\"\n\n//go:embed texts/hello.txt\nvar hello string\n\nfunc init() {\n\tif hello == \"\" {\n\t\tpanic(\"nothing is embedded\")\n\t}\n}\n",
			"texts/hello.txt": "hello\n",
		}},
		{name: "what go vet finds", files: map[string]string{
			"clock2.go":      solution,
			"wait.go":        "package main\n\nimport \"sync\"\n\nfunc wait(wg sync.WaitGroup) { wg.Wait() }\n\nvar _ = wait\n",
			"clock2_test.go": ownRows,
		}, rows: []string{"TestServe/sees_nothing passed", "TestServe/sees_a_line wrong answer", "TestServe/is_left_behind goroutine leak", "TestServe/is_not_started not run"}, note: "go vet: " + dir + "wait.go:5:14: wait passes lock by value: sync.WaitGroup contains sync.noCopy"},
	}
	workbook := copyWorkbook(t)
	for _, tt := range tests {
		for _, submitted := range []bool{false, true} {
			name := tt.name + " in place"
			if submitted {
				name = tt.name + " as a submission"
			}
			t.Run(name, func(t *testing.T) {
				if submitted {
					t.Parallel()
				}
				opts := grade.Options{Top: workbook, Exercises: clock2, Race: raceDetector, Rows: true}
				folder := workbook
				if submitted {
					opts.Top, folder = top, t.TempDir()
					opts.Submission = folder
				}
				place := filepath.Join(folder, filepath.FromSlash(dir))
				if err := os.RemoveAll(place); err != nil {
					t.Fatal(err)
				}
				for name, text := range tt.files {
					file := filepath.Join(place, filepath.FromSlash(name))
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.Symlink("gopher@localhost.1:2", filepath.Join(place, ".#clock2.go")); err != nil {
					t.Logf("without a lock file: %v", err)
				}
				r, err := grade.Run(t.Context(), opts)
				if err != nil {
					t.Fatal(err)
				}
				p := r.Programs[0]
				if p.Verdict.Kind != tt.kind || !strings.Contains(p.Verdict.Message, tt.message) || strings.Contains(p.Verdict.Message, folder) {
					t.Errorf("the verdict is %+v, want %q with %q", p.Verdict, tt.kind, tt.message)
				}
				if full := r.Full() && r.Score(suite.Robustness).Full(); full != (tt.kind == "") && raceDetector {
					t.Errorf("full marks: %t", full)
					report.Text(t.Output(), r, report.Style{})
				}
				var rows []string
				for _, row := range p.Rows {
					rows = append(rows, strings.TrimSuffix(row.Test+"/"+row.Name, "/")+" "+string(row.Verdict.Kind))
				}
				if diff := cmp.Diff(tt.rows, rows); diff != "" && !submitted || submitted && rows != nil {
					t.Errorf("the rows of the student mismatch (-want +got):\n%s", diff)
					report.Text(t.Output(), r, report.Style{})
				}
				if notes := strings.Join(r.Notes, "\n"); tt.note != strings.Join(vetNotes(r.Notes), "\n") {
					t.Errorf("the notes are\n%s\nwant of go vet %q", notes, tt.note)
				}
			})
		}
	}
}

// ownRows is a file of tests that a student has changed.
const ownRows = `package main

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/suites/clocktest"
	"example.com/workbook/testutil/kit/program"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestClock(t *testing.T) { clocktest.TestConcurrent(t, serve) }

func TestPort(t *testing.T) { clocktest.TestPort(t) }

func TestServe(t *testing.T) {
	tests := []struct {
		name string
		do   func(t *testing.T)
	}{
		{"sees nothing", func(t *testing.T) {}},
		{"sees a line", func(t *testing.T) { t.Error("saw nothing") }},
		{"is left behind", func(t *testing.T) { go time.Sleep(time.Hour) }},
		{name: "is_not_started", do: nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.do == nil {
				t.Skip("not started")
			}
			synctest.Test(t, tt.do)
		})
	}
}
`

func vetNotes(notes []string) (vet []string) {
	for _, note := range notes {
		if strings.HasPrefix(note, "go vet: ") {
			vet = append(vet, note)
		}
	}
	return vet
}
