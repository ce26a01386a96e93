package grade

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/timeline"
)

// kept are the variables of the grader's environment that a judge and the programs under
// test have too. All others could change a verdict.
var kept = []string{
	"PATH", "HOME", "USER", "LOGNAME", "LD_LIBRARY_PATH", "WORKBOOK_PATIENCE",
	// Windows does not work without these.
	"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "LOCALAPPDATA", "APPDATA",
}

// judgeEnviron returns the environment of a judge, and of the programs under test: that
// of the grader without what could change a verdict.
func judgeEnviron(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return !slices.Contains(kept, strings.ToUpper(name))
	})
	locale := "C.UTF-8" // for the pictures
	if timeline.Locale() == timeline.ASCII {
		locale = "C"
	}
	return append(program.Environ(env), "LC_ALL="+locale)
}

// goEnviron returns the environment of the go command. It writes its own temporary files
// in temp. The compiler and the linker collect garbage less often than usual: a program takes
// a tenth less processor time to build, and the memory stays far below buildBounds.
func goEnviron(env []string, temp string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "GODEBUG", "GORACE", "GOTRACEBACK", "GOGC", "GOMEMLIMIT", "GOEXPERIMENT", "GOFIPS140", "GO111MODULE", "GO_EXTLINK_ENABLED",
			"GO386", "GOAMD64", "GOARM", "GOARM64", "GOFLAGS", "GOWORK", "GOOS", "GOARCH", "GOTMPDIR":
			return true
		}
		return false
	})
	env = append(env, "GOFLAGS=-mod=readonly", "GOWORK=off", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "GOGC=400", "GOMEMLIMIT=1GiB")
	if temp != "" {
		env = append(env, "GOTMPDIR="+temp)
	}
	return env
}

// RaceDetector reports whether the go command can use the race detector. Besides cgo, that
// requires a processor for which there is one, and none of 32 bits has it.
func RaceDetector(ctx context.Context) bool {
	cmd := exec.CommandContext(ctx, "go", "list", "-race", "-f", "{{context.CgoEnabled}}", "runtime")
	cmd.Env = goEnviron(os.Environ(), "")
	out, err := cmd.Output()
	return err == nil && strings.TrimSpace(string(out)) == "true"
}
