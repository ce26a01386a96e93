//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A site is a folder in place of the machine on which Gradescope grades.
type site struct {
	root string
	bin  string // found before all other programs
	env  []string
}

// newSite returns a site with a bundle, and a submission of some files.
func newSite(t *testing.T, submission ...string) site {
	t.Helper()
	for _, program := range []string{"bash", "timeout", "awk", "sha256sum", "tar"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	root := t.TempDir()
	s := site{root: root, bin: filepath.Join(root, "bin")}
	s.env = []string{"WORKBOOK_ROOT=" + root, "PATH=" + s.bin + ":" + os.Getenv("PATH"), "TMPDIR=" + s.path("tmp")}
	for _, dir := range []string{s.bin, s.path("tmp"), s.path("autograder/submission"), s.path("usr/local")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"setup.sh", "run_autograder"} {
		write(t, s.path("autograder/source/"+name), readFile(t, name))
	}
	write(t, s.path("autograder/source/testutil/sites/gradescope/environment.sh"), readFile(t, "environment.sh"))
	write(t, s.path("autograder/source/go.mod"), "module example.com/workbook\n\ngo 1.26.5\n")
	for _, name := range submission {
		write(t, s.path("autograder/submission/"+name), "package main\n")
	}
	return s
}

func (s site) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }

// program puts a program in place of another.
func (s site) program(t *testing.T, name, script string) {
	t.Helper()
	write(t, filepath.Join(s.bin, name), "#!/usr/bin/env bash\n"+script)
}

// run runs one of the scripts, as Gradescope does, and returns what it prints.
func (s site) run(t *testing.T, name string) (out string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.path("autograder/source/"+name))
	cmd.Dir = s.path("autograder")
	cmd.Env = s.env
	cmd.WaitDelay = time.Second
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// results returns the results.json that the site finds.
func (s site) results(t *testing.T) map[string]any {
	t.Helper()
	dir := s.path("autograder/results")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != "results.json" {
		t.Errorf("%s holds %v, want only results.json", dir, entries)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(dir, "results.json"))), &doc); err != nil {
		t.Fatal(err)
	}
	if _, ok := doc["score"].(float64); !ok {
		t.Errorf("results.json has no score: %v", doc)
	}
	return doc
}

// grades is a part of a go command that grades: $out is the file it writes.
const grades = `
while (($#)); do
	[[ $1 != -o ]] || out=$2
	shift
done
`

func TestAutograderLeavesResults(t *testing.T) {
	const (
		full    = `echo '{"score": 10, "tests": [{"score": 10, "max_score": 10}]}' >"$out"; exit 0`
		partial = `echo '{"score": 4, "tests": [{"score": 4, "max_score": 10}]}' >"$out"; exit 1`
		tooLong = "# and does not end"
		early   = `echo '{"score": 0, "output": "the tool did not end", "tests": [{"score": 0, "max_score": 10}]}' >"$out";`
	)
	tests := []struct {
		name, grader string
		score        float64
		output       string // a part of it
	}{
		{"if_all_is_right", full, 10, ""},
		{"if_points_are_lost", partial, 4, ""},
		{"if_the_grader_is_killed", `kill -9 $$`, 0, "or too much memory"},
		{"if_the_grader_is_killed_late", early + `kill -9 $$`, 0, "the tool did not end"},
		{"if_the_grader_hangs", tooLong, 0, "took longer than 9m"},
		{"if_the_grader_hangs_late", early + tooLong, 0, "the tool did not end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "exercises/ex8.1/clock2/clock2.go")
			s.program(t, "go", grades+tt.grader)
			if strings.HasSuffix(tt.grader, tooLong) {
				s.program(t, "timeout", `"${@:3}"; exit 124`)
			}
			out, err := s.run(t, "run_autograder")
			if err != nil {
				t.Errorf("run_autograder = %v, want nil; it printed\n%s", err, out)
			}
			doc := s.results(t)
			if got := doc["score"]; got != tt.score {
				t.Errorf("the score is %v, want %v", got, tt.score)
			}
			if got := fmt.Sprint(doc["output"]); !strings.Contains(got, tt.output) {
				t.Errorf("the output is %q, want one with %q", got, tt.output)
			}
		})
	}
}

