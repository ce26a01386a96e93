//go:build race

package isolate_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

func TestRunReportsADataRaceThatTheCaseHides(t *testing.T) {
	t.Run("case", func(t *testing.T) {
		result := run(t, muted(race))
		want(t, result, verdict.Passed, "")
		const hidden = "the program has closed or replaced standard error"
		if !strings.Contains(result.Race, hidden) {
			t.Errorf("Run().Race = %q, want one that says that %s", result.Race, hidden)
		}
	})
}

// muted returns f with standard error given away until it returns.
func muted(f func() error) func() error {
	return func() error {
		saved, err := syscall.Dup(2)
		if err != nil {
			return err
		}
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(syscall.Dup3(int(null.Fd()), 2, 0), f(), syscall.Dup3(saved, 2, 0))
	}
}
