package isolate

import (
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/program"
)

// runCase is [Run] in the process of the case. It does not return.
func runCase(f func() error) {
	prepare()
	err := f()
	awaitPanics()
	ans := answerOf(err)
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

// prepare makes this process one that is fit for cases, and says that it has come as far.
func prepare() {
	for _, name := range []string{caseEnv, trialEnv, answerEnv} {
		os.Unsetenv(name)
	}
	program.FollowTZ()
	Progress()
	go func() {
		io.Copy(io.Discard, os.Stdin) // ends with the process that waits for us
		os.Exit(1)
	}()
	log.SetFlags(log.Flags() | log.Llongfile) // a log.Fatal is to say where it stands
	debug.SetMaxStack(16 << 20)               // a recursion without end is to end soon
}

// Answer writes down what a case will return, err, before it waits for the end
// of what it has started. If the process dies of that, the answer stands, and the
// death counts as a leak. But if err is an [io.EOF], from a connection that the program
// has closed, the death is what the case returns: a goroutine that panics closes its
// connections before the process dies.
func Answer(err error) {
	if answerFile != "" && !Trying() {
		awaitPanics()
		answerOf(err).give() // if this fails, the last one fails too, and says so
	}
}

// awaitPanics waits while a goroutine panics: the process dies when its deferred calls have run, and
// one of these may have let the case come to its end.
func awaitPanics() {
	for range 200 {
		if !goroutine.Panicking() {
			return // or it has recovered
		}
		time.Sleep(10 * time.Millisecond)
	}
}

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

// The last words of a case that called [GiveUpBusy] begin with one of these:
const (
	busy  = "isolate: the case is busy\n"
	polls = "isolate: the case polls\n" // a goroutine was seen at work and asleep in turn
)

// maxAccepts is how many goroutines a program may have that calls Accept. The race detector ends
// the process at 8128 goroutines.
const maxAccepts = 4000

// accepts opens the last words of a case that was ended by [Accepts].
const accepts = "isolate: the case starts goroutines without an end\n"

// Accepts is for the Accept of a listener in a case to call first. It ends the process of a program
// that calls Accept in each of thousands of goroutines.
func Accepts() {
	if runtime.NumGoroutine() > maxAccepts {
		os.Stderr.WriteString(accepts + string(debug.Stack()) + "\n\n")
		os.Exit(1)
	}
}

// GiveUpBusy ends the process of a case that uses the processor without an end. A dump
// of its goroutines tells Run where.
func GiveUpBusy() {
	if polling := goroutine.Polling(); polling != "" {
		os.Stderr.WriteString(polls + polling + "\n\n")
	} else {
		os.Stderr.WriteString(busy + goroutine.Dump())
	}
	os.Exit(1)
}
