package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

func TestSavedFileIsGradedUntilTheEnd(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs and a tool; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if out, err := exec.Command("go", "run", watcher, "-v").CombinedOutput(); err != nil && os.Getenv("CI") == "" {
		t.Skipf("the watcher cannot be had: %s", out)
	}
	s := newStudent(t)
	cmd := command(t, "watch", "-run", "TestPort/refuses_a_port_that_is_not_a_number", "8.1")
	cmd.Dir = s.top
	p, err := program.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a bound on what hangs
	defer cancel()
	shows := func(what string, n int) {
		t.Helper()
		if err := p.Await(ctx, func(text string) bool { return strings.Count(text, what) >= n }); err != nil {
			t.Fatalf("%d times %q: %v", n, what, err)
		}
	}
	shows("Watching exercises/ex8.1.", 1)
	s.write(clock2File, "package main\n\nfunc main() { undefined() }\n")
	shows("undefined: undefined", 1)
	shows("Watching exercises/ex8.1.", 2)
	s.write(clock2File, solution(t, "ex8.1/clock2/clock2.go"))
	shows("Core 0 of 52, robustness 1 of 40 points", 1)
	shows("Watching exercises/ex8.1.", 3)
	if strings.Contains(p.Output(), "\x1b") {
		t.Errorf("it commands a terminal, though there is none:\n%q", p.Output())
	}
	if err := p.Interrupt(); err != nil {
		t.Skip(err) // on Windows
	}
	if status, err := p.Wait(ctx); status != right || err != nil {
		t.Errorf("after Ctrl-C it has ended with exit status %d, %v; want %d", status, err, right)
	}
}

func TestWatcherThatCannotBeHadIsReported(t *testing.T) {
	cmd := command(t, "watch", "8.1")
	cmd.Env = append(cmd.Env, "GOMODCACHE="+t.TempDir(), "GOPROXY=off")
	out, _ := cmd.CombinedOutput()
	if status := cmd.ProcessState.ExitCode(); status != trouble {
		t.Errorf("exit status %d, want %d", status, trouble)
	}
	for _, want := range []string{"cannot run " + watcher, "requires a network", "run make ex8.1 after each save"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it says %q, and not %q", out, want)
		}
	}
}

func TestModulesAreTakenFromTheCacheFirst(t *testing.T) {
	t.Setenv("GOMODCACHE", filepath.Join(t.TempDir(), "a b"))
	t.Setenv("GOPROXY", "https://proxy.example,direct")
	got, err := cacheFirst(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first, last := "file:///", "/a%20b/cache/download,https://proxy.example,direct"
	if !strings.HasPrefix(got, first) || !strings.HasSuffix(got, last) {
		t.Errorf("cacheFirst() = %q, want %q...%q", got, first, last)
	}
}
