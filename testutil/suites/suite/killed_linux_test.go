package suite_test

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A case starts a program, which is killed a number of times.
func TestCaseWhoseProgramIsKilledIsRunAgain(t *testing.T) {
	for _, tt := range []struct {
		name   string
		kills  int
		sealed bool // the program cannot have done it
		want   verdict.Kind
		says   string
	}{
		{"once", 1, false, verdict.Passed, ""},
		{"once, from outside", 1, true, verdict.Passed, ""},
		{"each time", 9, false, verdict.Wrong, "the program ended with status -1"},
		{"each time, from outside", 9, true, verdict.GraderProblem, "its process was killed from outside, 3 times"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			program.Sealed = tt.sealed
			defer func() { program.Sealed = false }()
			var kills int
			killed := func(ctx context.Context) error {
				p, err := program.Start(exec.Command("sleep", "86394"))
				if err != nil {
					return err
				}
				defer p.Stop()
				if kills--; kills < 0 {
					return nil
				}
				syscall.Kill(p.Pid(), syscall.SIGKILL)
				status, err := p.Wait(ctx)
				if err != nil {
					return err
				}
				return fmt.Errorf("the program ended with status %d", status)
			}
			var got verdict.Verdict
			for range 20 { // a test of package program has the system run out of memory, perhaps at this time
				kills = tt.kills
				got = suite.RealClock(t, new(suite.Grading), killed).Verdict
				if !strings.Contains(got.Message, "out of memory") {
					break
				}
			}
			if got.Kind != tt.want || got.Message != tt.says {
				t.Errorf("the verdict is %s: %q, want %s: %q", got.Kind, got.Message, tt.want, tt.says)
			}
		})
	}
}
