package walltest

import (
	"os/exec"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

// A wall that draws on a terminal only gets one, and each other a pipe.
func TestWallIsStartedWhereItShowsATime(t *testing.T) {
	t.Setenv("WORKBOOK_PATIENCE", "4s")
	for _, tt := range []struct {
		script   string
		terminal bool
	}{
		{`echo 08:00:00; exec sleep 60`, false},
		{`test -t 1 && echo 08:00:00 && exec sleep 60; echo "not a terminal"; exit 1`, true},
		{`echo "unknown argument"; exit 2`, false},
	} {
		shell := func(start func(*exec.Cmd) (*program.Process, error)) Start {
			return func(...string) (*program.Process, error) { return start(exec.Command("sh", "-c", tt.script)) }
		}
		terminals := 0
		onTerminal := func(args ...string) (*program.Process, error) {
			terminals++
			return shell(program.StartOnTerminal)(args...)
		}
		start := onScreen(t.Context(), shell(program.Start), onTerminal)
		before := terminals
		p, err := start()
		if err != nil {
			t.Skipf("no terminal: %v", err)
		}
		p.Stop()
		if got := terminals > before; got != tt.terminal {
			t.Errorf("a wall that runs %q is started on a terminal: %v, want %v", tt.script, got, tt.terminal)
		}
	}
}
