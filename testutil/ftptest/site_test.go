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
