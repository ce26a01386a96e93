package main

import (
	"os"
	"os/exec"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

// On a busy machine the time may be over before any goroutine has begun.
func TestCountIsNeverOfNothing(t *testing.T) {
	if _, err := tree(os.Getpid()); err != nil {
		t.Skip(err)
	}
	p, err := program.Start(exec.Command("sleep", "60"))
	if err != nil {
		t.Skip(err)
	}
	defer p.Stop()
	times := 0
	f, err := new(site).count(t.Context(), &running{Process: p}, 1, func(int, int) error { times++; return nil })
	if err != nil || times != 1 || !(f.speed > 0) {
		t.Errorf("count() for no time at all = %+v, %v, after it was done %d times, want it done once", f, err, times)
	}
}
