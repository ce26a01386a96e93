package testutil_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/suites/suite"
)

// ends are the commands of the Markdown files that end by themselves, with the exit status
// that each has in a copy of the workbook with the stubs. The first pattern that matches counts.
var ends = []struct {
	pattern string
	status  int
}{
	{`make (ex8\.[12]|grade|compare-8\.1)`, 2}, // the status of make for any failure
	{`make (wall DIR=exercises/ex8\.1|ftpd DIR=exercises/ex8\.2)`, 2},
	{`make (hint-8\.[12]|reset-8\.1|compare-8\.1 SPOIL=1|gradescope)`, 0},
	{`go tool workbook grade (ex8\.[12]|all|-run \S+ ex8\.2|-v -run \S+ ex8\.1)`, 1},
	{`go tool workbook grade -submission copies/ann`, 1},
	{`go tool workbook (grade -h|hint ex8\.[12]|reset ex8\.1|compare -spoil ex8\.1)`, 0},
	{`go tool workbook compare ex8\.1`, 1},
	{`go test ./exercises/\S+ -run TestServe\S*|go test -run TestServe ./exercises/\S+`, 0},
	{`go test ./exercises/\S+( -run Test(Clock|Login)\S*)?`, 1},
	{`go test -run Test(Serve|Clock|HandleConn) ./chapter60/clock2`, 0},
	{`go test ./testutil/checks( ./testutil/grader/stubs)?`, 0},
	{`go test( ./testutil/suites/clocktest| ./chapter60/clock2| ./solutions/ex8\.1/clock2)+`, 0},
	{`go test ./testutil/grader/stubs -update`, 0},
	{`go run ./testutil/sites/gradescope`, 0},
	{`go run "\$\(go env GOROOT\)/src/crypto/tls/generate_cert.go" .*`, 0},
	{`(TZ=\S+ +)?go run ./exercises/\S+ .*|go run ./solutions/ex8\.1/wall -dir exercises/ex8\.1`, 1},
	{`export .*|git (diff|restore) *\S*|\(printf .*git diff .*|mkdir peers && cd peers`, 0},
}

// notRun are the other commands, with the reason why this test does not run them.
var notRun = []struct{ pattern, reason string }{
	{`go (run|test)|go tool workbook grade -submission`, "names a command, without its arguments"},
	{`make ex8\.1 HTML=1|go tool workbook grade -open .*`, "opens a browser"},
	{`make watch-8\.1|go tool workbook watch .*|make (clock[12]|wall|ftpd)|.*go run ./(chapter60/clock[12]|solutions/ex8\.[12]/(wall|ftpd))\b.*`, "ends with Ctrl-C"},
	{`(nc|curl|ftp|make (netcat1|ftp)|go run ./(chapter60/netcat1|solutions/ex8\.2/ftp))\b.*`, "requires a server that is running"},
	{`WORKBOOK_INPROCESS=1 go run .*dlv@.*|\$EDITOR .*`, "requires a person"},
	{`make (lint|vuln)|go run \S+@v\S+ .*|go mod vendor|apt-get .*`, "requires a network"},
	{`make reset-9\.1`, "is for an exercise that is to be written"},
	{`kubectl .*|sbatch .*|squeue .*|job=.*|SHARDS=.*|.*parallel\.sh .*|go tool workbook merge .*`, "requires a cluster, or the parts that it has graded"},
	{`make (test|everywhere|stress|fuzz|soak|bench|bench-ftp)\b.*|cd \.\. && make bench-ftp.*|go vet .*`, "takes minutes"},
	{`go run ./(testutil/checks/stress|solutions/ex8\.2/(soak|bench)) .*|go test .*-(fuzz|bench)[ =].*|go test \./\.\.\.`, "takes minutes"},
	{`go tool workbook grade .*(-class|-kind|-alone) .*`, "grades the solutions first, or waits for a server"},
	{`(WORKBOOK_SLOW=\S+ )?go test .*(/mistakes|/grade|/shapes|/clients|/ftptest|-race)\b.*`, "takes a minute and more: CI runs these tests"},
	{`for deb in .*|tar .*`, "requires files that come from elsewhere"},
}

func TestCommandsEndAsTheyShould(t *testing.T) {
	t.Parallel()
	var todo []string
	status := make(map[string]int)
	for _, file := range listed(t, "*.md") {
		for _, command := range commands(readTop(t, file)) {
			command = strings.TrimRight(command, "& ")
			if _, seen := status[command]; seen || isNotRun(command) {
				continue
			}
			want, ok := statusOf(command)
			if !ok {
				t.Errorf("%s: %q is neither in the table of commands that end, nor in that of those not run", file, command)
				continue
			}
			status[command] = want
			todo = append(todo, command)
		}
	}
	if suite.Slow(t) != "all" {
		t.Skip("running the commands takes minutes: set WORKBOOK_SLOW=all")
	}
	dir := copyOfTree(t)
	for _, command := range todo {
		t.Run(command, func(t *testing.T) {
			start := time.Now()
			got, out := runIn(t, dir, command)
			if got != status[command] {
				t.Errorf("%s: exit status %d, want %d, and it printed\n%s", command, got, status[command], out)
			}
			t.Logf("took %v", time.Since(start).Round(time.Second))
		})
	}
}

// statusOf returns the exit status that a command should have, if it is in the table.
func statusOf(command string) (status int, ok bool) {
	for _, e := range ends {
		if whole(e.pattern, command) {
			return e.status, true
		}
	}
	return 0, false
}

// isNotRun reports whether a command is one of those that this test does not run.
func isNotRun(command string) bool {
	if _, ok := statusOf(command); ok {
		return false
	}
	return slices.ContainsFunc(notRun, func(n struct{ pattern, reason string }) bool { return whole(n.pattern, command) })
}

// whole reports whether a pattern matches all of a command.
func whole(pattern, command string) bool {
	return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(command)
}

// copyOfTree copies the files that git knows into a new repository, and adds what the pages
// tell a reader to have: a submission in copies/ann.
func copyOfTree(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write := func(name, from string) {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(from)))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join("..", filepath.FromSlash(from)))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, text, info.Mode())); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range listed(t) {
		write(name, name)
	}
	write("copies/ann/ex8.1/clock2/clock2.go", "exercises/ex8.1/clock2/clock2.go")
	const commit = "git init -q && git add . && git -c user.name=a -c user.email=a@b commit -qm copy"
	if status, out := runIn(t, dir, commit); status != 0 {
		t.Fatalf("%s: exit status %d: %s", commit, status, out)
	}
	return dir
}

// runIn runs a command in the shell, for at most five minutes.
func runIn(t *testing.T, dir, command string) (status int, out []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	cmd.Dir = dir
	cmd.WaitDelay = 10 * time.Second
	for _, e := range os.Environ() { // those that this test was started with are its own
		if !strings.HasPrefix(e, "WORKBOOK_") && !strings.HasPrefix(e, "MAKE") && !strings.HasPrefix(e, "PWD=") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", command, err)
	}
	return cmd.ProcessState.ExitCode(), out
}
