package fakeclock_test

import (
	"context"
	"syscall"
	"testing"

	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/verdict"
)

func TestSignalStopsACase(t *testing.T) {
	result := fakeclock.Run(t, func(context.Context) error {
		for { // it may come late
			syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
		}
	})
	want(t, result, verdict.Hung, "was stopped by the signal SIGSTOP")
}
