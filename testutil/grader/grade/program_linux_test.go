package grade_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/program"
)

// A program of any shape is no more trusted than a submission. It may write in the folder that
// it serves, and reads the files beside it. The report says what the sandbox does not block.
func TestProgramIsRunInASandbox(t *testing.T) {
	folder := os.Getenv(programFolderEnv)
	if folder != "" {
		runsInASandbox(t, folder)
		return
	}
	folder = programFolder(t)
	for _, s := range surroundings() {
		t.Run(s.name, func(t *testing.T) {
			if s.lacks != nil {
				t.Skip(s.lacks)
			}
			args := slices.Concat(s.command, []string{filepath.Join(folder, "grader"), "-test.run=^TestProgramIsRunInASandbox$", "-test.v"})
			cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), programFolderEnv+"="+folder, "TMPDIR="+filepath.Join(folder, "temp"))
			if s.denied {
				cmd.Env = append(cmd.Env, denyEnv+"=1")
			}
			cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
			s.wantNothingLeft(t, cmd.Process.Pid)
		})
	}
}

// programFolderEnv names, in the environment of this test, the folder of [programFolder]. It is
// then in one of the surroundings.
const programFolderEnv = "GRADE_TEST_PROGRAM_FOLDER"

// programFolder returns a folder that all users may read, with this test and a program that
// tries what it may do. All users may write into two folders beside the program.
func programFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "program") // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	const script = `#!/bin/sh
exec 2>/dev/null
cd "$HOME"
dir=%s
read line <$dir/programs/beside && echo ran beside
echo x >hello.txt && echo wrote
echo x >$dir/open/outside && echo reached outside
read line <$dir/open/secret && echo read a secret
read line </dev/tty && echo has a terminal
[ -n "$SECRET" ] && echo has a secret
`
	for _, f := range []struct {
		name string
		text []byte
		mode os.FileMode
	}{
		{"grader", exe, 0o755},
		{"programs/ftpd", fmt.Appendf(nil, script, folder), 0o755},
		{"programs/beside", []byte("a line\n"), 0o644},
		{"open/secret", []byte("a secret\n"), 0o644},
		{"temp/empty", nil, 0o644},
	} {
		file := filepath.Join(folder, f.name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.text, f.mode); err != nil {
			t.Fatal(err)
		}
	}
	for dir, mode := range map[string]os.FileMode{"": 0o755, "programs": 0o755, "open": 0o777, "temp": 0o777} {
		if err := os.Chmod(filepath.Join(folder, dir), mode); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// runsInASandbox grades the program of a folder, which tells what it could do.
func runsInASandbox(t *testing.T, folder string) {
	t.Setenv("SECRET", "1")
	r, err := grade.Run(t.Context(), grade.Options{
		Top: folder, Exercises: []grade.Exercise{grade.Exercises[1]}, Only: "TestLogin/greets",
		Program: &program.Target{Program: filepath.Join(folder, "programs", "ftpd")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Programs[0].Parts[0].Cases[0].Verdict.Message
	if want := `it printed "ran beside\nwrote\n"`; !strings.Contains(got, want) {
		t.Errorf("a program that tries what it may do: %s, want %s", got, want)
	}
	if _, err := os.Stat(filepath.Join(folder, "open", "outside")); err == nil {
		t.Error("the program has written outside of its folder")
	}
	note, want := strings.Join(r.Notes, "\n"), ""
	const gap = "the program was run with a part of the sandbox only: it could "
	switch {
	case os.Getenv(denyEnv) != "":
		want = gap + "reach the network and the ports of other programs"
	case sandbox.Filters() != nil:
		want = gap + "connect to Unix sockets"
	}
	if !strings.HasPrefix(note, want) || (note == "") != (want == "") {
		t.Errorf("the report says %q of the sandbox, want %q", note, want)
	}
}
