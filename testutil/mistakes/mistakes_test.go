package mistakes_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grade"
	"example.com/workbook/testutil/isolate"
	"example.com/workbook/testutil/mistakes"
	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/suite"
)

var update = flag.Bool("update", false, "rewrite what the mistakes are caught by")

const top = "../.." // of the workbook

func TestMain(m *testing.M) {
	grade.Main()
	flag.Parse()
	flag.Set("test.parallel", "6") // some of the mistakes are caught by waiting
	for name, value := range map[string]string{
		"LC_ALL": "C.UTF-8", "TZ": "UTC", "WORKBOOK_PATIENCE": "10s",
		"GOGC": "400", // half of the time goes into compiling and linking
	} {
		os.Setenv(name, value)
	}
	os.Exit(m.Run())
}

func TestMistakeIsCaughtByItsCasesAndNoOthers(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" && !*update {
		t.Skip("builds many programs, which takes a minute; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if _, err := exec.LookPath("git"); err != nil && os.Getenv("CI") == "" {
		t.Skipf("git, which applies the patches, is not installed: %v", err)
	}
	all, err := mistakes.Read("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there are no mistakes in testdata")
	}
	for _, m := range slices.Backward(all) { // the walls first: some of them are waited for
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			if m.Race && !raceDetector {
				t.Skip("it takes the race detector, go test -race, and that takes cgo")
			}
			r := run(t, m)
			got := failures(r)
			if *update {
				m.Fails, m.Score = m.Reviewed(got), report.Points(r)
				if err := os.WriteFile(filepath.Join("testdata", m.Name+".patch"), []byte(m.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(names(m.Fails), names(got)); diff != "" {
				t.Errorf("%s: the cases that fail mismatch (-want +got):\n%s", m.Title, diff)
				return
			}
			if got, want := report.Points(r), m.Score; got != want {
				t.Errorf("%s: earns %s, want %s", m.Title, got, want)
			}
			for i, f := range m.Fails {
				if !f.Matches(got[i].Says) {
					t.Errorf("%s: %s says\n\t%s\nwant\n\t%s", m.Title, f.Case, got[i].Says, f.Says)
				}
			}
			if len(m.Fails) == 0 {
				t.Errorf("%s: no case catches it", m.Title)
			}
		})
	}
}

func names(failures []mistakes.Failure) []string {
	var all []string
	for _, f := range failures {
		all = append(all, f.Case)
	}
	return all
}

