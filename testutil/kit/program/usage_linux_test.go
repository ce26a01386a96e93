package program_test

import (
	"os"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

func TestUsageOf(t *testing.T) {
	before, err := program.UsageOf(os.Getpid())
	if err != nil || before.Memory < 1<<20 || before.Threads < 1 {
		t.Fatalf("UsageOf(this process) = %+v, %v, want 1 MiB or more and a thread or more", before, err)
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	after, err := program.UsageOf(os.Getpid())
	if want := before.Files + 1; after.Files != want || err != nil {
		t.Errorf("with another file open, UsageOf(this process) = %+v, %v, want %d files", after, err, want)
	}
	f.Close()
	p := start(t, "print")
	if _, err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := program.UsageOf(p.Pid()); err == nil {
		t.Errorf("UsageOf(a process that has ended) = %+v, want an error", got)
	}
}
