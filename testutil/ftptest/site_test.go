package ftptest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"example.com/workbook/testutil/program"
)

// A visit that goes well, and a server that has ended by then, is no matter of luck.
func TestServerThatHasEndedPassesNoCase(t *testing.T) {
	p, err := program.Start(exec.Command(os.Args[0], "-test.run=^$"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if _, err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &site{process: p}
	for range 20 {
		if err := s.verdict(nil); err == nil || !strings.Contains(err.Error(), "the server has ended") {
			t.Fatalf("verdict(nil) on a server that has ended = %v, want an error that says so", err)
		}
	}
}

// On a busy machine the time may be over before there was any to look again.
func TestLastLookIsTakenWhenTheTimeIsOver(t *testing.T) {
	looks := 0
	_, ok := new(site).awaitFor(0, func() (string, bool) {
		looks++
		return "", looks == 2
	})
	if !ok {
		t.Errorf("awaitFor(0, …) of what is there at the second look = false after %d looks, want true", looks)
	}
}
