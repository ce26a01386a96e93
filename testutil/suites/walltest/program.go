package walltest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"testing"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Start function starts the program under test with args.
type Start = func(args ...string) (*program.Process, error)

func start(args ...string) (*program.Process, error) { return program.Start(program.Command(args...)) }

// TestProgram tests the program as its users meet it: a process with arguments,
// an exit status, and real connections. The package's TestMain must call
// [program.Main].
func TestProgram(t *testing.T) {
	t.Helper()
	suite.Test(t, Program())
}

// Program returns the suite of TestProgram.
func Program() suite.Suite {
	start := start
	if program.Foreign() {
		start = startOnScreen
	}
	s := suite.New(suite.RealClock, start, programCases)
	s.Rules = suite.Rules{verdict.Crashed: rules()[verdict.Crashed]}
	s.Other = suite.RulesOf("TestWall", cases)
	return s
}

var programCases = []suite.Case[Start]{
	{
		Name: "shows_real_clocks", Group: suite.Core, Points: 2,
		Explanation: "The program must show real clocks until Ctrl-C stops it, as run does. Does main call run with net.Dialer's DialContext, os.Args[1:] and os.Stdout, and wait until it returns?",
		Run:         showsRealClocks,
	},
	{
		Name: "prints_its_usage_without_arguments", Group: suite.Robustness, Points: 1,
		Explanation: "Without arguments, print the usage: the user needs it. The exit status of wrong usage is 2.",
		Run: func(ctx context.Context, start Start) error {
			return fails(ctx, start, 2, "usage")
		},
	},
	{
		Name: "reports_a_bad_argument", Group: suite.Robustness, Points: 1,
		Explanation: "An error of run is printed on standard error, and the exit status is not 0: log.Fatal does both.",
		Run: func(ctx context.Context, start Start) error {
			return failsBeside(ctx, start, "Paris", "London=%s", "Paris")
		},
	},
}

func showsRealClocks(ctx context.Context, start Start) error {
	s, err := open(start, three())
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.showsOwn(ctx, s.clocks...); err != nil {
		return err
	}
	if err := s.goesOn(ctx, 1, s.clocks...); err != nil {
		return err
	}
	return endsAtCtrlC(ctx, s.p)
}

// returns is the case about a run that does not return.
const returns = "TestWall/returns_when_its_context_ends"

// endsAtCtrlC wants the program to end when a person presses Ctrl-C, unless run alone cannot end. Of
// a program that is not of this workbook another case wants that.
func endsAtCtrlC(ctx context.Context, p *program.Process) error {
	if program.Foreign() || signal.Ignored(os.Interrupt) || p.Interrupt() != nil {
		return nil
	}
	if _, err := p.Wait(ctx); err != nil {
		return suite.Left(returns, fmt.Errorf("%v goes on after Ctrl-C, want it to end: does main pass its context to run, and return when run does?", p))
	}
	return nil
}

// failsBeside is fails with arguments in which %s is the address of a clock that ticks.
func failsBeside(ctx context.Context, start Start, what string, args ...string) error {
	s := &site{clocks: three()[:1]}
	defer s.close()
	if err := s.listen(); err != nil {
		return err
	}
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "%s", s.clocks[0].address)
	}
	return fails(ctx, start, 0, what, args...)
}

// fails wants the program to end with an exit status, or if that is 0, with any
// but 0, and with a line on standard error that holds what.
func fails(ctx context.Context, start Start, status int, what string, args ...string) error {
	p, err := start(args...)
	if err != nil {
		return err
	}
	defer p.Stop()
	got, err := p.Wait(ctx)
	if err != nil {
		return fmt.Errorf("%v keeps running, want an error; it printed %s", p, program.Quoted(p.Output()))
	}
	text := p.Stderr()
	why, panicked := program.Panic(text)
	switch {
	case suite.NotStarted(p):
		return exercises.ErrNotStarted
	case panicked:
		return program.Crashed(fmt.Sprint(p, " has ended"), why)
	case got == 0 || status != 0 && got != status:
		return fmt.Errorf("%v ended with exit status %d, want %s", p, got, orAny(status))
	case !strings.Contains(strings.ToLower(text), strings.ToLower(what)):
		return fmt.Errorf("%v printed %s on standard error, want a line with %q", p, program.Quoted(text), what)
	}
	return nil
}

func orAny(status int) string {
	if status == 0 {
		return "any but 0"
	}
	return fmt.Sprint(status)
}