// A problem of the machine or the grader is not a score of 0.
func TestAutograderLeavesNoResultsOfAProblem(t *testing.T) {
	tests := []struct{ name, grader, want string }{
		{"if_the_grader_says_so", `echo "grader problem: no space" >&2; exit 2`, "grader problem: no space"},
		{"if_it_has_written_something_before", grades + `echo '{"score": 0}' >"$out"; exit 2`, "could not grade"},
		{"if_the_grader_writes_nothing", `exit 0`, "has written no result"},
		{"if_the_grader_writes_an_empty_file", grades + `: >"$out"; exit 1`, "has written no result"},
		{"if_there_is_no_go_command", `exit 127`, "could not grade"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "exercises/ex8.1/clock2/clock2.go")
			s.program(t, "go", tt.grader)
			out, err := s.run(t, "run_autograder")
			if _, failed := errors.AsType[*exec.ExitError](err); !failed || !strings.Contains(out, tt.want) {
				t.Errorf("run_autograder = %v, want an exit status and %q; it printed\n%s", err, tt.want, out)
			}
			if left, err := os.ReadDir(s.path("autograder/results")); err != nil || len(left) > 0 {
				t.Errorf("there are results: %v, %v", left, err)
			}
		})
	}
}

func TestAutograderLeavesResultsIfItIsKilledItself(t *testing.T) {
	s := newSite(t)
	s.program(t, "go", grades+`echo '{"sco' >"$out"; echo $$ $PPID; exec sleep 600`)
	cmd := exec.CommandContext(t.Context(), s.path("autograder/source/run_autograder"))
	cmd.Env = s.env
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var grader, timeout int
	if _, err := fmt.Fscan(stdout, &grader, &timeout); err != nil {
		t.Error(err)
	}
	cmd.Process.Kill()
	cmd.Wait() // its error is that it was killed
	for _, pid := range []int{timeout, grader} {
		if pid > 0 {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	var doc struct{ Score *int }
	text := readFile(t, s.path("autograder/results/results.json"))
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.Score == nil || *doc.Score != 0 {
		t.Errorf("results.json is %s, %v, want a score of 0", text, err)
	}
}

func TestAutograderFindsTheSubmission(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  string
	}{
		{"in_the_folder", []string{"exercises/ex8.1/clock2/clock2.go"}, "submission"},
		{"one_level_deeper", []string{"my work/exercises/ex8.1/clock2/clock2.go", "__MACOSX/my work/._exercises"}, "submission/my work"},
		{"not_where_there_are_two", []string{"a/exercises/x.go", "b/exercises/x.go"}, "submission"},
		{"empty", nil, "submission"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, tt.files...)
			s.program(t, "go", `printf '%s\n' "$PWD" "$@" "$GOMAXPROCS" >"$WORKBOOK_ROOT/args"`+"\n"+grades+`echo '{"score": 1}' >"$out"`)
			if out, err := s.run(t, "run_autograder"); err != nil {
				t.Fatalf("run_autograder = %v\n%s", err, out)
			}
			got := strings.Split(strings.TrimSpace(readFile(t, s.path("args"))), "\n")
			i := slices.Index(got, "-o") + 1
			file := got[i]
			got[i] = "FILE"
			want := []string{
				s.path("autograder/source"), "tool", "workbook", "grade", "-submission", s.path("autograder/" + tt.want),
				"-timeout", "4m", "-format", "gradescope", "-o", "FILE", "all", "2",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the go command mismatch (-want +got):\n%s", diff)
			}
			if dir := filepath.Dir(filepath.Dir(file)); dir != s.path("autograder/results") {
				t.Errorf("the grader writes %s, want it in a folder of the results", file)
			}
		})
	}
}

func TestAutograderLeavesNoResultsWithoutABundle(t *testing.T) {
	s := newSite(t)
	script := s.path("run_autograder")
	write(t, script, readFile(t, "run_autograder"))
	if err := os.RemoveAll(s.path("autograder/source")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(script)
	cmd.Env = s.env
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "there is no bundle") {
		t.Errorf("run_autograder = %v, want an error and why:\n%s", err, out)
	}
	if _, err := os.Stat(s.path("autograder/results/results.json")); err == nil {
		t.Error("there are results")
	}
}

// A setting is what setup.sh finds on the machine.
type setting struct {
	sum     string // that of the archive is published; if empty, the right one
	missing string // a client
	grader  string // a part of a go command
}

