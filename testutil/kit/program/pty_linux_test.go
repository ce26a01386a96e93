package program_test

import (
	"os/exec"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

func TestStartOnTerminal(t *testing.T) {
	p, err := program.StartOnTerminal(exec.Command("sh", "-c", `test -t 1 && echo drawn; test -t 2 || echo logged >&2; exit 3`))
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	defer p.Stop()
	status, err := p.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Stdout(), "drawn\r\n"; got != want {
		t.Errorf("on a terminal, standard output has %q, want %q", got, want)
	}
	if got, want := p.Stderr(), "logged\n"; got != want {
		t.Errorf("beside a terminal, standard error has %q, want %q", got, want)
	}
	if status != 3 {
		t.Errorf("the exit status is %d, want 3", status)
	}
	if !strings.Contains(p.Output(), "drawn") {
		t.Errorf("Output() = %q, want what is on the terminal too", p.Output())
	}
}
