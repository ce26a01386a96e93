// Package program runs the program under test as a real process: with its
// arguments and environment, its output watched, and nothing left behind.
//
// The tests of a program need no separate build of it. Their TestMain hands
// over main, and the test binary becomes the program when it is started as one:
//
//	func TestMain(m *testing.M) { program.Main(m, main) }
//
//	func TestUsage(t *testing.T) {
//		p, err := program.Start(program.Command("-port", "x"))
//		if err != nil {
//			t.Fatal(err)
//		}
//		defer p.Stop()
//		status, err := p.Wait(ctx)
//		...
//	}
//
// The grader can have another program of any structure and language tested in its place: a
// [Target].
package program

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/verdict"
)

// Limit is how many bytes of output, in all, a process may print. It is far
// more than any right program does; past it a process is [Process.Flooded].
const Limit = 1 << 20

// asProgram in the environment tells [Main] to be the program.
const asProgram = ownPrefix + "AS_PROGRAM"

// Main is the body of a program's TestMain. It runs main if [Command] started
// this process, and the tests otherwise. It does not return.
func Main(m *testing.M, main func()) {
	if orders == nil {
		setEnviron()
		FollowTZ()
		startSignals()
		os.Exit(m.Run())
	}
	forgetTestFlags()
	FollowTZ()
	if err := changeMachine(orders); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	main()
	os.Exit(0)
}

// Command returns the command that runs the program under test with args. There must be
// one: a [Target] at an address is running already.
func Command(args ...string) *exec.Cmd {
	if t, ok := Tested(); ok {
		line := t.args(args)
		cmd := exec.Command(line[0], line[1:]...)
		cmd.Env = withoutOwn(os.Environ())
		Confine(cmd)
		return cmd
	}
	cmd := TestCommand(args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// A judge, in whose process there is nothing of the program under test, sets these.
var (
	TestBinary string                   // of that program; this process's own if empty
	Confine    = func(cmd *exec.Cmd) {} // keeps what cmd will start from doing harm
	Between    = func() {}              // called when a process has ended, and no other runs
	Sealed     bool                     // what Confine has changed cannot send itself SIGKILL
)

// running counts the processes that Start has started and that have not ended. None is
// started while Between runs.
var running struct {
	sync.Mutex
	n int
}

// TestCommand returns the command that starts the test binary of the program under
// test with args.
func TestCommand(args ...string) *exec.Cmd {
	cmd := exec.Command(testBinary(), args...)
	Confine(cmd)
	return cmd
}

func testBinary() string {
	if TestBinary != "" {
		return TestBinary
	}
	exe, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return exe
}

// File returns the path of the executable that [Command] runs.
func File() string {
	if t, ok := Tested(); ok {
		return t.args(nil)[0]
	}
	return testBinary()
}

// A Process is a program that was started. Its methods are safe for
// concurrent use.
type Process struct {
	cmd    *exec.Cmd
	stdin  io.Writer
	output *output
	done   chan struct{} // closed when the process has ended and its output is read

	death  Death       // set before that
	ending atomic.Bool // Stop was called

	stopped    chan struct{} // closed when a signal has stopped the process
	stopSignal string        // which; set before that
}

// Start starts cmd in a session of its own, without a terminal, with standard input open
// and silent, and its output kept. cmd.Stdin, Stdout and Stderr must not be set.
// The caller must call Stop. An error is about this machine, and not about the program.
func Start(cmd *exec.Cmd) (*Process, error) { return start(cmd, nil, nil) }

// StartOnTerminal is [Start] with standard output on a new terminal, for programs that draw
// on nothing else. What they print there has "\r\n" at the ends of its lines. It is an error
// if the system has no terminals, as only Linux has.
func StartOnTerminal(cmd *exec.Cmd) (*Process, error) {
	person, programs, err := newTerminal()
	if err != nil {
		return nil, verdict.Errorf(verdict.GraderProblem, "open a terminal for %s: %w", cmd.Path, err)
	}
	return start(cmd, person, programs)
}

// start starts cmd. If person and programs are not nil, they are the two sides of a terminal,
// which start closes in time.
func start(cmd *exec.Cmd, person, programs *os.File) (*Process, error) {
	p := &Process{cmd: cmd, output: newOutput(), done: make(chan struct{}), stopped: make(chan struct{})}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = withoutRaceDelay(cmd.Env)
	stdout := stream{p.output, &p.output.stdout}
	cmd.Stdout = stdout
	if programs != nil {
		cmd.Stdout = programs
		defer programs.Close() // the process has its own
	}
	cmd.Stderr = stream{p.output, &p.output.stderr}
	stdin, err := cmd.StdinPipe() // cmd.Wait closes it
	if err != nil {
		return nil, verdict.Errorf(verdict.GraderProblem, "start %s: %w", cmd.Path, err)
	}
	cmd.WaitDelay = time.Second // for output that a stray grandchild holds open
	p.stdin = stdin
	setGroup(cmd)
	ooms := oomKills()
	running.Lock()
	err = cmd.Start()
	if err == nil {
		running.n++
	}
	running.Unlock()
	if err != nil {
		stdin.Close()
		if person != nil {
			person.Close()
		}
		return nil, verdict.Errorf(verdict.GraderProblem, "start %s: %w", cmd.Path, err)
	}
	go p.noteStop()
	go p.awaitEnd(ooms, person, drawOn(stdout, person))
	return p, nil
}

// drawOn writes what is on the terminal of a person to w, until no process has the other side.
// The channel is closed when all is written.
func drawOn(w io.Writer, person *os.File) <-chan struct{} {
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		if person != nil {
			io.Copy(w, person)
		}
	}()
	return drawn
}

// noteStop notes the signal that stops the process, if one does.
func (p *Process) noteStop() {
	if p.stopSignal = awaitStop(p.cmd.Process.Pid); p.stopSignal != "" {
		close(p.stopped)
	}
}

// awaitEnd waits for the end of the process, and of what it has drawn on the terminal of a person,
// and notes it. Before it started, ooms processes had been killed for lack of memory.
func (p *Process) awaitEnd(ooms int, person *os.File, drawn <-chan struct{}) {
	p.cmd.Wait() // its error is the exit status, which Wait reports
	p.die(ooms)

	select {
	case <-drawn:
	case <-time.After(p.cmd.WaitDelay):
	}
	if person != nil {
		person.Close()
	}
	running.Lock()
	if running.n--; running.n == 0 {
		Between()
	}
	running.Unlock()
	close(p.done)
}

// die sets the death of the process, which has ended. ooms is what [oomKills] returned when
// it began.
func (p *Process) die(ooms int) {
	if p.cmd.ProcessState.ExitCode() >= 0 || p.ending.Load() {
		return
	}
	p.death = killOf(p.cmd.ProcessState, ooms).death()
	deaths.Lock()
	defer deaths.Unlock()
	deaths.last = p.death
}

// withoutRaceDelay keeps a program that was built with -race from
// sleeping for a second before it exits.
func withoutRaceDelay(env []string) []string {
	return append(slices.Clip(env), "GORACE=atexit_sleep_ms=0")
}

// Say writes text to the standard input of the process.
func (p *Process) Say(text string) error {
	_, err := io.WriteString(p.stdin, text)
	return err
}

// Wait waits until the process has ended by itself, and returns its exit
// status: -1 if a signal ended it.
func (p *Process) Wait(ctx context.Context) (status int, err error) {
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-p.stopped:
		select {
		case <-p.done:
			return p.cmd.ProcessState.ExitCode(), nil
		default:
			return 0, p.stopError()
		}
	case <-ctx.Done():
		return 0, fmt.Errorf("%s does not end: %w", p, ctx.Err())
	}
}

