// Package isolate runs a test case in its own process. The case may hang, crash or exit,
// and the tests after it still run. Isolate says in one sentence how the process has died.
//
//	func TestServe(t *testing.T) {
//		result := isolate.Run(t, func() error {
//			return serve(nil) // panics
//		})
//		// result.Verdict.Kind is verdict.Crashed, and result.Verdict.Message
//		// "clock2.go:41 panics: runtime error: invalid memory address …"
//	}
//
// The process is the test binary itself, started again to run only this test.
// A process costs some milliseconds. So isolate first tries the cases of a test in one
// process, up to the first case that does not pass. Only a case that did not pass there,
// for whatever reason, is run and judged in its own process.
//
// With WORKBOOK_INPROCESS=1 in the environment, cases run in the process of the test. There
// a debugger can stop in them, and a coverage profile includes them.
package isolate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// limit is how long a case may take, in real time. No case comes near it,
// however busy the machine: it is the last resort against one that hangs in a
// way that nothing else notices.
const limit = time.Minute

// A Result is what became of a case.
type Result struct {
	Verdict verdict.Verdict // without rule, case and hints

	// A case of any verdict may also have left a goroutine behind or have
	// run into a data race. If so, these are the sentences that say where.
	Leak, Race string

	Output string // what the process printed
}

// Run runs the case f in a process of its own, with env ("NAME=value") added to
// its environment, and returns what became of it. The new process runs the test
// t too, up to this call, so nothing slow or visible may come before it, and
// nothing that f needs after it. A test calls Run once.
func Run(t *testing.T, f func() error, env ...string) Result {
	t.Helper()
	switch {
	case InProcess():
		return judge(answerOf(f()), true, ending{})
	case os.Getenv(caseEnv) == t.Name():
		runCase(f) // does not return
	case Trying():
		try(t, f, env)
		return Result{Verdict: verdict.Of(nil)}
	}
	if race, clean := triedClean(t, env); clean {
		return Result{Verdict: verdict.Of(nil), Race: race}
	}
	env = append(slices.Clip(env), caseEnv+"="+t.Name())
	var lines []string
	var end ending
	var err error
	for range program.MaxKilled {
		if lines, end, err = ask(context.Background(), pattern(t.Name()), env); err != nil || !end.disturbed() {
			break
		}
	}
	if err == nil && end.death.Blameless() {
		err = fmt.Errorf("its process %v, %d times", end.death, program.MaxKilled)
	}
	if err != nil {
		return Result{Verdict: verdict.Verdict{Kind: verdict.GraderProblem, Message: err.Error()}}
	}
	ans, answered := answerIn(lines)
	over := strings.Contains(end.stderr, overMark)
	end.output = strings.Replace(end.output, overMark, "", 1)
	if ans.Final && ans.Verdict.Kind == verdict.Passed && !over {
		ans.Verdict = verdict.Verdict{Kind: verdict.Wrong, Message: mutedMessage}
	}
	result := judge(ans, answered, end)
	if answered && !ans.Final {
		// It has died of what it left behind.
		_, message := explain(end)
		result.Leak = "after its case was over, " + message
	}
	return result
}

// InProcess reports whether cases run in the test's own process, as
// WORKBOOK_INPROCESS asks.
func InProcess() bool { return os.Getenv("WORKBOOK_INPROCESS") != "" }

// In the environment of a process of cases:
const (
	caseEnv   = "WORKBOOK_CASE"   // the name of the only one
	answerEnv = "WORKBOOK_ANSWER" // the file that gets the answers
)

// AnswerFile returns the one file that a process, with env for its environment, must
// be able to write; "" if there is none.
func AnswerFile(env []string) string {
	for _, e := range slices.Backward(env) {
		if file, ok := strings.CutPrefix(e, answerEnv+"="); ok {
			return file
		}
	}
	return ""
}

// ask runs the tests that match a pattern in another process, and returns what it
// says of them and how it ended. Its temporary files, of which a process that is
// killed leaves some, are removed. If ctx ends, it ends the process. An error is about this
// machine, not the program.
func ask(ctx context.Context, pattern string, env []string) (lines []string, end ending, err error) {
	dir, err := os.MkdirTemp("", "case")
	if err != nil {
		return nil, ending{}, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "answer")
	err = errors.Join(
		os.WriteFile(file, nil, 0o666),
		os.Chmod(file, 0o666), // the process may be of another user
		os.Chmod(dir, 0o755),
	)
	if err != nil {
		return nil, ending{}, err
	}
	cmd := program.Subject("-test.run="+pattern, "-test.count=1", "-test.timeout=0", "-test.paniconexit0")
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "TMP="+dir, answerEnv+"="+file)
	cmd.Env = append(cmd.Env, env...)
	key := newKey()
	end, err = finish(ctx, cmd, key, func() int { return len(said(file, key)) })
	if err == nil {
		err = problemIn(end.stderr, key)
	}
	return said(file, key), end, err
}

// pattern returns the pattern that only the test called name matches.
func pattern(name string) string {
	var elements []string
	for element := range strings.SplitSeq(name, "/") {
		elements = append(elements, "^"+regexp.QuoteMeta(element)+"$")
	}
	return strings.Join(elements, "/")
}

// An ending is how the process of a case ended.
type ending struct {
	output  string // standard output and standard error, in order of arrival
	stdout  string // without standard error
	stderr  string // in which no other text comes between two lines of a report
	status  int    // exit status
	flooded bool   // it printed too much
	late    bool   // it took longer than limit
	stopped string // the signal that stopped it; "" if none did
	death   program.Death
}