// run grades the program with the mistake in it, as somebody's submission.
func run(t *testing.T, m mistakes.Mistake) report.Report {
	t.Helper()
	r, err := grade.Run(t.Context(), grade.Options{
		Top:        top,
		Exercises:  []grade.Exercise{program(t, m)},
		Submission: submission(t, m),
		Trusted:    true,
		Race:       m.Race,
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Programs[0]; p.Verdict != "" {
		t.Fatalf("%s: its program %s:\n%s", m.Title, p.Verdict, p.Message)
	}
	return r
}

// program returns the exercise with only the program of the mistake, without the
// clients that people use if it can do without.
func program(t *testing.T, m mistakes.Mistake) grade.Exercise {
	t.Helper()
	for _, e := range append(slices.Clip(grade.Exercises), grade.Chapter) {
		for _, p := range e.Programs {
			if path.Join(e.Name, p.Name) == strings.TrimPrefix(m.Program, "solutions/") {
				p.Parts = slices.DeleteFunc(slices.Clone(p.Parts), func(part grade.Part) bool { return part.Test == "TestClients" && !m.Clients })
				e.Programs = []grade.Program{p}
				return e
			}
		}
	}
	t.Fatalf("%s: nothing grades %s", m.Title, m.Program)
	return grade.Exercise{}
}

// submission returns a folder with the right program, to which the patch is applied, in
// the place where a student has it.
func submission(t *testing.T, m mistakes.Mistake) string {
	t.Helper()
	folder := t.TempDir()
	dir := filepath.Join(folder, strings.Replace(m.Program, "solutions/", "exercises/", 1))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(top, m.Program, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	apply := exec.Command("git", "apply", "--recount", "-C1", "-")
	apply.Dir = dir
	apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	apply.Stdin = strings.NewReader(m.Patch)
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("%s: its patch does not fit the program any more: %v\n%s", m.Title, err, out)
	}
	return folder
}

// failures returns the cases that failed, in order, with the first line of what each
// says.
func failures(r report.Report) (failed []mistakes.Failure) {
	for _, part := range r.Programs[0].Parts {
		for _, c := range part.Cases {
			says, _, _ := strings.Cut(c.Message, "\n")
			switch {
			case c.Verdict == isolate.Passed, c.Verdict == suite.Unknown:
				continue
			case c.Verdict == suite.Unreached && !strings.HasPrefix(says, "not run: "): // its whole part was not
				continue
			case c.Group == suite.Extra:
				says = "extra: " + says
			}
			failed = append(failed, mistakes.Failure{Case: c.Test + "/" + c.Name, Says: varying.ReplaceAllString(says, "$1*")})
		}
	}
	return failed
}

// varying matches what may change from run to run or from edit to edit: line numbers,
// ports, counts, times, folders, dates.
var varying = regexp.MustCompile(`(\.go:)\d+|\b\d{5,}\b|\d\d:\d\d:\d\d|[\w./-]*/ftptest\d+|\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d`)

// The table of mistakes is what students read.
func TestTableOfMistakesIsUpToDate(t *testing.T) {
	all, err := mistakes.Read("testdata")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(top, "solutions", "MISTAKES.md")
	want := table(all)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("solutions/MISTAKES.md mismatch; go test ./testutil/mistakes -update writes it (-want +got):\n%s", diff)
	}
}

func table(all []mistakes.Mistake) string {
	var b strings.Builder
	b.WriteString(`# Mistakes that others made

Each of these programs was written by many people before you. The graders are
tested with them: each mistake must be caught by these cases and no others, and
with this message. (Written by ` + "`go test ./testutil/mistakes -update`" + `.)
`)
	program := ""
	slices.SortStableFunc(all, func(a, b mistakes.Mistake) int { return strings.Compare(a.Program, b.Program) })
	for _, m := range all {
		if m.Program != program {
			program = m.Program
			fmt.Fprintf(&b, "\n## %s\n", program)
		}
		fmt.Fprintf(&b, "\n### %s\n\nEarns %s.\n\n", m.Title, m.Score)
		for _, f := range m.Fails {
			_, name, _ := strings.Cut(f.Case, "/")
			fmt.Fprintf(&b, "- `%s`\n  > %s\n", name, strings.ReplaceAll(f.Says, "*", "…"))
		}
	}
	return b.String()
}

// Every case must be the one that catches a mistake: a case that catches none
// is missing its mistake, or has no reason to be.
func TestEveryCaseCatchesAMistake(t *testing.T) {
	all, err := mistakes.Read("testdata")
	if err != nil {
		t.Fatal(err)
	}
	caught := make(map[string]bool)
	for _, m := range all {
		for _, f := range m.Fails {
			_, name, _ := strings.Cut(f.Case, "/")
			caught[name] = true
		}
	}
	for _, name := range cases(t) {
		if !caught[name] {
			t.Errorf("no mistake in testdata is caught by %s", name)
		}
	}
}

// suites are the files with the cases that grade the programs.
var suites = []string{
	"clocktest/clocktest.go", "clocktest/port.go",
	"walltest/walltest.go", "walltest/program.go",
	"ftptest/login.go", "ftptest/directories.go", "ftptest/listings.go", "ftptest/files.go", "ftptest/crowd.go",
	"ftptest/jail.go", "ftptest/robust.go", "ftptest/program.go", "ftptest/clients.go", "ftptest/extras.go",
}

// cases returns the names of all cases.
func cases(t *testing.T) []string {
	t.Helper()
	var all []string
	name := regexp.MustCompile(`(?m)^\t\tName: "(\w+)"`)
	for _, file := range suites {
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		found := name.FindAllStringSubmatch(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s: there are no cases in it", file)
		}
		for _, m := range found {
			all = append(all, m[1])
		}
	}
	slices.Sort(all)
	return all
}
