package grade

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// build builds the test binaries of the programs in folders, "exercises/ex8.1/clock2",
// into dir, and returns what the compiler says of each that does not compile. An error is
// not about a program.
func (g *grading) build(ctx context.Context, dir string, programs []string) (errs map[string]string, err error) {
	lent := g.lend(dir, programs)
	out, failed, err := g.compile(ctx, dir, programs)
	if err == nil && failed && len(lent) > 0 {
		// An old binary must not be taken for a new one.
		for _, binary := range lent {
			if err := os.Remove(binary); err != nil {
				return nil, err
			}
		}
		out, _, err = g.compile(ctx, dir, programs)
	}
	if err != nil {
		return nil, err
	}
	errs = make(map[string]string)
	for _, p := range programs {
		binary := testBinary(dir, p)
		if _, err := os.Stat(binary); err != nil {
			if errs[p] = about(out, p); errs[p] == "" {
				return nil, buildProblem(out, p)
			}
			continue
		}
		if err := os.Chmod(binary, 0o755); err != nil { // it may be run by another user
			return nil, err
		}
		g.keep(p, binary)
	}
	return errs, nil
}

// compile has the go command build the test binaries of programs into dir. It returns what
// the command says, and whether it has failed.
func (g *grading) compile(ctx context.Context, dir string, programs []string) (out string, failed bool, err error) {
	args := []string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}
	cmd, err := g.goCommand(ctx, args, programs)
	if err != nil {
		return "", false, err
	}
	text, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", false, context.Cause(ctx)
	}
	_, failed = errors.AsType[*exec.ExitError](err)
	if err != nil && !failed {
		return "", false, &Problem{Cause: "run the go command: " + err.Error(), Remedy: "install Go, and put its folder bin into PATH"}
	}
	return g.inWorkbook(string(text)), failed, nil
}

// goCommand returns a go command that takes the files of the submission, if there is one,
// in the place of the stub's. The first of args is the name of the command.
func (g *grading) goCommand(ctx context.Context, args, programs []string) (*exec.Cmd, error) {
	if g.Race {
		args = append(args, "-race")
	}
	if len(g.replace) > 0 {
		text, err := json.Marshal(map[string]any{"Replace": g.replace})
		if err != nil {
			return nil, err
		}
		overlay := filepath.Join(g.temp, "overlay-"+args[0]+".json")
		if err := writeFile(overlay, text); err != nil {
			return nil, err
		}
		args = append(args, "-overlay="+overlay)
	}
	for _, p := range programs {
		args = append(args, "./"+p)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = g.Top
	cmd.Env = goEnviron(os.Environ(), g.temp)
	return cmd, nil
}

// testBinary returns the path of a program's test binary in dir.
func testBinary(dir, program string) string {
	name := filepath.Join(dir, filepath.Base(program)+".test")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// wholePackage matches what the go command says of a package that does not compile
// without naming one of its files.
var wholePackage = regexp.MustCompile(`^found packages |function main is undeclared|^import cycle |build constraints exclude all|relocation target|duplicated definition of symbol`)

// about returns the part of the go command's output that shows that a program does not
// compile: the lines that name its files, and some others of the section that begins with
// a line "# example.com/workbook/exercises/ex8.1/clock2". It is "" if there is none:
// then something else has kept the go command from building it.
func about(out, program string) string {
	var text strings.Builder
	inside, last := false, false // in its section, and the last line was taken
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "# "); ok {
			inside, last = packageOf(name) == program, false
			continue
		}
		switch {
		case strings.HasPrefix(line, "FAIL"): // as go test says again of a package that it cannot set up
			last = false
		case strings.HasPrefix(filepath.ToSlash(line), program+"/"):
			// Outside of its section it is about imports, which can be the fault of the network.
			last = inside || problemIn(line) == nil
		case inside && wholePackage.MatchString(line), last && strings.HasPrefix(line, "\t"), last && strings.HasPrefix(line, "too many errors"):
			last = true
		default:
			last = false
		}
		if last {
			text.WriteString(line)
		}
	}
	return strings.TrimSpace(text.String())
}

// packageOf returns the folder of the package that a section of the go command's output
// is about: "exercises/ex8.1/clock2" for "example.com/workbook/exercises/ex8.1/clock2.test",
// perhaps with a remark in brackets.
func packageOf(heading string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(heading), " ")
	return strings.TrimSuffix(strings.TrimPrefix(name, "example.com/workbook/"), ".test")
}

// buildProblem returns why the go command has not built a program, although it has not
// said what is wrong with it.
func buildProblem(out, program string) error {
	if p := problemIn(out); p != nil {
		return p
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(out), "\n"), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "FAIL") || strings.HasPrefix(line, "go: downloading")
	})
	cause := "the go command has not built " + program + " and has not said why"
	if len(lines) > 0 {
		cause = "the go command: " + lines[0]
	}
	return &Problem{Cause: cause, Remedy: "see what go test -c ./" + program + " says in the workbook"}
}

// inWorkbook returns what the go command says as if the copies of a submission's files
// were in the workbook, and without the paths of this machine.
func (g *grading) inWorkbook(text string) string {
	text = copiedFile.ReplaceAllString(text, "$1$2")
	for _, name := range []string{g.copies(), g.Top} {
		text = strings.ReplaceAll(text, name+string(filepath.Separator), "")
	}
	return notInStd.ReplaceAllString(text, "$1")
}

// copiedFile matches the name of a copy at the beginning of a line, which the go command
// may have shortened in its own way.
var copiedFile = regexp.MustCompile(`(?m)^(\s*)[^\s"]*[/\\]submission[/\\](exercises[/\\])`)

// notInStd matches what the go command says of a package that is not there.
var notInStd = regexp.MustCompile(`(package \S+ is not in std) \(\S+\)`)
