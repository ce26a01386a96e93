package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A student has a copy of the workbook, and a home.
type student struct {
	t         testing.TB
	top, home string
	stdin     *os.File // nil is /dev/null
}

func newStudent(t testing.TB) *student {
	return &student{t: t, top: copied(t), home: t.TempDir()}
}

// run runs the command in the student's workbook, and returns what it prints and its exit
// status.
func (s *student) run(args ...string) (stdout, stderr string, status int) {
	s.t.Helper()
	cmd := command(s.t, args...)
	cmd.Dir = s.top
	cmd.Env = append(cmd.Env, "HOME="+s.home, "XDG_CACHE_HOME="+s.home, "LocalAppData="+s.home)
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} { // whose place is that of HOME
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			s.t.Fatal(err)
		}
		cmd.Env = append(cmd.Env, name+"="+strings.TrimSpace(string(out)))
	}
	if s.stdin != nil {
		cmd.Stdin = s.stdin
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		s.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// path returns the path of a file of the student's workbook.
func (s *student) path(name string) string { return filepath.Join(s.top, filepath.FromSlash(name)) }

// write writes a file of the student's workbook.
func (s *student) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// lastingFolder returns a new folder, which has the same name in each run of these tests: what
// the go command has built of packages it finds again only for the same folder. It has
// another name while something else uses that.
func lastingFolder(t testing.TB) (dir string) {
	t.Helper()
	for i := range 10 {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("workbook-copy-%d", i))
		if os.Mkdir(dir, 0o777) == nil {
			t.Cleanup(func() { os.RemoveAll(dir) })
			return dir
		}
	}
	dir, err := os.MkdirTemp("", "workbook-copy") // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// copied returns a copy of the workbook.
func copied(t testing.TB) (top string) {
	t.Helper()
	top = lastingFolder(t)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(top, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"chapter60", "exercises", "solutions", "testutil"} {
		if err := os.CopyFS(filepath.Join(top, name), os.DirFS(filepath.Join("..", "..", "..", name))); err != nil {
			t.Fatal(err)
		}
	}
	return top
}

// submit puts the solution of a program, "ex8.1/clock2", into a folder of exercises.
func submit(t testing.TB, program, exercises string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "solutions", program, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(exercises, filepath.FromSlash(program))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
