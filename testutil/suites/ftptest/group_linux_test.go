package ftptest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
)

// What a wrapper script starts is looked at as the server is.
func TestFilesOfAWrappedServerAreSeen(t *testing.T) {
	s := &site{root: t.TempDir(), patience: 10 * time.Second}
	held := filepath.Join(s.root, "held")
	if err := os.WriteFile(held, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", `sh -c 'exec 3<"$0"; echo ready; read line' "$0"; exit 1`, held)
	p, err := program.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if err := p.Await(t.Context(), func(text string) bool { return text == "ready\n" }); err != nil {
		t.Fatal(err)
	}
	s.process = p
	if n, err := s.descriptors(p.Pid()); n != 1 || err != nil {
		t.Errorf("a child of the process has a file of the root open; descriptors = %d, %v, want 1", n, err)
	}
	if n := len(program.Group(p.Pid())); n != 2 {
		t.Errorf("Group(%d) has %d processes, want 2", p.Pid(), n)
	}
	both, err := memoryOf(program.Group(p.Pid()))
	if err != nil {
		t.Fatal(err)
	}
	if one, err := memoryOf([]int{p.Pid()}); err != nil || one >= both {
		t.Errorf("the process uses %d bytes and its group %d, want more (%v)", one, both, err)
	}
}
