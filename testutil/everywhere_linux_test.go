package testutil_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
)

// Ctrl-C ends the script at once, with the row that is running and all that this has started.
func TestEverywhereEndsOnCtrlC(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	listed(t) // git, which the script requires
	dir := t.TempDir()
	started := filepath.Join(dir, "started") // a pipe with a name, on which the row's command says its number
	if err := syscall.Mkfifo(started, 0o600); err != nil {
		t.Skip(err)
	}
	fake := filepath.Join(dir, "go")
	script := "#!/bin/sh\ncase $1 in version) ;; *) echo $$ >" + started + "; exec sleep 60;; esac\n"
	if err := program.WriteExecutable(fake, []byte(script)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "testutil/everywhere.sh", "386")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GO="+fake, "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	pids := make(chan int, 1)
	go func() {
		text, _ := os.ReadFile(started) // waits for the command
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		pids <- pid
	}()
	var pid int
	select {
	case pid = <-pids:
	case err := <-ended:
		t.Fatalf("the script has ended before its row began: %v", err)
	}
	syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	select {
	case <-ended:
		if got := cmd.ProcessState.ExitCode(); got != 130 {
			t.Errorf("exit status %d, want 130", got)
		}
	case <-time.After(20 * time.Second):
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		t.Error("the script goes on 20s after Ctrl-C")
	}
	if err := syscall.Kill(pid, 0); err == nil {
		syscall.Kill(pid, syscall.SIGKILL)
		t.Error("what the row has started goes on")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp.*")); len(left) > 0 {
		t.Errorf("the script leaves %s", left)
	}
}
