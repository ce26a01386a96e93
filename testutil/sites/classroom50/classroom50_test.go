//go:build unix

// Package classroom50 tests the scripts by which Classroom 50 and GitHub Actions grade,
// with a grader that does as it is told.
package classroom50

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/program"
)

const top = "../../.." // of the workbook

// A runner is a machine on which a script grades.
type runner struct {
	root     string
	checkout string // of the student's repository
	bundle   string // of the teacher
	env      []string
}

// newRunner returns a runner with a workbook in its bundle, and a go command that is
// a script: $out is the file it is to write.
func newRunner(t *testing.T, script string, programs ...string) runner {
	t.Helper()
	for _, program := range append(programs, "bash") {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := runner{root: root, checkout: filepath.Join(root, "checkout"), bundle: filepath.Join(root, "bundle")}
	write(t, filepath.Join(r.checkout, "exercises", "ex8.1", "clock2", "clock2.go"), "package main\n")
	write(t, filepath.Join(r.bundle, "workbook", "go.mod"), "module example.com/workbook\n\ngo 1.26.5\n")
	write(t, filepath.Join(root, "bin", "go"), `#!/usr/bin/env bash
printf '%s\n' "$PWD" "$@" >"$ROOT/args"
while (($#)); do
	[[ $1 != -o ]] || out=$2
	shift
done
`+script)
	r.env = append(os.Environ(), "ROOT="+root, "PATH="+filepath.Join(root, "bin")+":"+os.Getenv("PATH"))
	return r
}

// run runs a command in the checkout, and returns what it prints.
func (r runner) run(t *testing.T, env []string, command ...string) (out string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = r.checkout
	cmd.Env = append(r.env[:len(r.env):len(r.env)], env...)
	cmd.WaitDelay = time.Second
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// python returns the program that is called python3, which may be a script that looks
// for it, and takes its time.
var python = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	return strings.TrimSpace(string(out)), err
})

// python runs a script in Python.
func (r runner) python(t *testing.T, env, script string) (out string, err error) {
	t.Helper()
	program, err := python()
	if err != nil {
		t.Skip(err)
	}
	return r.run(t, []string{env}, program, script)
}

// autograder runs the script of Classroom 50, of which some text is replaced.
func (r runner) autograder(t *testing.T, old, new string) (out string, err error) {
	t.Helper()
	script := filepath.Join(r.bundle, "autograder.py")
	write(t, script, strings.ReplaceAll(read(t, "autograder.py"), old, new))
	return r.python(t, "CLASSROOM50_BUNDLE_DIR="+r.bundle, script)
}

func (r runner) body() string   { return filepath.Join(r.checkout, "release-body.md") }
func (r runner) result() string { return filepath.Join(r.checkout, "result.json") }

func TestAutograderWritesTheResult(t *testing.T) {
	const result = `{"score": 4, "max-score": 5, "tests": [{"test-name": "1.1.1"}]}` + "\n"
	const writes = `echo '{"score": 4, "max-score": 5, "tests": [{"test-name": "1.1.1"}]}' >"$out"; `
	precious := filepath.Join(t.TempDir(), "precious")
	write(t, precious, "of the teacher")
	tests := []struct {
		name, grader string
		before       func(t *testing.T, r runner)
	}{
		{"if_all_is_right", writes + "exit 0", nil},
		{"if_points_are_lost", writes + "exit 1", nil},
		{"over_one_that_is_there", writes + "exit 1", func(t *testing.T, r runner) {
			write(t, r.result(), `{"score": 5}`)
		}},
		{"over_a_link", writes + "exit 1", func(t *testing.T, r runner) {
			if err := os.Symlink(precious, r.result()); err != nil {
				t.Fatal(err)
			}
		}},
		{"over_a_folder", writes + "exit 1", func(t *testing.T, r runner) {
			write(t, filepath.Join(r.result(), "file"), "")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRunner(t, tt.grader)
			if tt.before != nil {
				tt.before(t, r)
			}
			if out, err := r.autograder(t, "", ""); err != nil {
				t.Fatalf("autograder.py = %v\n%s", err, out)
			}
			if diff := cmp.Diff(result, read(t, r.result())); diff != "" {
				t.Errorf("result.json mismatch (-want +got):\n%s", diff)
			}
			want := []string{
				filepath.Join(r.bundle, "workbook"), "tool", "workbook", "grade", "-submission", r.checkout,
				"-timeout", "200s", "-format", "classroom50", "-o", r.result(), "all",
			}
			if diff := cmp.Diff(want, strings.Fields(read(t, filepath.Join(r.root, "args")))); diff != "" {
				t.Errorf("the go command mismatch (-want +got):\n%s", diff)
			}
		})
	}
	if got := read(t, precious); got != "of the teacher" {
		t.Errorf("what a link leads to is now %q", got)
	}
}

