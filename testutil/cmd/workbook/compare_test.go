package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/suites/suite"
)

// withStub returns a folder that is a workbook as far as comparing goes, in which the
// stub of clock2 stands.
func withStub(t *testing.T) (top string) {
	t.Helper()
	stub := "package main\n\nfunc serve() {\n\t// TODO: größer\x1b[2J\n}\n"
	ours := "package main\n\nimport \"net\"\n\nfunc serve() {\n\tnet.Listen(\"tcp\", \"localhost:80\")\n}\n"
	return copies(t, map[string]string{
		"go.mod":                             "module example.com/workbook\n",
		clock2File:                           stub,
		"exercises/ex8.1/clock2/mine.go":     "package main // mine\n",
		"exercises/ex8.1/clock2/x_test.go":   "package main // a test\n",
		"solutions/ex8.1/clock2/clock2.go":   ours,
		"solutions/ex8.1/clock2/beyond.go":   "package main // beyond\n",
		"exercises/ex8.1/clockwall/clock.go": "package main\n",
		"solutions/ex8.1/clockwall/clock.go": "package main\n",
	})
}

func TestFilesStandBesideThoseOfTheSolution(t *testing.T) {
	tests := []struct {
		args, env string
		want      string // on standard output
		not       string // there; "" for nothing
	}{
		{args: "8.1", want: `
exercises/ex8.1/clock2/clock2.go         solutions/ex8.1/clock2/clock2.go
--------------------------------------   --------------------------------------
package main                             package main

                                       > import "net"
                                       >
func serve() {                           func serve() {
    // TODO: größer\x1b[2J             |     net.Listen("tcp", "localhost:80")
}                                        }

exercises/ex8.1/clockwall/clock.go       solutions/ex8.1/clockwall/clock.go
--------------------------------------   --------------------------------------
package main                             package main

Only one side has these files:
> solutions/ex8.1/clock2/beyond.go
< exercises/ex8.1/clock2/mine.go
To see the first of them:
  go tool workbook compare -spoil ex8.1 clock2 beyond.go
`, not: "a test"},
		{args: "8.1", env: "LC_ALL=C", want: `TODO: gr\u00f6\u00dfer`, not: "ö"},
		{args: "8.1", env: "COLUMNS=110", want: strings.Repeat("-", 53) + "   " + strings.Repeat("-", 53) + "\n"},
		{args: "8.1", env: "COLUMNS=wide", want: strings.Repeat("-", 38) + "   " + strings.Repeat("-", 38) + "\n"},
		{args: "8.1 clockwall", want: "clock.go", not: "clock2"},
		{args: "8.1 clock2 mine", want: `
exercises/ex8.1/clock2/mine.go           (the solution has no such file)
--------------------------------------   --------------------------------------
package main // mine                   <
`, not: "clock2.go"},
		{args: "ex8.1 clock2 beyond.go", want: "\n                                       > package main // beyond\n"},
		{args: "-diff 8.1 clock2", want: "\n-\t// TODO", not: "\x1b[m"},
		{args: "-diff 8.1 clock2", want: "+++ b/solutions/ex8.1/clock2/beyond.go"},
		{args: "-diff 8.1 clockwall", want: "Your files are those of the solution.\n"},
	}
	top := withStub(t)
	for _, tt := range tests {
		t.Run(tt.args+" "+tt.env, func(t *testing.T) {
			cmd := command(t, append([]string{"compare"}, strings.Fields(tt.args)...)...)
			cmd.Dir = filepath.Join(top, "exercises")
			cmd.Env = append(cmd.Env, "SPOIL=1", "COLUMNS=", tt.env)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %v", cmd, err)
			}
			if !strings.Contains(string(out), tt.want) {
				t.Errorf("compare %s shows\n%s\nwant in it\n%s", tt.args, out, tt.want)
			}
			if tt.not != "" && strings.Contains(string(out), tt.not) {
				t.Errorf("compare %s shows\n%s\nwant in it no %q", tt.args, out, tt.not)
			}
		})
	}
}

func TestFileTooLongToCompareIsReported(t *testing.T) {
	top := withStub(t)
	if err := os.WriteFile(filepath.Join(top, clock2File), []byte(strings.Repeat("\n", maxLines+1)), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "compare", "-spoil", "8.1", "clock2", "clock2.go")
	cmd.Dir = top
	out, _ := cmd.CombinedOutput()
	want := clock2File + " has more than 20000 lines: use -diff"
	if status := cmd.ProcessState.ExitCode(); status != trouble || !strings.Contains(string(out), want) {
		t.Errorf("exit status %d and %q, want %d and %q", status, out, trouble, want)
	}
}

func TestDiffWithoutGitIsReported(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, stderr, status := workbook(t, "compare", "-diff", "8.1")
	if want := "-diff requires git, which is not installed"; status != trouble || !strings.Contains(stderr, want) {
		t.Errorf("exit status %d and %q, want %d and %q", status, stderr, trouble, want)
	}
}

// One sees the solution of a program with all its core points, or on one's own wish.
func TestSolutionIsShownForFullMarks(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	t.Setenv("SPOIL", "0")
	s := newStudent(t)
	stub, err := os.ReadFile(s.path(clock2File))
	if err != nil {
		t.Fatal(err)
	}
	s.write(clock2File, solution(t, "ex8.1/clock2/clock2.go"))
	if stdout, stderr, status := s.run("compare", "8.1", "clock2"); status != right || !strings.Contains(stdout, "go handleConn(conn)") {
		t.Errorf("with full marks: exit status %d, want %d and the solution:\n%s%s", status, right, stdout, stderr)
	}
	s.write(clock2File, string(stub))
	stdout, stderr, status := s.run("compare", "8.1", "clock2")
	if status != wrong || stdout != "" {
		t.Errorf("with the stub: exit status %d, standard output %q; want %d and none", status, stdout, wrong)
	}
	for _, want := range []string{"27 of 27 core points are missing", "Next:  ", "make compare-8.1 SPOIL=1"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("with the stub, standard error lacks %q:\n%s", want, stderr)
		}
	}
}