// Await waits until ok returns true of what the process has printed so far.
// It is an error if the process ends, prints more than [Limit], or ctx ends
// before.
func (p *Process) Await(ctx context.Context, ok func(text string) bool) error {
	for ended := false; ; {
		text, changed := p.output.both()
		switch {
		case ok(text):
			return nil
		case p.Flooded():
			return fmt.Errorf("%s printed more than %d bytes", p, Limit)
		case ended:
			return fmt.Errorf("%s ended with exit status %d and printed %q", p, p.cmd.ProcessState.ExitCode(), End(text, 500))
		}
		select {
		case <-changed:
		case <-p.done:
			ended = true
		case <-p.stopped:
			return p.stopError()
		case <-ctx.Done():
			return fmt.Errorf("%s printed %q: %w", p, End(text, 500), ctx.Err())
		}
	}
}

// Pid returns the number of the process.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done returns a channel that is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Stopped returns a channel that is closed when a signal, such as SIGSTOP, has stopped the
// process. It notices that only on Linux.
func (p *Process) Stopped() <-chan struct{} { return p.stopped }

// StopSignal returns the name of that signal, once the channel that Stopped returns is
// closed.
func (p *Process) StopSignal() string { return p.stopSignal }

func (p *Process) stopError() error {
	return fmt.Errorf("%s was stopped by the signal %s", p, p.stopSignal)
}

// Flood returns a channel that is closed when the process has printed more
// than [Limit] bytes, or as many since the last call of Allow.
func (p *Process) Flood() <-chan struct{} { return p.output.flood() }

// Flooded reports whether the channel that Flood returns is closed.
func (p *Process) Flooded() bool {
	select {
	case <-p.Flood():
		return true
	default:
		return false
	}
}

// Allow lets the process print [Limit] bytes more.
func (p *Process) Allow() { p.output.allow() }

// Stdout returns what the process has printed on standard output: the first
// and, of one that printed more than [Limit] bytes, the last part of it.
func (p *Process) Stdout() string { return p.output.text(&p.output.stdout) }

// Stderr returns the same of standard error.
func (p *Process) Stderr() string { return p.output.text(&p.output.stderr) }

// Output returns both, as they would stand on a terminal.
func (p *Process) Output() string {
	text, _ := p.output.both()
	return text
}

// Interrupt asks the process to end, as Ctrl-C does.
func (p *Process) Interrupt() error { return p.cmd.Process.Signal(os.Interrupt) }

// Dump asks the process, if it is a Go program on Unix, to print all its
// goroutines and end.
func (p *Process) Dump() { dump(p.cmd.Process) }

// Runs ends the process with a list of its goroutines, and reports whether one of them is
// in a function of package main of that name. It is false if the process gives no list, as
// on Windows, or is not the program of [Main], which is then not ended.
func (p *Process) Runs(ctx context.Context, function string) bool {
	if Foreign() || runtime.GOOS == "windows" {
		return false
	}
	p.Dump()
	_, err := p.Wait(ctx)
	call := regexp.MustCompile(`(?m)^(main|example\.com/workbook/\S+)\.` + regexp.QuoteMeta(function) + `\(`)
	return err == nil && call.MatchString(p.Stderr())
}

// Stop kills the process with all that it has started, and waits for its end.
func (p *Process) Stop() {
	p.ending.Store(true)
	killGroup(p.cmd.Process)
	<-p.done
}

// String returns the command line, with the program's name for its path.
func (p *Process) String() string {
	name := p.cmd.Args[0]
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".exe"), ".test")
	return strings.Join(append([]string{name}, p.cmd.Args[1:]...), " ")
}