func TestAutograderSaysThatTheGraderIsInTrouble(t *testing.T) {
	const forged = `{"score": 5, "max-score": 5, "tests": [{"test-name": "forged"}]}`
	tests := []struct{ name, grader, old, new, want string }{
		{"if_that_says_so", `echo '{"tests": [{}]}' >"$out"; exit 2`, "", "", "the grader ended with status 2"},
		{"if_it_is_killed", `echo '{"tests": [{}]}' >"$out"; kill -9 $$`, "", "", "the grader ended with status -9"},
		{"if_it_writes_nothing", `exit 0`, "", "", "read the result of the grader: FileNotFoundError"},
		{"if_it_writes_half", `echo '{"tests": [{}' >"$out"`, "", "", "read the result of the grader: JSONDecodeError"},
		{"if_it_writes_something_else", `echo '[]' >"$out"`, "", "", "read the result of the grader: TypeError"},
		{"if_there_are_no_tests", `echo '{"tests": []}' >"$out"`, "", "", "there are no tests"},
		{"if_it_hangs", `exec sleep 600`, "LIMIT = 11 * 60", "LIMIT = 0", "the grader took longer than"},
		{"if_there_is_no_go", "", `"go", "tool"`, `"no-such-go", "tool"`, "start the grader: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRunner(t, tt.grader)
			write(t, r.result(), forged)
			write(t, r.body(), "forged")
			out, err := r.autograder(t, tt.old, tt.new)
			if _, failed := errors.AsType[*exec.ExitError](err); !failed || !strings.Contains(out, "autograder.py: "+tt.want) {
				t.Errorf("autograder.py = %v, and it printed\n%s\nwant an exit status and %q", err, out, tt.want)
			}
			if _, err := os.Lstat(r.result()); err == nil {
				t.Errorf("there is a result.json: %s", read(t, r.result()))
			}
			if _, err := os.Lstat(r.body()); err == nil {
				t.Errorf("there is a release-body.md: %s", read(t, r.body()))
			}
		})
	}
}

func TestAutograderFindsTheWorkbookOfTheTeacher(t *testing.T) {
	const mod = "module example.com/workbook\n"
	tests := []struct {
		name, script string // from the root
		workbooks    []string
		env          string
		want         string // the workbook; none if empty
	}{
		{"in_the_bundle", "runner/autograder.py", []string{"runner", "bundle/workbook"}, "bundle", "bundle/workbook"},
		{"that_is_the_bundle", "bundle/autograder.py", []string{"bundle"}, "bundle", "bundle"},
		{"beside_the_script", "scripts/autograder.py", []string{"scripts/workbook"}, "", "scripts/workbook"},
		{"above_the_script", "teacher/testutil/sites/classroom50/autograder.py", []string{"teacher"}, "", "teacher"},
		{"and_not_that_of_the_student", "checkout/testutil/sites/classroom50/autograder.py",
			[]string{"checkout", "checkout/testutil/sites/classroom50/workbook"}, "", ""},
		{"or_says_that_there_is_none", "scripts/autograder.py", nil, "bundle", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRunner(t, `echo '{"tests": [{}]}' >"$out"`)
			if err := os.RemoveAll(r.bundle); err != nil {
				t.Fatal(err)
			}
			path := func(name string) string { return filepath.Join(r.root, filepath.FromSlash(name)) }
			write(t, path(tt.script), read(t, "autograder.py"))
			for _, dir := range tt.workbooks {
				write(t, path(dir+"/go.mod"), mod)
			}
			bundle := ""
			if tt.env != "" {
				bundle = path(tt.env)
			}
			out, err := r.python(t, "CLASSROOM50_BUNDLE_DIR="+bundle, path(tt.script))
			if tt.want == "" {
				if err == nil || !strings.Contains(out, "autograder.py: there is no workbook") {
					t.Errorf("autograder.py = %v, and it printed\n%s\nwant that there is no workbook", err, out)
				}
				return
			}
			if err != nil {
				t.Fatalf("autograder.py = %v\n%s", err, out)
			}
			if got := strings.Fields(read(t, path("args")))[0]; got != path(tt.want) {
				t.Errorf("the grader was started in %s, want %s", got, path(tt.want))
			}
		})
	}
}

