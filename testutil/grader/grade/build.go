package grade

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"example.com/workbook/testutil/grader/sandbox"
)

// build builds the test binaries of the programs in folders, "exercises/ex8.1/clock2",
// into dir, and returns what the compiler says of each that does not compile. An error is
// not about a program.
func (g *grading) build(ctx context.Context, dir string, programs []string) (errs map[string]string, err error) {
	lent := g.lend(dir, programs)
	b, err := g.compile(ctx, dir, programs)
	if err == nil && (b.failed || b.late) && len(lent) > 0 {
		// An old binary must not be taken for a new one.
		for _, binary := range lent {
			if err := os.Remove(binary); err != nil {
				return nil, err
			}
		}
		if !b.late {
			b, err = g.compile(ctx, dir, programs)
		}
	}
	if err != nil {
		return nil, err
	}
	errs = make(map[string]string)
	for _, p := range programs {
		if ok, err := g.ready(dir, p); err != nil {
			return nil, err
		} else if ok {
			continue
		}
		wrong := about(b.out, p)
		if wrong == "" && b.late && buildBounds.Holds() {
			return nil, g.lateProblem(p)
		}
		if wrong == "" && (b.late || g.tooMuch(b.out, p) != "") {
			if wrong, err = g.buildAlone(ctx, dir, p); err != nil {
				return nil, err
			} else if wrong == "" {
				continue
			}
		}
		if errs[p] = wrong; wrong == "" {
			return nil, buildProblem(b.out, p)
		}
	}
	return errs, nil
}

// ready makes the test binary of a program, if the go command has built it into dir, ready
// to be run.
func (g *grading) ready(dir, program string) (ok bool, err error) {
	binary := testBinary(dir, program)
	if _, err := os.Stat(binary); err != nil {
		return false, nil
	}
	if err := os.Chmod(binary, 0o755); err != nil { // it may be run by another user
		return false, err
	}
	g.keep(program, binary)
	return true, nil
}

// buildAlone builds one program again, of which the go command has used more than it may
// when it built all, and returns what is wrong with the program; "" if that is nothing.
func (g *grading) buildAlone(ctx context.Context, dir, program string) (wrong string, err error) {
	if !g.Tested { // perhaps no program is built in that time here
		if err := g.tryStub(ctx); err != nil {
			return "", err
		}
	}
	b, err := g.compile(ctx, dir, []string{program})
	if err != nil {
		return "", err
	}
	if ok, err := g.ready(dir, program); ok || err != nil {
		return "", err
	}
	if text := about(b.out, program); text != "" {
		return text, nil
	}
	much := g.tooMuch(b.out, program)
	switch {
	case b.late && (g.probe || buildBounds.Holds()):
		return "", g.lateProblem(program)
	case b.late:
		return fmt.Sprintf("takes more than %v to compile", g.buildLimit()), nil
	case much != "" && buildBounds.Holds():
		return "takes more than " + much + " to compile", nil
	}
	return "", buildProblem(b.out, program)
}

// lateProblem returns the problem that the go command has not come to its end in time. It
// is none of the program, since no process that builds it has used its processor time.
func (g *grading) lateProblem(program string) error {
	return &Problem{
		Cause:  fmt.Sprintf("the go command takes more than %v to build %s", g.buildLimit(), program),
		Remedy: "give the grader more time (-timeout) or more processors",
	}
}

// buildBounds are those of each process that the go command starts, unless the time limit
// is shorter. The compiler and the linker use a small part of that for the largest package
// of the standard library.
var buildBounds = sandbox.Bounds{Memory: 2 << 30, File: 256 << 20, Seconds: 120}

// bounds returns those of each process that builds a program.
func (g *grading) bounds() sandbox.Bounds {
	b := buildBounds
	b.Seconds = max(1, min(b.Seconds, uint64(g.buildTime/time.Second)))
	return b
}

// minBuildTime is how much processor time the build of a program may take at least,
// whatever the time limit of a grading.
const minBuildTime = time.Minute

// buildLimit returns how long the go command may take, in real time. A busy machine gives it
// a small part of its processors, and it may build the standard library for the first time.
func (g *grading) buildLimit() time.Duration {
	const busy = 5
	return max(g.buildTime, min(g.buildTime, time.Duration(buildBounds.Seconds)*time.Second)*busy)
}

// overBounds are what the tools say, in lower case, that meet one of buildBounds, and what
// that is; "" is the processor time.
var overBounds = []struct{ text, what string }{
	{"out of memory", "2 GiB of memory"},
	{"cannot allocate memory", "2 GiB of memory"},
	{"file too large", "256 MiB of space"},
	{"file size limit exceeded", "256 MiB of space"},
	{"sigxcpu", ""},
	{"cpu time limit exceeded", ""},
}

// tooMuch returns what the go command has used too much of when it built a program, as the
// section of its output says that is about the program; "" if that does not say so.
func (g *grading) tooMuch(out, program string) string {
	inside := false
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "# "); ok {
			inside = packageOf(name) == program
		}
		for _, over := range overBounds {
			if inside && strings.Contains(strings.ToLower(line), over.text) {
				return cmp.Or(over.what, fmt.Sprintf("%v of processor time", time.Duration(g.bounds().Seconds)*time.Second))
			}
		}
	}
	return ""
}

// A built is what became of a build.
type built struct {
	out    string // what the go command says
	failed bool
	late   bool // it has taken too long, and was ended
}

// compile has the go command build the test binaries of programs into dir.
func (g *grading) compile(ctx context.Context, dir string, programs []string) (built, error) {
	limited, cancel := context.WithTimeout(ctx, g.buildLimit())
	defer cancel()
	args := []string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}
	cmd, err := g.goCommand(limited, args, programs)
	if err != nil {
		return built{}, err
	}
	text, err := cmd.CombinedOutput()
	_, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return built{}, context.Cause(ctx)
	case err != nil && limited.Err() != nil:
		return built{out: g.inWorkbook(string(text)), late: true}, nil
	case err != nil && !failed:
		return built{}, &Problem{Cause: "run the go command: " + err.Error(), Remedy: "install Go, and put its folder bin into PATH"}
	}
	return built{out: g.inWorkbook(string(text)), failed: failed}, nil
}

// goCommand returns a go command that takes the files of the submission, if there is one,
// in place of the stub's. The first of args is the name of the command.
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
	sandbox.Bound(cmd, g.bounds())
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
			last = inside && !lostModule.MatchString(line) || problemIn(line) == nil
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

// lostModule matches what the go command says of an import whose module it cannot get. It
// says so of a file of tests within the section of the program.
var lostModule = regexp.MustCompile(`^\S+\.go:\d+:\d+: (?:\S+@\S+: )?(?:module lookup disabled by |Get "|reading |dial tcp|verifying )`)

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