// disturbed reports whether a signal that this process did not send has ended or stopped it.
func (end ending) disturbed() bool { return end.death != program.NotKilled || end.stopped != "" }

// maxSilent is how many times [program.Limit] a process may print without any progress. A
// loop that prints without end is there in an instant.
const maxSilent = 8

// finish runs cmd to its end, and brings that about if it goes on for too long or ctx ends. The
// process is told its key. It may print as much as it likes as long as it makes progress:
// steps returns how many lines it has said.
func finish(ctx context.Context, cmd *exec.Cmd, key string, steps func() int) (end ending, err error) {
	p, err := program.Start(cmd)
	if err != nil {
		return ending{}, err
	}
	defer p.Stop()
	p.Say(key) // if it ends before, its end tells more than this error
	late := time.NewTimer(limit)
	defer late.Stop()
	seen, silent := 0, 0
	for running := true; running; {
		select {
		case <-p.Done():
			running = false
		case <-ctx.Done():
			running = false
			p.Stop()
		case <-p.Stopped():
			running, end.stopped = false, p.StopSignal()
			p.Stop()
		case <-p.Flood():
			silent++
			if n := steps(); n > seen {
				seen, silent = n, 0
			}
			if silent < maxSilent {
				p.Allow()
				continue
			}
			running, end.flooded = false, true
			endWithWords(p)
		case <-late.C:
			running, end.late = false, true
			endWithWords(p)
		}
	}
	end.status, _ = p.Wait(context.Background())
	end.output, end.stdout, end.stderr = p.Output(), p.Stdout(), p.Stderr()
	end.death = p.Death()
	return end, nil
}

// endWithWords ends p, and lets it say first what it is doing.
func endWithWords(p *program.Process) {
	p.Dump()
	select {
	case <-p.Done():
	case <-time.After(5 * time.Second):
	}
	p.Stop()
}

// runCase is [Run] in the process of the case. It does not return.
func runCase(f func() error) {
	prepare()
	ans := answerOf(f())
	ans.Final = true
	stderr.WriteString(overMark)
	if err := ans.give(); err != nil {
		endWithoutAnswer(err)
	}
	os.Exit(1) // 0 would panic in a test
}

// overMark goes to standard error when a case is over. Where it is missing, so may
// be the report of a data race.
const overMark = "\nisolate: over\n"

const mutedMessage = "the program closes or replaces standard error, so failures cannot be seen: leave os.Stderr as it is"

// stderr is where this process speaks, whatever becomes of os.Stderr.
var stderr = os.Stderr

// Answer writes down what a case will return, err, before it waits for the end
// of what it has started. If the process dies of that, the answer stands, and the
// death counts as a leak.
func Answer(err error) {
	if answerFile != "" && !Trying() {
		answerOf(err).give() // if this fails, the last one fails too, and says so
	}
}

// prepare makes this process one that is fit for cases.
func prepare() {
	for _, name := range []string{caseEnv, trialEnv, answerEnv} {
		os.Unsetenv(name)
	}
	program.FollowTZ()
	go func() {
		io.Copy(io.Discard, os.Stdin) // ends with the process that waits for us
		os.Exit(1)
	}()
	log.SetFlags(log.Flags() | log.Llongfile) // a log.Fatal is to say where it stands
	debug.SetMaxStack(16 << 20)               // a recursion without end is to end soon
}

// progress is what a process says when it makes progress.
const progress = "progress"

// Progress tells the process that waits for this one that the case gets on, however
// much it prints.
func Progress() {
	if answerFile != "" {
		say([]byte(progress)) // without it, the program may only print less
	}
}

// stuck opens the last words of a case that called [GiveUp].
const stuck = "isolate: the case is stuck\n"

// GiveUp ends the process of a case that will never end by itself. A dump of
// its goroutines tells Run why.
func GiveUp() {
	os.Stderr.WriteString(stuck + goroutine.Dump())
	os.Exit(1)
}

// An answer is what a case that has come to its end says of itself.
type answer struct {
	Final   bool // the process has come to its end too
	Verdict verdict.Verdict
	Dump    string // the goroutines that it has left behind
	Races   int    // how many data races the process has found
}

func answerOf(err error) answer {
	var ans answer
	if leak, ok := errors.AsType[*goroutine.LeakError](err); ok {
		ans.Dump = leak.Dump
		err = leak.Err
	}
	ans.Verdict = verdict.Of(err)
	if errors.Is(err, exercises.ErrNotStarted) {
		ans.Verdict.Kind = verdict.NotStarted
	}
	return ans
}

// give writes the answer down.
func (ans answer) give() error {
	ans.Races = races()
	line, err := json.Marshal(ans)
	if err != nil {
		return err
	}
	return say(line)
}

// answerIn returns the last answer in what a process has said.
func answerIn(lines []string) (ans answer, answered bool) {
	for _, line := range slices.Backward(lines) {
		if line != progress {
			err := json.Unmarshal([]byte(line), &ans)
			return ans, err == nil
		}
	}
	return answer{}, false
}

// judge returns the result of a case that ended in the way of end, and gave its
// answer before if answered.
func judge(ans answer, answered bool, end ending) Result {
	result := Result{Verdict: ans.Verdict, Output: end.output, Race: goroutine.Race(end.stderr, ans.Races)}
	if ans.Dump != "" {
		result.Leak = goroutine.Leak(ans.Dump)
	}
	if !answered {
		kind, message := explain(end)
		result.Verdict = verdict.Verdict{Kind: kind, Message: message, Place: goroutine.Place(message)}
	}
	return result
}
