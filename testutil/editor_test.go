package testutil_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/suites/suite"
)

// decode decodes the JSON file at the top of the workbook. It has no unknown keys.
func decode(t *testing.T, name string, doc any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(readTop(t, name)))
	d.DisallowUnknownFields()
	if err := d.Decode(doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// A container that is made of the workbook has what CI has.
func TestDevcontainerHasWhatTheTestsUse(t *testing.T) {
	var container struct {
		Name, Image, PostCreateCommand string
		CapAdd, SecurityOpt            []string
		Customizations                 struct {
			VSCode struct {
				Extensions []string
				Settings   map[string]any
			}
		}
	}
	decode(t, ".devcontainer/devcontainer.json", &container)

	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readTop(t, "go.mod"))
	if version == nil {
		t.Fatal("go.mod has no line go")
	}
	if want := "golang:" + version[1]; container.Image != want {
		t.Errorf("devcontainer.json: the image is %q, want %q, the version of go.mod", container.Image, want)
	}

	ci := readTop(t, ".ci/run")
	var want []string
	_, clients, _ := strings.Cut(ci, "for client in ")
	clients, _, _ = strings.Cut(clients, ";")
	for client := range strings.FieldsSeq(strings.ReplaceAll(clients, "\\\n", " ")) {
		_, name, _ := strings.Cut(client, ":")
		want = append(want, name)
	}
	for _, m := range regexp.MustCompile(`missing\+=\(([a-z0-9-]+)\)`).FindAllStringSubmatch(ci, -1) {
		want = append(want, m[1])
	}
	_, installed, _ := strings.Cut(container.PostCreateCommand, "apt-get install -y -qq ")
	installed, _, _ = strings.Cut(installed, " &&")
	got := strings.Fields(installed)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("packages of .ci/run and of devcontainer.json mismatch (-.ci/run +devcontainer.json):\n%s", diff)
	}
	if dlv := debugger(t).version; !strings.Contains(container.PostCreateCommand, " "+dlv+" ") {
		t.Errorf("devcontainer.json: postCreateCommand is %q, want %s installed, as in README.md", container.PostCreateCommand, dlv)
	}
}

// VS Code debugs what the session with dlv debugs.
func TestLaunchConfigurationDebugsACase(t *testing.T) {
	var launch struct {
		Version        string
		Configurations []struct {
			Name, Type, Request, Mode, Program string
			Args                               []string
			Env                                map[string]string
		}
		Inputs []struct{ ID, Type, Description, Default string }
	}
	decode(t, ".vscode/launch.json", &launch)
	if n, m := len(launch.Configurations), len(launch.Inputs); n != 1 || m != 1 {
		t.Fatalf("launch.json has %d configurations and %d inputs, want 1 of each", n, m)
	}
	got, args := launch.Configurations[0], debugger(t).args
	if got.Env["WORKBOOK_INPROCESS"] != "1" || got.Mode != "test" || launch.Inputs[0].Default != args[len(args)-1] {
		t.Errorf("launch.json has the mode %q, the environment %v and the case %q, want test, WORKBOOK_INPROCESS=1 and %q, as in README.md",
			got.Mode, got.Env, launch.Inputs[0].Default, args[len(args)-1])
	}
	if name := fmt.Sprintf("%q", got.Name); !strings.Contains(readTop(t, "README.md"), name) {
		t.Errorf("README.md does not name %s of launch.json", name)
	}
}

// A session is one with the debugger.
type session struct {
	version string // of the debugger, "github.com/go-delve/delve/cmd/dlv@v1.27.2"
	args    []string
	typed   []string
}

// debugger returns the session that README.md shows.
func debugger(t *testing.T) session {
	t.Helper()
	block := regexp.MustCompile(`(?m)^\$ WORKBOOK_INPROCESS=1 go run (\S+/dlv@\S+) (.+)\n((?:\(dlv\) .+\n)+)`).FindStringSubmatch(readTop(t, "README.md"))
	if block == nil {
		t.Fatal("README.md shows no session with dlv")
	}
	s := session{version: block[1], args: strings.Fields(block[2])}
	for line := range strings.Lines(block[3]) {
		s.typed = append(s.typed, strings.TrimPrefix(line, "(dlv) "))
	}
	return s
}

// The debugger stops in the handler of a student, who is here one with the solution.
func TestDebuggerStopsInTheHandler(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds a debugger; runs if the environment variable WORKBOOK_SLOW is set")
	}
	s := debugger(t)
	if out, err := exec.Command("go", "run", s.version, "version").CombinedOutput(); err != nil {
		skipOrFail(t, "cannot build %s: %v\n%s", s.version, err, out)
	}
	top, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	const clock2 = "ex8.1/clock2/clock2.go"
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(top, "exercises", clock2): filepath.Join(top, "solutions", clock2),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"overlay.json": string(overlay), "typed": strings.Join(s.typed, "")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := slices.Index(s.args, "--")
	args := slices.Concat([]string{"run", s.version}, s.args[:program], []string{
		"--output=" + filepath.Join(dir, "debug.test"),
		"--build-flags=-overlay=" + filepath.Join(dir, "overlay.json"),
		"--init=" + filepath.Join(dir, "typed"), "--allow-non-terminal-interactive=true",
	}, s.args[program:])
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "WORKBOOK_INPROCESS=1", "TERM=dumb")
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "could not launch process") {
		skipOrFail(t, "%v: %s", cmd, out)
	}
	stop := regexp.MustCompile(`> \S*(\[Breakpoint 1\] )?\S+/clock2\.handleConn\(\) \S*exercises/ex8\.1/clock2/clock2\.go:\d+`)
	if n := len(stop.FindAllString(string(out), -1)); err != nil || n < 2 {
		t.Errorf("%v: error %v, and it stops %d times in handleConn, want no error and 2 times, at the breakpoint and after next; it printed\n%s", cmd, err, n, out)
	}
}

// skipOrFail skips a test that this machine cannot run; CI must.
func skipOrFail(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
