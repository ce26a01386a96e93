package program_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

// smallGroup returns a control group of processes, which have little memory together.
func smallGroup(t *testing.T) (dir string) {
	t.Helper()
	for _, kind := range []struct{ root, limit string }{{"/sys/fs/cgroup", "memory.max"}, {"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}} {
		dir, err := os.MkdirTemp(kind.root, "workbook")
		if err != nil {
			continue
		}
		t.Cleanup(func() { os.Remove(dir) })
		limit, err := os.OpenFile(filepath.Join(dir, kind.limit), os.O_WRONLY, 0) // which is there
		if err != nil {
			continue
		}
		_, err = limit.WriteString("33554432")
		if err := errors.Join(err, limit.Close()); err == nil {
			return dir
		}
	}
	t.Skip("this user cannot make a control group for memory")
	return ""
}

// A process that the system has killed as there was no memory left, of which it used little
// itself, is not to blame.
func TestProcessThatTheSystemHasKilledIsBlameless(t *testing.T) {
	group := smallGroup(t)
	p, err := program.Start(exec.Command("sh", "-c", "echo $$ >"+group+"/cgroup.procs && exec dd if=/dev/zero of=/dev/null bs=200M count=1"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if status, err := p.Wait(t.Context()); status >= 0 || err != nil {
		t.Skipf("there is memory left: status %d, %v, %s", status, err, p.Output())
	}
	if got := p.Death(); got != program.NoMemory || !got.Blameless() {
		t.Errorf("a process %v, want one that %v", got, program.NoMemory)
	}
}