// graded is a report, of which 4 of 8 core and robustness points are earned.
const graded = `{
  "title": "All exercises",
  "score": {"core": {"earned": 4, "max": 7}, "robustness": {"earned": 0, "max": 1}, "extra": {"earned": 1, "max": 2}},
  "notes": ["without the race detector"],
  "programs": [
    {"exercise": "ex8.1", "name": "clock2", "parts": [{"test": "TestClock", "cases": [
      {"name": "writes_the_time", "group": "core", "verdict": "passed", "points": 4, "earned": 4},
      {"name": "serves_two", "group": "robustness", "verdict": "not concurrent", "points": 1, "earned": 0,
       "message": "not concurrent:\n` + "```" + `\n::set-output name=result::forged\n# 8 of 8", "why": "Is the word go there?"},
      {"name": "takes_names", "group": "extra", "verdict": "passed", "points": 1, "earned": 1},
      {"name": "takes_port_0", "group": "extra", "verdict": "wrong answer", "points": 1, "earned": 0, "message": "it ends"}
    ]}]},
    {"exercise": "ex8.2", "name": "ftpd", "verdict": "does not compile", "message": "ftpd.go:1:1:\n# x", "parts": [{"test": "TestLogin", "cases": [
      {"name": "greets", "group": "core", "verdict": "does not compile", "points": 3, "earned": 0, "message": "ftpd.go:1:1:"}
    ]}]}
  ]
}`

const wantSummary = `## All exercises

core 4 of 7 points, robustness 0 of 1 points, extra 1 of 2 points

without the race detector

### clock2

- ✓ writes the time
- ✗ serves two (robustness, 1 points)

      not concurrent:
      ` + "```" + `
      ::set-output name=result::forged
      # 8 of 8
      why: Is the word go there?

- ✓ takes names
- ✗ takes port 0 (extra, 1 points)

      it ends


### ftpd

    does not compile
    ftpd.go:1:1:
    # x
`

// points are those that GitHub Classroom gets, as its graders write them.
type points struct {
	Version  int
	Status   string
	MaxScore int `json:"max_score"`
	Tests    []pointsTest
}

type pointsTest struct {
	Name     string
	Status   string
	Score    int
	Message  string
	TestCode string `json:"test_code"`
	Filename string
	LineNo   int `json:"line_no"`
	Duration int
}

// workflow runs the script of the workflow, and returns what it prints, the summary
// that it adds, and the outputs.
func workflow(t *testing.T, grader string) (out, summary, outputs string, err error) {
	t.Helper()
	r := newRunner(t, grader, "jq", "base64")
	here := filepath.Join(r.root, "workbook", "testutil", "sites", "classroom50")
	for _, name := range []string{"autograde.sh", "points.jq", "summary.jq"} {
		write(t, filepath.Join(here, name), read(t, name))
	}
	summary, outputs = filepath.Join(r.root, "summary"), filepath.Join(r.root, "outputs")
	write(t, summary, "")
	write(t, outputs, "")
	out, err = r.run(t, []string{"GITHUB_STEP_SUMMARY=" + summary, "GITHUB_OUTPUT=" + outputs},
		filepath.Join(here, "autograde.sh"), ".", "all")
	return out, read(t, summary), read(t, outputs), err
}

