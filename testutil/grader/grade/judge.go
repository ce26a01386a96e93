package grade

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// The judge of a program is a process that runs the cases, and in which there is
// nothing of that program: its test binary is started again for them. The judge says
// what became of each case in a line of JSON on standard output.

// judgeEnv holds, in the environment of a judge, what it is to do.
const judgeEnv = "WORKBOOK_JUDGE"

// A task is what a judge is to do.
type task struct {
	Program string // its folder, "exercises/ex8.1/clock2"
	Binary  string // the test binary of the program; if empty, a program.Target is judged
	Tests   []string
	Rows    []string // run these of the student's own, and no tests; "TestServe/leaves_at_once"
	Race    bool     // it was built with the race detector
	Only    string   // a pattern for tests and cases, as of go test -run; all if empty
	Crowded bool     // other gradings run at the same time, and have all processors
	Scratch string   // where the program may write if it is confined; "" if it is not

	Problems string // if it is confined, a file for what keeps it from being started
	Enclosed bool   // in namespaces of its own
	User     int    // whose the confined program is, if the grader is root's
}

// TakeRole runs this process as a judge, or as the start of a confined program, if it is
// to be one. It does so first of all in main, and then does not return.
func TakeRole() {
	sandbox.TakeRole()
	text := os.Getenv(judgeEnv)
	if text == "" {
		return
	}
	os.Unsetenv(judgeEnv)
	var do task
	if err := json.Unmarshal([]byte(text), &do); err != nil {
		fmt.Fprintf(os.Stderr, "%s=%s: %v\n", judgeEnv, text, err)
		os.Exit(2)
	}
	judge(do)
}

