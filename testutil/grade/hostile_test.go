package grade_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grade"
	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/sandbox"
	"example.com/workbook/testutil/suite"
	"example.com/workbook/testutil/verdict"
)

// hostile are submissions that want points which they have not earned, or do harm. Some
// earn a few all the same: a serve that does nothing returns nil when its listener is
// closed, as it should.
var hostile = []struct {
	name         string
	core, sturdy int
	verdict      verdict.Kind     // on the whole program
	timeout      time.Duration    // a minute if 0
	exercises    []grade.Exercise // clock2 if nil
	bare         bool             // it does no harm without namespaces, if the grader is root's
}{
	{name: "answers-for-itself"},
	{name: "asks-whether-it-is-graded", verdict: verdict.Refused},
	{name: "brings-its-own-tests"},
	{name: "closes-its-folders", bare: true},
	{name: "dumps-its-memory", verdict: verdict.Refused},
	{name: "exits-0"},
	{name: "fills-the-answers", bare: true},
	{name: "fills-the-disk", exercises: serving},
	{name: "fills-the-memory", exercises: serving},
	{name: "forges-results"},
	{name: "forks", bare: true},
	{name: "hangs", timeout: 5 * time.Second},
	{name: "hides-a-race"},
	{name: "hides-its-races", verdict: verdict.Refused},
	{name: "kills", bare: true},
	{name: "prints-without-end", exercises: serving},
	{name: "reaches-into-memory", verdict: verdict.Refused},
	{name: "reaches-into-the-tests", verdict: verdict.Refused},
	{name: "reads-its-memory"},
	{name: "removes-files"},
	{name: "runs-ahead", bare: true},
	{name: "selects-no-tests"},
	{name: "stops-itself", bare: true},
}

// serving is clock2 with its first part alone, for programs that do the same harm in all and
// take long to do it.
var serving = []grade.Exercise{firstPart(clock2[0])}

func firstPart(e grade.Exercise) grade.Exercise {
	p := e.Programs[0]
	p.Parts = p.Parts[:1]
	e.Programs = []grade.Program{p}
	return e
}

func TestHostileSubmissionEarnsWhatItHasAndHarmsNothing(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" {
		t.Skip("runs programs that hang, which takes a minute; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if err := sandbox.Namespaces(); err != nil {
		t.Skipf("nothing would hold these programs here: %v", err)
	}
	before := fingerprint(t)
	for i, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			gradeHostile(t, i)
		})
	}
	t.Cleanup(func() {
		if diff := cmp.Diff(before, fingerprint(t)); diff != "" {
			t.Errorf("files of the workbook have changed (-before +after):\n%s", diff)
		}
		wantNoStrays(t)
	})
}

// gradeHostile grades one of the hostile submissions.
func gradeHostile(t *testing.T, i int) {
	t.Helper()
	tt := hostile[i]
	opts := grade.Options{Submission: filepath.Join("testdata", "hostile", tt.name), Exercises: clock2, Timeout: time.Minute, Race: raceDetector}
	if tt.exercises != nil {
		opts.Exercises = tt.exercises
	}
	if tt.timeout > 0 {
		opts.Timeout = tt.timeout
	}
	r := run(t, opts)
	if got, want := r.Score(suite.Core).Earned, tt.core; got != want {
		t.Errorf("it has earned %d core points, want %d", got, want)
	}
	if got, want := r.Score(suite.Sturdy).Earned, tt.sturdy; got != want {
		t.Errorf("it has earned %d sturdy points, want %d", got, want)
	}
	if got, want := r.Programs[0].Verdict.Kind, tt.verdict; got != want {
		t.Errorf("the verdict on it is %q, want %q", got, want)
	}
	if t.Failed() {
		report.Text(t.Output(), r, report.Style{Verbose: true})
	}
}

// wantNoStrays wants no process that a submission has started.
func wantNoStrays(t *testing.T) {
	t.Helper()
	for _, line := range processes(t) {
		if strings.Contains(line, "86399") {
			t.Errorf("a process that a submission has started is still there: %q", line)
		}
	}
}

// In a container of Docker, root has no namespaces, but can become another user.
func TestHostileSubmissionLeavesNothingBehindWithoutNamespaces(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" {
		t.Skip("runs programs that do harm; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if os.Getuid() != 0 {
		t.Skip("nothing would hold these programs here")
	}
	if sandbox.Namespaces() == nil {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "setpriv", "--inh-caps=-sys_admin,-sys_resource", "--bounding-set=-sys_admin,-sys_resource",
			exe, "-test.run=^"+t.Name()+"$", "-test.v")
		if cmd.Err != nil {
			t.Skip(cmd.Err)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with the capabilities that Docker leaves: %v\n%s", err, out)
		}
		return
	}
	temp, err := os.MkdirTemp("", "hostile") // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temp) })
	if err := os.Chmod(temp, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	for i, tt := range hostile {
		if tt.bare {
			t.Run(tt.name, func(t *testing.T) {
				gradeHostile(t, i)
				wantNoStrays(t)
				if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
					t.Errorf("in the folder of temporary files there are %v, %v, want none", left, err)
				}
			})
		}
	}
	r := run(t, grade.Options{Submission: submission(t, filepath.Join(top, "solutions")), Exercises: clock2, Race: raceDetector})
	for _, part := range r.Programs[0].Parts {
		for _, c := range part.Cases {
			if c.Verdict.Failed() {
				t.Errorf("a right program that is graded after these fails %s/%s: %v", part.Test, c.Name, c.Verdict)
			}
		}
	}
}

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

// fingerprint returns the sums of all files of the workbook, by name.
func fingerprint(t *testing.T) map[string]string {
	t.Helper()
	sums := make(map[string]string)
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".git":
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(name)
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// processes returns the command lines of all processes.
func processes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil { // it may have ended
			lines = append(lines, string(text))
		}
	}
	return lines
}
