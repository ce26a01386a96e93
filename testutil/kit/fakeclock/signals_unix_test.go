//go:build unix

package fakeclock_test

import (
	"context"
	"os/signal"
	"syscall"
	"testing"

	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/verdict"
)

// Nothing is kept from a program that does not listen to signals.
func TestSignalEndsACase(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			if signal.Ignored(sig) {
				t.Skip("this process was started, as by nohup, with the signal ignored")
			}
			result := fakeclock.Run(t, func(context.Context) error {
				for { // it may come late
					syscall.Kill(syscall.Getpid(), sig)
				}
			})
			want(t, result, verdict.Exited, "was killed by a signal: .*")
		})
	}
}
