package mistakes_test

import (
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

var update = flag.Bool("update", false, "rewrite what the mistakes are caught by")

var catching = flag.String("catches", "", "grade those mistakes only that are caught by a case which matches this `pattern`")

const top = "../../.." // of the workbook

func TestMain(m *testing.M) {
	grade.TakeRole()
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
	if suite.Slow(t) == "" && !*update && *catching == "" {
		t.Skip("builds many programs, which takes a minute; runs if the environment variable WORKBOOK_SLOW is set")
	}
	pattern, err := regexp.Compile(*catching)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("git"); err != nil && os.Getenv("CI") == "" {
		t.Skipf("git, which applies the patches, is not installed: %v", err)
	}
	for _, m := range slices.Backward(read(t)) { // the walls first: some of them are waited for
		if !slices.ContainsFunc(m.Fails, func(f mistakes.Failure) bool { return pattern.MatchString(f.Case) }) && *catching != "" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			if m.Race && !grade.RaceDetector(t.Context()) {
				t.Skip("it needs the race detector, which requires cgo")
			}
			r := run(t, m)
			got := slices.DeleteFunc(failures(r), func(f mistakes.Failure) bool { return mayFail(m, f) })
			if *update {
				m.Fails, m.Score, m.First = m.Reviewed(got), report.Points(r), first(r)
				if err := os.WriteFile(filepath.Join("testdata", m.Name+".patch"), []byte(m.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(names(m.Fails), names(got)); diff != "" {
				t.Errorf("%s: the cases that fail mismatch (-want +got):\n%s", m.Title, diff)
				return
			}
			if got, want := report.Points(r), m.Score; got != want && whole(m) && unsteady[m.Name] == nil {
				t.Errorf("%s: earns %s, want %s", m.Title, got, want)
			}
			if diff := cmp.Diff(m.First, first(r)); diff != "" {
				t.Errorf("%s: what is shown first mismatch (-want +got):\n%s", m.Title, diff)
			}
			for i, f := range m.Fails {
				if !f.Matches(got[i].Says) {
					t.Errorf("%s: %s says\n\t%s\nwant\n\t%s", m.Title, f.Case, got[i].Says, f.Says)
				}
			}
			if len(m.Fails) == 0 {
				t.Errorf("%s: no case catches it", m.Title)
			}
			if slices.Contains(forgetGo, m.Name) {
				checkNamesGo(t, r)
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

// run grades the program with the mistake in it, as a submission.
func run(t *testing.T, m mistakes.Mistake) report.Report {
	t.Helper()
	return gradeSubmission(t, m, submission(t, m, m.Program))
}

// gradeSubmission grades the program of m in a submission.
func gradeSubmission(t *testing.T, m mistakes.Mistake, submission string) report.Report {
	t.Helper()
	e := program(t, m)
	if !whole(m) {
		p := &e.Programs[0]
		all := slices.Clone(p.Parts)
		p.Parts = slices.DeleteFunc(p.Parts, func(part grade.Part) bool {
			return !catches(m, part.Test) && !fails(m, all, part.Suite().After)
		})
	}
	r, err := grade.Run(t.Context(), grade.Options{
		Top:        top,
		Exercises:  []grade.Exercise{e},
		Submission: submission,
		Trusted:    true,
		Race:       m.Race,
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Programs[0]; p.Verdict.Kind != "" {
		t.Fatalf("%s: its program %s:\n%s", m.Title, p.Verdict, p.Verdict.Message)
	}
	return r
}

// program returns the exercise with only the program of the mistake, without the
// clients that people use if it can do without.
func program(t *testing.T, m mistakes.Mistake) grade.Exercise {
	t.Helper()
	for _, e := range exercises() {
		for _, p := range e.Programs {
			if path.Join(e.Name, p.Name) == strings.TrimPrefix(m.Program, "solutions/") {
				p.Parts = slices.DeleteFunc(slices.Clone(p.Parts), func(part grade.Part) bool {
					return part.Test == "TestClients" && !m.Clients
				})
				e.Programs = []grade.Program{p}
				return e
			}
		}
	}
	t.Fatalf("%s: nothing grades %s", m.Title, m.Program)
	return grade.Exercise{}
}

// whole reports whether a mistake is graded by all parts of its program. By default, one of
// a program of many parts is graded by those that catch it, since the others take most of
// the time; WORKBOOK_SLOW=all asks for all. A race or a leak may be noticed by any part.
func whole(m mistakes.Mistake) bool {
	if *update || os.Getenv("WORKBOOK_SLOW") == "all" || m.Race || !strings.HasPrefix(m.Program, "solutions/ex8.2/") {
		return true
	}
	return slices.ContainsFunc(m.Fails, func(f mistakes.Failure) bool { return strings.HasSuffix(f.Case, "/leaks_no_goroutine") })
}

// catches reports whether a case of a test catches m.
func catches(m mistakes.Mistake, test string) bool {
	return slices.ContainsFunc(m.Fails, func(f mistakes.Failure) bool { return strings.HasPrefix(f.Case, test+"/") })
}

// fails reports whether all cases of a test fail with m, so that the parts that need the test are
// not run. Their points count for the cause of that.
func fails(m mistakes.Mistake, parts []grade.Part, test string) bool {
	i := slices.IndexFunc(parts, func(part grade.Part) bool { return part.Test == test })
	if i < 0 {
		return false
	}
	s := parts[i].Suite()
	return fails(m, parts, s.After) || !slices.ContainsFunc(s.Cases, func(c suite.Bound) bool {
		return !slices.ContainsFunc(m.Fails, func(f mistakes.Failure) bool { return f.Case == test+"/"+c.Name })
	})
}

// submission returns a folder with a right program, to which the patch of m is applied, in
// the place where a student has it.
func submission(t *testing.T, m mistakes.Mistake, right string) string {
	t.Helper()
	folder := t.TempDir()
	dir := filepath.Join(folder, strings.Replace(m.Program, "solutions/", "exercises/", 1))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(top, right, "*.go"))
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
			if c.Verdict.Failed() || c.Verdict.Kind == verdict.NotRun && !notRun(part) {
				failed = append(failed, failure(c))
			}
		}
	}
	return failed
}

// unsteady match what may go wrong or not, by the name of the mistake: a real flood keeps
// a busy machine from reading the clocks in time, and the runtime ends a program that
// changes a map in two goroutines only if they do so in the same instant.
var unsteady = map[string]*regexp.Regexp{
	"wall-floods":        regexp.MustCompile(`^TestProgram/shows_real_clocks: `),
	"ftpd-race-on-a-map": regexp.MustCompile(`uses a map while another goroutine changes it`),
}

// mayFail reports whether f is a failure that a program with the mistake m has or not.
func mayFail(m mistakes.Mistake, f mistakes.Failure) bool {
	pattern := unsteady[m.Name]
	return pattern != nil && pattern.MatchString(f.Case+": "+f.Says)
}

// forgetGo are the mistakes that are made by forgetting the word go.
var forgetGo = []string{"clock2-no-go", "wall-dials-in-turn", "wall-reads-in-turn", "ftpd-no-go"}

var wordGo = regexp.MustCompile(`\bgo\b`)

// checkNamesGo wants what is shown first, its rule and its first hint to be about go.
func checkNamesGo(t *testing.T, r report.Report) {
	t.Helper()
	var board strings.Builder
	if err := report.Text(&board, r, report.Style{}); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(board.String(), "✗")
	if line := strings.Split(after+"\n\n", "\n")[1]; !strings.Contains(line, "not concurrent") {
		t.Errorf("the first line under the first ✗ is %q, want it to say that the program is not concurrent", line)
	}
	f, _ := r.First()
	if v := f.Case.Verdict; v.Kind != verdict.NotConcurrent || !wordGo.MatchString(v.Rule) {
		t.Errorf("the rule that is shown first is %q of %s, want one about go", v.Rule, v.About)
	}
	hints, err := hint.Read(filepath.Join(top, path.Dir(f.Program.Dir), hint.File))
	if err != nil {
		t.Fatal(err)
	}
	if found := grade.Hints(hints, f.Case); len(found) == 0 || !wordGo.MatchString(found[0].Text) {
		t.Errorf("the first hints for %s are %+v, want the first to be about go", f.Case.Verdict.About, found)
	}
}

// first returns what is shown first of a program that is wrong.
func first(r report.Report) mistakes.First {
	f, ok := r.First()
	v := f.Case.Verdict
	if !ok { // only extra cases have failed
		v = firstExtra(r).Verdict
	}
	shown := mistakes.First{Rule: v.About, Begin: v.Func}
	if len(v.Hints) > 0 {
		shown.Hint = v.Hints[0]
	}
	return shown
}

// firstExtra returns the first extra case that has failed.
func firstExtra(r report.Report) suite.Record {
	for _, part := range r.Programs[0].Parts {
		for _, c := range part.Cases {
			if c.Group == suite.Extra && c.Verdict.Failed() {
				return c
			}
		}
	}
	return suite.Record{}
}

// notRun reports whether no case of a part was run.
func notRun(part report.Part) bool {
	return !slices.ContainsFunc(part.Cases, func(c suite.Record) bool { return c.Verdict.Kind != verdict.NotRun })
}

// failure returns the case, and the first line of what it says.
func failure(c suite.Record) mistakes.Failure {
	says, _, _ := strings.Cut(c.Verdict.String(), "\n")
	if c.Group == suite.Extra {
		says = "extra: " + says
	}
	says = inCase.ReplaceAllString(races.ReplaceAllString(says, "uses${1}uses it"), "$1 (in *)")
	return mistakes.Failure{Case: c.Test + "/" + c.Name, Says: varying.ReplaceAllString(says, "$1*")}
}

// varying matches what may change from run to run or from edit to edit: line numbers,
// ports, counts, times, folders, dates.
var varying = regexp.MustCompile(`(\.go:|\bfile)\d+|\b\d{5,}\b|\d\d:\d\d:\d\d|[\w./-]*/ftptest\d+|\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d`)

// races matches what is said of a data race: who of the two reads or writes may change, and
// inCase in which case it was seen.
var (
	races  = regexp.MustCompile(`(?:reads|writes)( a variable while \S+ )(?:reads|writes) it`)
	inCase = regexp.MustCompile(`( at the same time| it) \(in \w+\)`)
)

// What the README shows of the grader is what it says of a known mistake.
func TestSampleOfTheREADMEIsTrue(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	sample := regexp.MustCompile("(?s)```\n(    ✗ .*?)```").FindStringSubmatch(string(readme))
	if sample == nil {
		t.Fatal("README.md has no sample of what the grader says")
	}
	all := read(t)
	i := slices.IndexFunc(all, func(m mistakes.Mistake) bool { return m.Name == "clock2-no-go" })
	if i < 0 {
		t.Fatal("there is no mistake clock2-no-go")
	}
	var board strings.Builder
	if err := report.Text(&board, run(t, all[i]), report.Style{Brief: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(board.String(), sample[1]) {
		t.Errorf("README.md shows\n%s\nwhich is not in the scoreboard of the known mistake:\n%s", sample[1], board.String())
	}
}

func TestMistakesAreOfProgramsThatAreGraded(t *testing.T) {
	for _, m := range read(t) {
		program(t, m)
	}
}

// exercises returns all that is graded, in the order of the workbook.
func exercises() []grade.Exercise {
	return append([]grade.Exercise{grade.Chapter}, grade.Exercises...)
}

// read returns all mistakes.
func read(t *testing.T) []mistakes.Mistake {
	t.Helper()
	all, err := mistakes.Read("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there are no mistakes in testdata")
	}
	return all
}
