//go:build unix

// Package sites tests the scripts by which PrairieLearn, Autolab, VPL, Artemis and clusters
// grade, with a grader that does as it is told.
package sites

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A runner is a machine on which a script grades.
type runner struct{ root, workbook string }

// newRunner returns a runner with a workbook that holds the scripts, and a go command that is
// a script: $out is the file it is to write.
func newRunner(t *testing.T, workbook, script string) runner {
	t.Helper()
	for _, program := range []string{"bash", "tar", "make"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := runner{root, filepath.Join(root, workbook)}
	for _, name := range []string{"prairielearn.sh", "autolab.sh", "autolab.mk", "vpl_evaluate.sh", "artemis.sh", "cluster/part.sh", "cluster/slurm.sh", "cluster/parallel.sh"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r.write(t, filepath.Join(workbook, "testutil", "sites", name), string(text))
	}
	r.write(t, "bin/go", `#!/usr/bin/env bash
printf '%s\n' "$PWD" "$@" >"$ROOT/args"
while (($#)); do
	[[ $1 != -o ]] || out=$2
	[[ $1 != -submission ]] || ls "$2" >"$ROOT/submission"
	shift
done
`+script)
	return r
}

func (r runner) write(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join(r.root, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
}

// read returns the text of a file; "" if there is none.
func (r runner) read(name string) string {
	text, err := os.ReadFile(filepath.Join(r.root, name))
	if err != nil {
		return ""
	}
	return string(text)
}

// run runs a command in a folder, and returns what it prints to standard output.
func (r runner) run(t *testing.T, dir string, command ...string) (out string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = filepath.Join(r.root, dir)
	cmd.Env = append(os.Environ(), "ROOT="+r.root, "HOME="+cmd.Dir, "GRADE_FOLDER="+filepath.Join(r.root, "grade"),
		"PATH="+filepath.Join(r.root, "bin")+":"+os.Getenv("PATH"))
	cmd.WaitDelay = time.Second
	text, err := cmd.Output()
	return string(text), err
}

// args returns how the go command was called.
func (r runner) args() []string { return strings.Fields(r.read("args")) }

const (
	pointsLost = `echo result >"$out"; echo ::message >&2; exit 1`
	trouble    = `echo result >"$out"; exit 2`
)

func TestPrairieLearnHasAResultAndStatus0(t *testing.T) {
	r := newRunner(t, "grade/serverFilesCourse/workbook", pointsLost)
	r.write(t, "grade/student/clock2.go", "")
	out, err := r.run(t, "", filepath.Join(r.workbook, "testutil", "sites", "prairielearn.sh"), "ex8.1")
	if err != nil || r.read("grade/results/results.json") != "result\n" {
		t.Errorf("prairielearn.sh: %v, output %q, result %q, want the grader's result", err, out, r.read("grade/results/results.json"))
	}
	want := []string{
		r.workbook, "tool", "workbook", "grade", "-submission", filepath.Join(r.root, "grade/student"), "-timeout", "180s",
		"-format", "prairielearn", "-o", filepath.Join(r.root, "grade/results/results.json"), "ex8.1",
	}
	if diff := cmp.Diff(want, r.args()); diff != "" {
		t.Errorf("the go command mismatch (-want +got):\n%s", diff)
	}
}

func TestPrairieLearnHasNoResultOfAProblem(t *testing.T) {
	for _, grader := range []string{trouble, "exit 0", "kill -9 $$"} {
		r := newRunner(t, "grade/serverFilesCourse/workbook", grader)
		r.write(t, "grade/student/clock2.go", "")
		r.write(t, "grade/results/results.json", "forged")
		_, err := r.run(t, "", filepath.Join(r.workbook, "testutil", "sites", "prairielearn.sh"))
		if err == nil || r.read("grade/results/results.json") != "" {
			t.Errorf("with a grader that does %q: %v, result %q, want an error and none", grader, err, r.read("grade/results/results.json"))
		}
	}
}

// autolab lays out what Autolab does, and runs make.
func autolab(t *testing.T, grader, handin string) (r runner, out string, err error) {
	t.Helper()
	r = newRunner(t, "teacher/workbook", grader)
	r.write(t, "job/"+handin, "handed in")
	r.write(t, "job/Makefile", strings.Replace(r.read("teacher/workbook/testutil/sites/autolab.mk"), "handin.zip", handin, 1))
	if _, err := r.run(t, "teacher", "tar", "-cf", "../job/autograde.tar", "workbook"); err != nil {
		t.Fatal(err)
	}
	out, err = r.run(t, "job", "make", "--no-print-directory")
	return r, out, err
}

func TestAutolabEndsWithThePoints(t *testing.T) {
	for handin, submission := range map[string]string{"handin.zip": "job/handin.zip", "clock2.go": ""} {
		r, out, err := autolab(t, pointsLost, handin)
		if err != nil || !strings.HasSuffix(out, "::message\nresult\n") {
			t.Errorf("%s: make: %v, output\n%s\nwant the messages, and then the result", handin, err, out)
		}
		args := r.args()
		want := filepath.Join(r.root, submission)
		if submission == "" {
			want = args[5]
			if got := r.read("submission"); got != "clock2.go\n" {
				t.Errorf("%s: the folder of the submission has %q, want the file only", handin, got)
			}
		}
		if args[5] != want || args[len(args)-1] != "all" {
			t.Errorf("%s: the go command was called with %q, want the submission %s, and all exercises", handin, args, want)
		}
	}
}

func TestAutolabHasNoPointsOfAProblem(t *testing.T) {
	_, out, err := autolab(t, trouble, "handin.zip")
	if err == nil || !strings.HasSuffix(out, "autolab.sh: the grader ended with status 2\n") || strings.Contains(out, "result") {
		t.Errorf("make: %v, output\n%s\nwant an error, and no result", err, out)
	}
}

func TestVPLPrintsTheGrade(t *testing.T) {
	for _, tt := range []struct{ grader, want string }{
		{`echo "$VPL_GRADEMAX" >"$out"; exit 1`, "20\n"},
		{trouble, "Comment :=>>The grader ended with status 2. Your program is not the reason.\n"},
		{`echo 'Grade :=>>100' >&2; exit 2`, "Comment :=>>The grader ended with status 2. Your program is not the reason.\nComment :=>>Grade :=>>100\n"},
	} {
		r := newRunner(t, "teacher/workbook", tt.grader)
		r.write(t, "home/clock2.go", "")
		r.write(t, "home/vpl_environment.sh", "VPL_GRADEMAX=20\n")
		r.write(t, "home/vpl_evaluate.sh", r.read("teacher/workbook/testutil/sites/vpl_evaluate.sh"))
		if _, err := r.run(t, "teacher", "tar", "-cf", "../home/workbook.tar", "workbook"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.run(t, "home", "bash", "vpl_evaluate.sh"); err != nil {
			t.Fatal(err)
		}
		out, err := r.run(t, "home", "./vpl_execution")
		if err != nil || out != tt.want {
			t.Errorf("with a grader that does %q, vpl_execution: %v, output %q, want %q", tt.grader, err, out, tt.want)
		}
		args := r.args()
		if args[0] != filepath.Join(r.root, "home", ".workbook") || args[5] != filepath.Join(r.root, "home") {
			t.Errorf("the go command was called with %q, want the workbook in a folder that begins with a dot", args)
		}
	}
}

func TestArtemisHasAResultAndStatus0(t *testing.T) {
	for _, tt := range []struct {
		grader, result string
		ok             bool
	}{
		{pointsLost, "result\n", true},
		{trouble, "", false},
		{"exit 0", "", false},
	} {
		r := newRunner(t, "build/tests", tt.grader)
		r.write(t, "build/assignment/clock2.go", "")
		r.write(t, "build/test-reports/results.xml", "forged")
		_, err := r.run(t, "build", filepath.Join(r.workbook, "testutil", "sites", "artemis.sh"), "ex8.1")
		if got := r.read("build/test-reports/results.xml"); (err == nil) != tt.ok || got != tt.result {
			t.Errorf("with a grader that does %q: %v, result %q, want %q", tt.grader, err, got, tt.result)
		}
		args := r.args()
		if args[5] != filepath.Join(r.root, "build/assignment") || args[len(args)-1] != "ex8.1" {
			t.Errorf("the go command was called with %q, want the folder of the assignment, and ex8.1", args)
		}
	}
}
