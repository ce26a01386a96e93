package grade

import "testing"

func TestAbout(t *testing.T) {
	const (
		undefined = "exercises/ex8.1/clock2/clock2.go:34:23: undefined: time.Seconds"
		empty     = "exercises/ex8.1/clockwall/clock.go:1:1: expected 'package', found 'EOF'"
		twoNames  = "found packages clock2 (clock2.go) and main (clock2_test.go) in exercises/ex8.1/clock2"
		noMain    = "runtime.main_main·f: function main is undeclared in the main package"
		signature = "exercises/ex8.1/clock2/clock2.go:9:9: cannot use f (value of type func()) as func(int) value in assignment:\n\thave ()\n\twant (int)"
		quoted    = `exercises/ex8.1/clock2/clock2.go:9:9: cannot use "no space left on device" (untyped string constant) as int value`
	)
	const out = "# example.com/workbook/exercises/ex8.1/clock2\n" + undefined + "\n" +
		"# example.com/workbook/exercises/ex8.1/clockwall\n" + empty + "\n" +
		"FAIL\texample.com/workbook/exercises/ex8.1/clockwall [setup failed]\nFAIL\n"
	for _, tt := range []struct{ name, out, program, want string }{
		{"undefined", out, "exercises/ex8.1/clock2", undefined},
		{"another program", out, "exercises/ex8.1/clockwall", empty},
		{"two package names", "# example.com/workbook/exercises/ex8.1/clock2\n" + twoNames + "\nFAIL\n", "exercises/ex8.1/clock2", twoNames},
		{"no main", "# example.com/workbook/exercises/ex8.1/clock2.test\n" + noMain + "\n", "exercises/ex8.1/clock2", noMain},
		{"continued", "# example.com/workbook/exercises/ex8.1/clock2 [example.com/workbook/exercises/ex8.1/clock2.test]\n" + signature + "\n", "exercises/ex8.1/clock2", signature},
		{"words of a problem in the program", "# example.com/workbook/exercises/ex8.1/clock2\n" + quoted + "\n", "exercises/ex8.1/clock2", quoted},

		{"no tool", "go: no such tool\n", "exercises/ex8.1/clock2", ""},
		{"killed", "# example.com/workbook/exercises/ex8.1/clock2\n/usr/local/go/pkg/tool/linux_amd64/compile: signal: killed\n", "exercises/ex8.1/clock2", ""},
		{"no compiler", "# runtime/cgo\ncgo: C compiler \"gcc\" not found: exec: \"gcc\": executable file not found in $PATH\n", "exercises/ex8.1/clock2", ""},
		{"no modules", "exercises/ex8.1/clock2/clock2.go:8:2: golang.org/x/sync@v0.24.0: module lookup disabled by GOPROXY=off\n", "exercises/ex8.1/clock2", ""},
		{"no modules for its tests", "# example.com/workbook/exercises/ex8.1/clock2\nexercises/ex8.1/clock2/clock2_test.go:12:2: module lookup disabled by GOPROXY=off\n", "exercises/ex8.1/clock2", ""},
		{"a folder whose name begins alike", "exercises/ex8.1/clock2x/clock2.go:8:2: undefined: x\n", "exercises/ex8.1/clock2", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := about(tt.out, tt.program); got != tt.want {
				t.Errorf("about(%q, %s) = %q, want %q", tt.out, tt.program, got, tt.want)
			}
		})
	}
}

func TestBuildProblemNamesCauseAndRemedy(t *testing.T) {
	for _, tt := range []struct{ name, out, want string }{
		{"space", "# internal/abi\nwrite /tmp/go-build1/b004/_pkg_.a: no space left on device\n",
			"grader problem: write /tmp/go-build1/b004/_pkg_.a: no space left on device; free some space, or set TMPDIR to a folder that has more"},
		{"memory", "# example.com/workbook/exercises/ex8.1/clock2\nfatal error: runtime: out of memory\n\ngoroutine 1\n",
			"grader problem: fatal error: runtime: out of memory; " + memoryRemedy},
		{"compiler", "# runtime/cgo\ncgo: C compiler \"/nonexistent\" not found: exec: no such file\n",
			"grader problem: cgo: C compiler \"/nonexistent\" not found: exec: no such file; " + compilerRemedy},
		{"modules", "testutil/suites/suite/suite.go:12:2: golang.org/x/sync@v0.24.0: module lookup disabled by GOPROXY=off\n",
			"grader problem: testutil/suites/suite/suite.go:12:2: golang.org/x/sync@v0.24.0: module lookup disabled by GOPROXY=off; " + modulesRemedy},
		{"something else", "go: downloading x\ngo: cannot find GOROOT directory: /nowhere\n",
			"grader problem: the go command: go: cannot find GOROOT directory: /nowhere; see what go test -c ./exercises/ex8.1/clock2 says in the workbook"},
		{"nothing", "", "grader problem: the go command has not built exercises/ex8.1/clock2 and has not said why; see what go test -c ./exercises/ex8.1/clock2 says in the workbook"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := buildProblem(tt.out, "exercises/ex8.1/clock2").Error(); got != tt.want {
				t.Errorf("buildProblem(%q) = %q, want %q", tt.out, got, tt.want)
			}
		})
	}
}

func TestInWorkbookLeavesNoPathsOfThisMachine(t *testing.T) {
	g := &grading{Options: Options{Top: "/home/gopher/workbook"}, temp: "/tmp/workbook123"}
	const want = "exercises/ex8.1/clock2/clock2.go:5:2: undefined: x"
	for _, text := range []string{
		want,
		"/tmp/workbook123/submission/" + want,
		"../../../tmp/workbook123/submission/" + want,
		"..orkbook123/submission/" + want, // where the folder above the workbook is /tmp/w
		"/home/gopher/workbook/" + want,
	} {
		if got := g.inWorkbook(text); got != want {
			t.Errorf("inWorkbook(%q) = %q, want %q", text, got, want)
		}
	}
	const lost = `exercises/ex8.1/clock2/clock2.go:4:8: package foo is not in std`
	if got := g.inWorkbook(lost + " (/usr/local/go/src/foo)"); got != lost {
		t.Errorf("inWorkbook keeps the folder of Go: %q", got)
	}
}