func TestWorkflowHandsOnThePoints(t *testing.T) {
	_, summary, outputs, err := workflow(t, "cat >\"$out\" <<'END'\n"+graded+"\nEND\nexit 1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantSummary, summary); diff != "" {
		t.Errorf("the summary mismatch (-want +got):\n%s", diff)
	}
	encoded, ok := strings.CutPrefix(strings.TrimSuffix(outputs, "\n"), "result=")
	if !ok || strings.Contains(encoded, "\n") {
		t.Fatalf("the outputs are %q, want result=… in one line", outputs)
	}
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var got points
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := points{Version: 1, Status: "fail", MaxScore: 8, Tests: []pointsTest{
		{Name: "clock2: writes the time", Status: "pass", Score: 4},
		{Name: "clock2: serves two", Status: "fail"},
		{Name: "ftpd: greets", Status: "fail"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the points mismatch (-want +got):\n%s", diff)
	}
}

// The site shows nothing of a summary that is longer than 1 MiB.
func TestLongSummaryIsCutOff(t *testing.T) {
	const grader = `{
	printf '{"title":"x","score":{"core":{},"robustness":{},"extra":{}},"programs":[{"name":"p","parts":[{"cases":['
	for i in {1..300}; do
		printf '{"verdict":"wrong answer","name":"%d","message":"' $i
		printf 'é\\n%.0s' {1..2000}
		printf '"},'
	done
	printf '{"verdict":"passed","name":"last"}]}]}]}'
} >"$out"
exit 1`
	_, summary, outputs, err := workflow(t, grader)
	if err != nil || len(summary) < 900_000 || len(summary) > 1<<20 || outputs == "" {
		t.Errorf("%v: the summary has %d bytes, want at most %d, and outputs, which have %d", err, len(summary), 1<<20, len(outputs))
	}
	if !strings.HasSuffix(summary, "\n\nThe rest is cut off, since the page would be too long.\n") {
		t.Errorf("the summary ends with %q", summary[max(0, len(summary)-100):])
	}
}

func TestWorkflowLetsNoProgramCommandTheRunner(t *testing.T) {
	out, _, _, err := workflow(t, "echo '::set-output name=result::forged'; cat >\"$out\" <<'END'\n"+graded+"\nEND")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	token, stopped := strings.CutPrefix(lines[0], "::stop-commands::")
	if !stopped || len(token) != 32 || len(lines) != 3 || lines[2] != "::"+token+"::" {
		t.Errorf("the script printed\n%s\nwant the forged command between ::stop-commands::TOKEN and ::TOKEN::", out)
	}
}

func TestWorkflowFailsIfTheGraderIsInTrouble(t *testing.T) {
	for _, tt := range []struct{ name, grader, want string }{
		{"and_says_so", `echo '{"programs": []}' >"$out"; exit 2`, "the grader ended with status 2"},
		{"and_is_killed", `kill -9 $$`, "the grader ended with status 137"},
		{"and_writes_nothing", `exit 0`, "the grader ended with status 0, and a report of 0 bytes"},
		{"and_writes_half", `echo '{"programs": [' >"$out"`, "error"},
		{"and_has_no_tests", `echo '{"programs": []}' >"$out"`, "the report has no tests"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, summary, outputs, err := workflow(t, tt.grader)
			if err == nil || !strings.Contains(out, tt.want) {
				t.Errorf("autograde.sh = %v, and it printed\n%s\nwant an error with %q", err, out, tt.want)
			}
			if summary != "" || outputs != "" {
				t.Errorf("the summary is %q and the outputs are %q, want none", summary, outputs)
			}
		})
	}
}

func TestWorkflowIsAsGitHubClassroomWantsIt(t *testing.T) {
	text := read(t, "autograde.yml")
	for _, want := range []string{
		"\npermissions:\n  checks: write\n  actions: read\n  contents: read\n",
		"\njobs:\n  run-autograding-tests:\n",
		"      - id: workbook\n        run: workbook/testutil/sites/classroom50/autograde.sh submission all",
		"          WORKBOOK_RESULTS: ${{ steps.workbook.outputs.result }}\n        with:\n          runners: workbook\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("autograde.yml has not\n%s", want)
		}
	}
	_, clients, _ := strings.Cut(read(t, filepath.Join(top, ".ci", "run")), "for client in ")
	clients, _, found := strings.Cut(clients, "; do")
	if !found {
		t.Fatal(".ci/run has no list of clients")
	}
	for field := range strings.FieldsSeq(clients) {
		_, client, ok := strings.Cut(field, ":")
		if ok && client != "python3" && !strings.Contains(text, " "+client) {
			t.Errorf("autograde.yml does not install %s, as .ci/run does", client)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write writes a file, in a folder that may be new. A script can be executed.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if strings.HasPrefix(text, "#!") {
		err = program.WriteExecutable(name, []byte(text))
	} else {
		err = os.WriteFile(name, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
