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
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// A Result is what became of a case.
type Result struct {
	Verdict verdict.Verdict // without rule, case and hints

	// A case of any verdict may also have left a goroutine behind or have
	// run into a data race. If so, these are the sentences that say where.
	Leak, Race string

	// LeakKind is [verdict.Leak], or how the program died of what the case left behind.
	LeakKind verdict.Kind

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
		return resultOf(answerOf(f()), true, ending{})
	case os.Getenv(caseEnv) == t.Name(): // this is its own process
		runCase(f) // does not return
	case Trying(): // this is the process of a trial
		try(t, f, env)
		return Result{Verdict: verdict.Of(nil)}
	}
	if race, clean := triedClean(t, env); clean {
		return Result{Verdict: verdict.Of(nil), Race: race}
	}
	return runApart(t.Name(), env)
}

// runApart runs the case called name in a process of its own, again if that is killed from
// outside, and returns what became of it.
func runApart(name string, env []string) Result {
	if end, hangs := hangsAtStart(); hangs {
		return resultOf(answer{}, false, end)
	}
	env = append(slices.Clip(env), caseEnv+"="+name)
	var lines []string
	var end ending
	var err error
	for range program.MaxKilled {
		if lines, end, err = ask(context.Background(), pattern(name), env); err != nil || !end.disturbed() {
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
	if !answered || ans.Final {
		return resultOf(ans, answered, end)
	}
	kind, message := explain(end) // it has died of what it left behind
	if ans.Lost && (kind == verdict.Crashed || kind == verdict.Exited || kind == verdict.Race) {
		return resultOf(answer{}, false, end) // or has died in the case
	}
	result := resultOf(ans, answered, end)
	result.Leak, result.LeakKind = "after its case was over, "+message, kind
	return result
}

const mutedMessage = "the program closes or replaces standard error, so failures cannot be seen: leave os.Stderr as it is"

// resultOf returns the result of a case that ended in the way of end, and gave its
// answer before if answered.
func resultOf(ans answer, answered bool, end ending) Result {
	result := Result{Verdict: ans.Verdict, Output: end.output, Race: goroutine.Race(end.stderr, ans.Races)}
	if ans.Dump != "" {
		result.Leak, result.LeakKind = goroutine.Leak(ans.Dump), verdict.Leak
	}
	if !answered {
		kind, message := explain(end)
		result.Verdict = verdict.Verdict{Kind: kind, Message: message, Place: goroutine.Place(message)}
	}
	return result
}
