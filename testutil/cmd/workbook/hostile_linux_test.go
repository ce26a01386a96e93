package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// Every other student of a class does harm, each in another way. The others have full marks of
// what is asked, and the machine is as before.
func TestClassWithHostileSubmissionsCostsTheOthersNothing(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("grades a class; runs if the environment variable WORKBOOK_SLOW is set")
	}
	kinds := []string{"closes-its-folders", "fills-the-answers", "fills-the-memory", "keeps-killing", "keeps-listening", "reaches-out", "stops-itself"}
	hostile := make(map[int]string)
	for i, name := range kinds {
		hostile[2*i] = name
	}
	class := make(map[string]string)
	for i := range 2 * len(kinds) {
		text := solution(t, "ex8.1/clock2/clock2.go")
		if name := hostile[i]; name != "" {
			file, err := os.ReadFile(filepath.Join("..", "..", "grader", "grade", "testdata", "hostile", name, filepath.FromSlash(clock2File)))
			if err != nil {
				t.Fatal(err)
			}
			text = string(file)
		}
		class[fmt.Sprintf("student%02d/%s", i, clock2File)] = text
	}
	folder := copies(t, class)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	temp, err := os.MkdirTemp("", "class") // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp)
	if err := os.Chmod(temp, 0o755); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(t.TempDir(), "results.csv")
	cmd := exec.CommandContext(t.Context(), exe, "grade", "-class", folder, "-o", table, "-partial",
		"-run", "Test(Clock|Port)/^(writes_the_time_at_once|picks_a_port_when_given_0_and_says_which)$", "ex8.1")
	cmd.Env = append(os.Environ(), asCommand+"=1", "CGO_ENABLED=0", "TMPDIR="+temp)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Run() // its status says that clockwall is missing
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 1+len(class) {
		t.Fatalf("the table has %d rows, %v, want %d:\n%s%s", len(rows), err, 1+len(class), text, &stderr)
	}
	core := slices.Index(rows[0], "clock2 core")
	for i, row := range rows[1:] {
		want := "4"
		if hostile[i] != "" {
			want = "0"
		}
		if row[core] != want {
			t.Errorf("%s (%s) has %s core points, want %s: %q", row[studentColumn], hostile[i], row[core], want, row)
		}
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("in the folder of temporary files there are %v, %v, want none", left, err)
	}
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), ": 86399;") {
			t.Errorf("%s: what a submission has started still runs: %q", name, text)
		}
	}
	if t.Failed() {
		t.Logf("%s", &stderr)
	}
}

// The terminal of a grading is closed while a program is compiled: by a go command that waits
// without end.
func TestGradingWithoutItsTerminalLeavesNothing(t *testing.T) {
	folder := copies(t, map[string]string{clock2File: solution(t, "ex8.1/clock2/clock2.go")})
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	temp, bin := t.TempDir(), t.TempDir()
	pids := filepath.Join(t.TempDir(), "pids")
	script := "#!/bin/sh\n[ $1 = test ] || exit 1\nmkdir $GOTMPDIR/go-build1\nsleep 86392 &\necho $! >" + pids + ".new\nmv " + pids + ".new " + pids + "\nwait\n"
	if err := program.WriteExecutable(filepath.Join(bin, "go"), []byte(script)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "grade", "-submission", folder, "ex8.1")
	cmd.Env = append(os.Environ(), asCommand+"=1", "CGO_ENABLED=0", "TMPDIR="+temp, "PATH="+bin+":"+os.Getenv("PATH"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	// Under nohup, this process ignores SIGHUP, and what it starts would ignore it too.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var text []byte
	for t.Context().Err() == nil && len(text) == 0 { // until the compiler runs
		text, _ = os.ReadFile(pids)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if cmd.Wait(); cmd.ProcessState.ExitCode() != trouble {
		t.Errorf("exit status %d, want %d: %s", cmd.ProcessState.ExitCode(), trouble, &stderr)
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("in the folder of temporary files there are %v, %v, want none", left, err)
	}
	pid := strings.TrimSpace(string(text))
	line, err := os.ReadFile("/proc/" + pid + "/cmdline") // empty if it has ended, and its parent has not seen it
	if err == nil && strings.Contains(string(line), "86392") {
		t.Errorf("what the go command has started still runs: %q", line)
		if n, err := strconv.Atoi(pid); err == nil {
			syscall.Kill(n, syscall.SIGKILL)
		}
	}
}