// Signals returns the signals that ask a grading to end. One of them comes when its terminal is
// closed, unless it was started by nohup.
func Signals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// judge does its task. It does not return.
func judge(do task) {
	program.Hide()
	if err := sandbox.Adopt(); err != nil && !(errors.Is(err, errors.ErrUnsupported) && do.Scratch == "") {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	program.Between = func() {
		if !do.Enclosed && sandbox.Strays() {
			do.endStrays()
		}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, Signals()...)
	go func() {
		<-signals
		do.endStrays()
		os.Exit(2)
	}()
	records := json.NewEncoder(os.Stdout)
	grading := &suite.Grading{Races: do.Race, Observe: func(r suite.Record) {
		if err := records.Encode(r); err != nil {
			os.Exit(2) // the grader has ended
		}
	}}
	program.TestBinary = do.Binary
	program.SetUmask()
	if do.Scratch != "" {
		problems, err := os.OpenFile(do.Problems, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		program.Confine = sandbox.Confine(do.Scratch, problems, do.User)
		program.Sealed = sandbox.Filters() == nil
	}
	if len(do.Rows) > 0 {
		do.judgeRows(records.Encode)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Stdout = null // for package testing
	os.Args = []string{os.Args[0], "-test.timeout=0", "-test.count=1", "-test.run=" + do.Only}
	p, _ := find(do.Program)
	parts := slices.DeleteFunc(slices.Clone(p.Parts), func(part Part) bool { return !slices.Contains(do.Tests, part.Test) })
	begun := ahead{task: do, grading: grading, parts: parts, stop: make(map[string]func())}
	var tests []testing.InternalTest
	for i, part := range parts {
		tests = append(tests, testing.InternalTest{Name: part.Test, F: func(t *testing.T) {
			defer begun.end(i)
			begun.begin(i)
			grading.Test(t, part.Suite())
		}})
	}
	testing.Main(func(pattern, name string) (bool, error) { return regexp.MatchString(pattern, name) }, tests, nil, nil)
}

// An ahead begins tests before those that come before them are over, as far as there are
// processors.
type ahead struct {
	task
	grading *suite.Grading
	parts   []Part            // one for each test
	stop    map[string]func() // by test: what ends a test that has begun, and is not over
}

// maxAhead is how many tests run at the same time at most.
const maxAhead = 4

// begin begins the tests that come after that of parts[i], which runs now. It does not if
// the user whose processes are to be killed after each test has others.
func (a ahead) begin(i int) {
	if a.Crowded || a.Only != "" || a.User != 0 && !a.Enclosed || a.parts[i].Suite().Ahead == nil {
		return
	}
	n := min(runtime.GOMAXPROCS(0), maxAhead)
	for _, part := range a.parts[i+1 : min(i+n, len(a.parts))] {
		if a.stop[part.Test] == nil {
			if stop := a.grading.Begin(part.Test, part.Suite()); stop != nil {
				a.stop[part.Test] = stop
			}
		}
	}
}

// end is called when the test of parts[i] is over. What it has left behind is ended at the
// latest after the last test: others that have begun must go on.
func (a ahead) end(i int) {
	if stop := a.stop[a.parts[i].Test]; stop != nil {
		stop()
		delete(a.stop, a.parts[i].Test)
	}
	if len(a.stop) == 0 {
		a.endStrays()
	}
}

// judgeRows runs rows, and hands on what became of each. It does not return.
func (do task) judgeRows(observe func(any) error) {
	late := ""
	for _, name := range do.Rows {
		r := suite.Record{Verdict: verdict.Verdict{Kind: verdict.NotRun, Message: late + " does not end: fix it first"}}
		r.Test, r.Name, _ = strings.Cut(name, "/")
		if late == "" {
			var err error
			if r.Verdict, err = isolate.Row(name); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(2)
			}
		}
		if r.Verdict.Kind == verdict.Hung || r.Verdict.Kind == verdict.Busy {
			late = name
		}
		if observe(r) != nil {
			break // the grader has ended
		}
	}
	do.endStrays()
	os.Exit(0)
}

// straysStatus is the exit status of a judge that cannot end what the program has started.
const straysStatus = 3

// endStrays ends what the program has left behind. Namespaces end it with the judge.
func (do task) endStrays() {
	if do.Enclosed {
		return
	}
	if err := sandbox.EndStrays(do.User); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(straysStatus)
	}
}

// ask starts a judge in dir, calls observe for each record as it comes, and returns
// when the judge has ended: with an error that says why if it was not by itself.
func (do task) ask(ctx context.Context, dir string, env []string, observe func(suite.Record)) error {
	cmd, err := do.command(ctx, dir, env)
	if err != nil {
		return err
	}
	var stderr limited
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the judge: %w", err)
	}
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var r suite.Record
		if json.Unmarshal(lines.Bytes(), &r) == nil {
			observe(r)
		}
	}
	unread := lines.Err()
	err = cmd.Wait()
	status := cmd.ProcessState.ExitCode()
	if status < 0 && do.Scratch != "" && !do.Enclosed { // it was killed, and has left all behind
		if err := sandbox.EndStrays(do.User); err != nil {
			return straysProblem(do.Program, err.Error())
		}
	}
	switch {
	case status == straysStatus:
		return straysProblem(do.Program, stderr.text)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case unread != nil:
		return fmt.Errorf("read what the judge says: %w", unread)
	case status == 0, status == 1: // all passed, or not
		return nil
	case stderr.text != "":
		return fmt.Errorf("the judge ended with %w: %s", err, stderr.text)
	}
	return fmt.Errorf("the judge ended with %w", err)
}

// command returns the command that starts a judge in dir, with env added to its environment.
func (do task) command(ctx context.Context, dir string, env []string) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(do)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, exe)
	cmd.Args = []string{filepath.Base(exe), "judge", do.Program} // for those who list processes
	cmd.Dir = dir
	cmd.Env = append(judgeEnviron(os.Environ()), env...)
	cmd.Env = append(cmd.Env, judgeEnv+"="+string(text))
	cmd.WaitDelay = time.Second
	switch {
	case do.Enclosed && do.Binary == "":
		sandbox.EncloseProcesses(cmd) // the cases look at what the program has open
	case do.Enclosed:
		sandbox.Enclose(cmd)
	default:
		sandbox.Adopted(cmd)
	}
	return cmd, nil
}

// straysProblem returns the problem that a program has started what cannot be ended.
func straysProblem(program, cause string) *Problem {
	return &Problem{
		Cause:  program + ": " + cause,
		Remedy: "end them, since they could disturb other gradings, and grade again",
		Last:   true,
	}
}

// limited keeps the first bytes that are written to it.
type limited struct{ text string }

func (l *limited) Write(p []byte) (int, error) {
	const most = 4 << 10
	l.text += string(p[:min(len(p), most-len(l.text))])
	return len(p), nil
}
