//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	_ "time/tzdata" // for machines without a database of time zones

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestWall(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds two programs, which takes a second; runs if the environment variable WORKBOOK_SLOW is set")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a bound on what hangs: the go command may build all of the library
	defer cancel()
	temp := t.TempDir()
	before := hours(t)
	cmd := program.Command()
	cmd.Env = append(cmd.Env, "TMPDIR="+temp)
	p, err := program.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()

	var row []string
	err = p.Await(ctx, func(string) bool {
		lines := strings.SplitAfter(p.Stdout(), "\n") // the first are the names, and the last is not complete
		row = strings.Fields(lines[max(0, len(lines)-2)])
		return len(lines) > 2 && !slices.Contains(row, "--:--:--") // for a clock that has not spoken yet
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range row {
		row[i], _, _ = strings.Cut(row[i], ":")
	}
	if after := hours(t); !slices.Equal(row, before) && !slices.Equal(row, after) {
		t.Errorf("the clocks show the hours %q, want %q; wall printed\n%s", row, after, p.Output())
	}

	// Only wall gets this signal, so that it must end the others by itself.
	if err := p.Interrupt(); err != nil {
		t.Fatal(err)
	}
	status, err := p.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if status != 0 || p.Stderr() != "" {
		t.Errorf("after an interrupt, wall ended with exit status %d and errors %q, want 0 and none", status, p.Stderr())
	}
	if err := syscall.Kill(-cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("wall left a process behind: looking for its process group returned %v, want %v", err, syscall.ESRCH)
	}
	left, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("wall left files behind: %v", left)
	}
}

// hours returns the hours that the clocks of the wall should show now.
func hours(t *testing.T) []string {
	t.Helper()
	now := time.Now()
	var hours []string
	for _, city := range cities {
		loc, err := time.LoadLocation(city.zone)
		if err != nil {
			t.Fatal(err)
		}
		hours = append(hours, now.In(loc).Format("15"))
	}
	return hours
}

func TestNoSuchDirectory(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), suite.Patience())
	defer cancel()
	p, err := program.Start(program.Command("-dir", "nosuch"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	status, err := p.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Output(); status != 1 || !strings.HasPrefix(got, "wall: ") || !strings.Contains(got, "nosuch") || strings.Count(got, "\n") != 1 {
		t.Errorf("%v printed %q, exit status %d, want one line that names the directory, exit status 1", p, got, status)
	}
}

func TestLastAddr(t *testing.T) {
	tests := []struct {
		line, want string
	}{
		{"clock2: listening on 127.0.0.1:8010\n", "127.0.0.1:8010"},
		{"2026/03/14 15:09:26 listening on [::1]:8010\r\n", "[::1]:8010"},
		{"localhost:8010", "localhost:8010"},
		{"listening on :8010", ":8010"},
		{"", ""},
		{"clock2: not started\n", ""},
		{"it is 15:09:26\n", ""},
		{"listen tcp 127.0.0.1:8010: bind: address already in use\n", ""},
		{"asked for localhost:0\n", ""},
		{"asked for localhost:65536\n", ""},
		{"asked for localhost:http\n", ""},
	}
	for _, test := range tests {
		got, ok := lastAddr(test.line)
		if !ok {
			got = ""
		}
		if got != test.want {
			t.Errorf("lastAddr(%q) = %q, want %q", test.line, got, test.want)
		}
	}
}
