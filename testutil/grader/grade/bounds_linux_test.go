package grade

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/grader/sandbox"
)

// standIn puts a script into the place of the go command.
func standIn(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go"), "#!/bin/sh\n"+script)
	if err := os.Chmod(filepath.Join(dir, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// The go command is one that starts a compiler, and waits for it for a day.
func TestBuildIsEndedWithAllThatItHasStarted(t *testing.T) {
	g, _ := newGrading(t, nil, true)
	g.Tested = true // no stub is tried
	g.buildTime = 100 * time.Millisecond
	pids := filepath.Join(t.TempDir(), "pids")
	standIn(t, "sleep 86397 &\necho $! >>"+pids+"\nwait\n")
	const want = "the go command takes more than 500ms to build " + clock2Dir
	errs, err := g.build(t.Context(), g.temp, []string{clock2Dir})
	if p, ok := errors.AsType[*Problem](err); !ok || p.Cause != want {
		t.Errorf("build with a go command that waits without end says %q, %v, want the problem %q: the program is not at fault", errs, err, want)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for pid := range strings.FieldsSeq(string(text)) {
		for runs(pid) {
			if t.Context().Err() != nil {
				t.Fatalf("process %s of the go command still runs", pid)
			}
		}
	}
}

// A grading that is cancelled while a program is compiled leaves nothing behind.
func TestCancelledGradingEndsTheCompilerAndRemovesItsFiles(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	submission := t.TempDir()
	write(t, filepath.Join(submission, filepath.FromSlash(clock2Dir), "clock2.go"), good)
	pids := filepath.Join(t.TempDir(), "pids")
	standIn(t, "mkdir $GOTMPDIR/go-build1\nsleep 86393 &\necho $! >>"+pids+".new\nmv "+pids+".new "+pids+"\nwait\n")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for t.Context().Err() == nil { // until the compiler runs
			if _, err := os.Stat(pids); err == nil {
				return
			}
		}
	}()
	e := Exercises[0]
	e.Programs = e.Programs[:1]
	_, err := Run(ctx, Options{Top: filepath.Join("..", "..", ".."), Exercises: []Exercise{e}, Submission: submission, Tested: true})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Run() = %v, want %v", err, context.Canceled)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for pid := range strings.FieldsSeq(string(text)) {
		for runs(pid) {
			if t.Context().Err() != nil {
				t.Fatalf("process %s of the go command still runs", pid)
			}
		}
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("in the folder of temporary files there are %v, %v, want none", left, err)
	}
}

// runs reports whether there is a process of that number that has not ended.
func runs(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(text), ") Z ")
}

func TestBuildIsBounded(t *testing.T) {
	if !buildBounds.Holds() {
		t.Skip("this machine has lower limits")
	}
	defer func(old sandbox.Bounds) { buildBounds = old }(buildBounds)
	buildBounds = sandbox.Bounds{Memory: 1 << 30, File: 1 << 20, Seconds: 1} // a Go program needs some memory to start
	const says = "|| { echo '# example.com/workbook/" + clock2Dir + "'; echo '%s'; }\nexit 1\n"
	for _, tt := range []struct{ name, script, want string }{
		{"memory", "dd if=/dev/zero of=/dev/null bs=2000M count=1 2>/dev/null " + fmt.Sprintf(says, "fatal error: runtime: out of memory"), "takes more than 2 GiB of memory to compile"},
		{"a file", "trap '' XFSZ\ndd if=/dev/zero of=large bs=1M count=2 2>/dev/null " + fmt.Sprintf(says, "large: file too large"), "takes more than 256 MiB of space to compile"},
		{"processor time", "sh -c 'while :; do :; done' " + fmt.Sprintf(says, "compile: signal: CPU time limit exceeded"), "takes more than 1s of processor time to compile"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, _ := newGrading(t, nil, true)
			g.Tested = true
			standIn(t, tt.script)
			errs, err := g.build(t.Context(), g.temp, []string{clock2Dir})
			if got := errs[clock2Dir]; got != tt.want || err != nil {
				t.Errorf("build says %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// Where the limit is one of the machine, the program is not at fault.
func TestBuildOnASmallMachineIsAProblem(t *testing.T) {
	if buildBounds.Holds() { // this machine is not small: begin again as if it were
		cmd := exec.Command("sh", "-c", `ulimit -d 1500000 && exec "$0" -test.run='^`+t.Name()+`$'`, testBinaryOfThis(t))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with 1.5 GiB of data: %v\n%s", err, out)
		}
		return
	}
	g, _ := newGrading(t, nil, true)
	g.Tested = true
	standIn(t, "echo '# example.com/workbook/"+clock2Dir+"'\necho 'fatal error: out of memory'\nexit 1\n")
	errs, err := g.build(t.Context(), g.temp, []string{clock2Dir})
	if err == nil || !strings.Contains(err.Error(), memoryRemedy) {
		t.Errorf("build says %q, %v, want a problem", errs, err)
	}
}

func testBinaryOfThis(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}
