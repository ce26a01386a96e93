package mistakes_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/mistakes"
)

var update = flag.Bool("update", false, "rewrite what the mistakes are caught by")

const top = "../.." // of the workbook

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "6") // some of the mistakes are caught by waiting
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
			got := grade(t, m)
			if *update {
				m.Fails = m.Reviewed(got)
				if err := os.WriteFile(filepath.Join("testdata", m.Name+".patch"), []byte(m.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(names(m.Fails), names(got)); diff != "" {
				t.Errorf("%s: the cases that fail mismatch (-want +got):\n%s", m.Title, diff)
				return
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

// tests returns a pattern for the tests that hold cases.
func tests(m mistakes.Mistake) string {
	pattern := "Clock|Port|Wall|Login|Directories|Listings|Files|Sessions|Transfers|Jail|Robust|Program|Extras"
	if m.Clients {
		pattern += "|Clients"
	}
	return "^Test(" + pattern + ")$"
}

func names(failures []mistakes.Failure) []string {
	var all []string
	for _, f := range failures {
		all = append(all, f.Case)
	}
	return all
}

// grade runs the tests of the program with the mistake in it, and returns the
// cases that fail, in order, with the first line of what each says.
func grade(t *testing.T, m mistakes.Mistake) []mistakes.Failure {
	t.Helper()
	args := []string{"test", "-json", "-count=1", "-vet=off", "-ldflags=-s -w", "-run=" + tests(m), "-overlay=" + overlay(t, m)}
	if m.Race {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "./"+m.Program)...)
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC", "GORACE=atexit_sleep_ms=0", "WORKBOOK_PATIENCE=10s",
		"GOGC=400") // half of the time goes into compiling and linking
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	failures, built := failures(out)
	if !built {
		t.Fatalf("%s: its program does not build:\n%s%s", m.Title, out, stderr.Bytes())
	}
	return failures
}

// overlay applies the mistake's patch to a copy of the program, and returns a
// file for the -overlay flag of the go command that puts it in the place of
// the right one.
func overlay(t *testing.T, m mistakes.Mistake) string {
	t.Helper()
	dir := t.TempDir()
	program, err := filepath.Abs(filepath.Join(top, m.Program))
	if err != nil {
		t.Fatal(err)
	}
	replace := make(map[string]string)
	for _, name := range m.Files() {
		text, err := os.ReadFile(filepath.Join(program, name))
		if err != nil {
			t.Fatal(err)
		}
		wrong := filepath.Join(dir, name)
		if err := os.WriteFile(wrong, text, 0o644); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(program, name)] = wrong
	}
	apply := exec.Command("git", "apply", "--recount", "-C1", "-")
	apply.Dir = dir
	apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	apply.Stdin = strings.NewReader(m.Patch)
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("%s: its patch does not fit the program any more: %v\n%s", m.Title, err, out)
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// failures returns the subtests that failed in the output of go test -json, and
// whether there were any tests at all.
func failures(output []byte) (failed []mistakes.Failure, any bool) {
	said := make(map[string]string)
	for line := range bytes.Lines(output) {
		var event struct{ Action, Test, Output string }
		if json.Unmarshal(line, &event) != nil || event.Test == "" {
			continue
		}
		any = true
		if message, ok := messageIn(event.Output); ok && said[event.Test] == "" {
			said[event.Test] = message
		}
		lost := event.Action == "fail" || event.Action == "skip" && strings.HasPrefix(said[event.Test], "extra: ")
		if lost && strings.Contains(event.Test, "/") {
			failed = append(failed, mistakes.Failure{Case: event.Test, Says: said[event.Test]})
		}
	}
	return failed, any
}

var (
	messageLine = regexp.MustCompile(`^ +\w+_test\.go:\d+: (.*)\n$`)
	varying     = regexp.MustCompile(`(\.go:)\d+|\b\d{5,}\b|\d\d:\d\d:\d\d|/[\w/]*/ftptest\d+|\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d`) // line numbers, ports, counts, times, folders, dates
)

// messageIn returns the message in a line of a test's output, with * for what
// may change from run to run or from edit to edit.
func messageIn(output string) (message string, ok bool) {
	m := messageLine.FindStringSubmatch(output)
	if m == nil {
		return "", false
	}
	return varying.ReplaceAllString(m[1], "$1*"), true
}

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
		fmt.Fprintf(&b, "\n### %s\n\n", m.Title)
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