// prepare makes a site ready for setup.sh.
func prepare(t *testing.T, set setting) site {
	t.Helper()
	s := newSite(t)
	archive := goArchive(t, `echo "$*" >>"$WORKBOOK_ROOT/go.log"; [[ $1 != env ]] || { echo go1.26.5; exit; }; [[ $1 != mod ]] || exit 0;`+grades+set.grader)
	sum := set.sum
	if sum == "" {
		sum = fmt.Sprintf("%x", sha256.Sum256(archive))
	}
	write(t, s.path("archive"), string(archive))
	s.program(t, "apt-get", `echo "$*" >>"$WORKBOOK_ROOT/apt.log"`)
	s.program(t, "dpkg", `echo amd64`)
	s.program(t, "curl", `
case ${!#} in
https://go.dev/dl/go1.26.5.linux-amd64.tar.gz) cp "$WORKBOOK_ROOT/archive" "${@:(-2):1}" ;;
https://dl.google.com/go/go1.26.5.linux-amd64.tar.gz.sha256) echo '`+sum+`' ;;
*) echo "curl: $*: not found" >&2; exit 22 ;;
esac`)
	s.program(t, "go", `exit 127`) // until there is one
	// Only these are found, and what all machines have.
	s.env[1] = "PATH=" + s.bin + ":" + s.path("usr/bin")
	for _, name := range []string{"bash", "env", "awk", "mktemp", "sha256sum", "rm", "tar", "gzip", "cp", "mkdir", "cat"} {
		link(t, name, s.path("usr/bin/"+name))
	}
	for _, name := range []string{"nc", "tnftp", "inetutils-ftp", "lftp", "ncftpget", "wget", "rclone", "python3"} {
		if name != set.missing {
			s.program(t, name, "")
		}
	}
	return s
}

func link(t *testing.T, program, name string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, name); err != nil {
		t.Fatal(err)
	}
}

// goArchive returns an archive of Go, whose go command is a script.
func goArchive(t *testing.T, script string) []byte {
	t.Helper()
	script = "#!/usr/bin/env bash\n" + script
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	header := &tar.Header{Name: "go/bin/go", Mode: 0o755, Size: int64(len(script))}
	if err := w.WriteHeader(header); err != nil {
		t.Fatal(err)
	}
	_, err := w.Write([]byte(script))
	if err := errors.Join(err, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const gradesStubs = `echo '{"score": 0}' >"$out"; exit 1`

func TestSetup(t *testing.T) {
	s := prepare(t, setting{grader: gradesStubs})
	for range 2 { // it can be run again, and then has Go
		if out, err := s.run(t, "setup.sh"); err != nil {
			t.Fatalf("setup.sh = %v\n%s", err, out)
		}
	}
	log := readFile(t, s.path("go.log"))
	for _, want := range []string{"mod download\n", "tool workbook grade -submission . -format gradescope -o "} {
		if strings.Count(log, want) != 2 {
			t.Errorf("the go command was run with\n%s\nwant two times %q", log, want)
		}
	}
	apt := readFile(t, s.path("apt.log"))
	for _, want := range []string{"update", " gcc ", " netcat-openbsd ", " inetutils-ftp "} {
		if !strings.Contains(apt, want) {
			t.Errorf("apt-get was run with\n%s\nwant %q", apt, want)
		}
	}
	left, err := filepath.Glob(s.path("tmp/*"))
	if err != nil || len(left) > 0 {
		t.Errorf("setup.sh left %v, %v", left, err)
	}
}

func TestSetupFails(t *testing.T) {
	tests := []struct {
		name string
		setting
		want string
	}{
		{"if_the_sum_of_Go_is_another", setting{sum: strings.Repeat("0", 64), grader: gradesStubs}, "did NOT match"},
		{"if_the_sum_of_Go_is_none", setting{sum: "<html>", grader: gradesStubs}, "no properly formatted"},
		{"if_a_client_is_missing", setting{missing: "lftp", grader: gradesStubs}, "there is no lftp"},
		{"if_the_grader_has_trouble", setting{grader: "exit 2"}, "ended with status 2, want 1"},
		{"if_stubs_get_full_marks", setting{grader: `echo '{"score": 9}' >"$out"; exit 0`}, "ended with status 0, want 1"},
		{"if_the_grader_writes_nothing", setting{grader: "exit 1"}, "and a results.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := prepare(t, tt.setting)
			out, err := s.run(t, "setup.sh")
			if err == nil || !strings.Contains(out, tt.want) {
				t.Errorf("setup.sh = %v, and it printed\n%s\nwant an error with %q", err, out, tt.want)
			}
			if _, err := os.Stat(s.path("usr/local/go")); err == nil && tt.sum != "" {
				t.Error("setup.sh has unpacked what it could not check")
			}
		})
	}
}
