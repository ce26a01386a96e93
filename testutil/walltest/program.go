package walltest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/program"
	"example.com/workbook/testutil/suite"
)

// A Start function starts the program under test with args.
type Start = func(args ...string) (*program.Process, error)

// TestProgram tests the program as its users meet it: a process with arguments,
// an exit status, and real connections. The package's TestMain must call
// [program.Main].
func TestProgram(t *testing.T) {
	t.Helper()
	suite.Test(t, Program())
}

// Program returns the suite of TestProgram.
func Program() suite.Suite {
	start := func(args ...string) (*program.Process, error) { return program.Start(program.Command(args...)) }
	return suite.New(suite.RealClock, start, programCases)
}

var programCases = []suite.Case[Start]{
	{
		Name: "shows_real_clocks", Group: suite.Core, Points: 2,
		Explanation: "What holds for run holds for the program: does main call run with net.Dialer's DialContext, os.Args[1:] and os.Stdout?",
		Run:         showsRealClocks,
	},
	{
		Name: "prints_its_usage_without_arguments", Group: suite.Sturdy, Points: 1,
		Explanation: "Who starts a program without the arguments that it needs wants to read how it is used. The exit status of wrong usage is 2.",
		Run: func(ctx context.Context, start Start) error {
			return fails(ctx, start, 2, "usage")
		},
	},
	{
		Name: "reports_a_bad_argument", Group: suite.Sturdy, Points: 1,
		Explanation: "An error of run is printed on standard error, and the exit status is not 0: log.Fatal does both.",
		Run: func(ctx context.Context, start Start) error {
			return fails(ctx, start, 0, "Paris", "London=localhost:8020", "Paris")
		},
	},
}

func showsRealClocks(ctx context.Context, start Start) error {
	clocks := three()
	var args []string
	for _, c := range clocks {
		ln, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			return err
		}
		defer ln.Close()
		c.phase, c.period = 0, time.Second/20
		c.listen(ln)
		args = append(args, c.name+"="+ln.Addr().String())
	}
	p, err := start(args...)
	if err != nil {
		return err
	}
	defer p.Stop()
	var lines []string
	err = p.Await(ctx, func(text string) bool {
		s := newScreen()
		s.Write([]byte(text))
		lines = s.History()
		shown := read(lines, clocks).shown
		for _, c := range clocks {
			if _, own := c.number(shown[c.name]); !own {
				return false
			}
		}
		return true
	})
	if suite.NotStarted(p) {
		return exercises.ErrNotStarted
	}
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%v does not show each name with its own time", p)
		}
		return fmt.Errorf("%w; the screen:\n%s", err, frame(lines))
	}
	return nil
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
		return fmt.Errorf("%v goes on, want an error; it printed %q", p, program.Begin(p.Output()))
	}
	text := p.Stderr()
	switch {
	case suite.NotStarted(p):
		return exercises.ErrNotStarted
	case strings.Contains(text, "panic: "):
		return fmt.Errorf("%v panicked:\n%s", p, frame(strings.SplitN(text, "\n", 4)[:1]))
	case got == 0 || status != 0 && got != status:
		return fmt.Errorf("%v ended with exit status %d, want %s", p, got, orAny(status))
	case !strings.Contains(strings.ToLower(text), strings.ToLower(what)):
		return fmt.Errorf("%v printed %q on standard error, want a line with %q", p, program.Begin(text), what)
	}
	return nil
}

func orAny(status int) string {
	if status == 0 {
		return "any but 0"
	}
	return fmt.Sprint(status)
}
