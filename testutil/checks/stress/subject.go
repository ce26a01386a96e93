package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/kit/program"
)

// A subject is a program whose tests are run.
type subject struct {
	name    string // "solutions/ex8.1/clock2", or of a known mistake "clock2-no-go"
	mistake bool
	race    bool   // is wrong only in the eyes of the race detector
	dir     string // of the tests
	right   string // the folder of the right program; "" if that is dir
	patch   string // what makes it wrong
}

// right are the folders of the right programs.
var right = []string{
	"chapter60/clock1", "chapter60/clock2", "chapter60/netcat1",
	"solutions/ex8.1/clock2", "solutions/ex8.1/clockwall", "solutions/ex8.2/ftpd",
}

// subjects returns all right programs and known mistakes whose names match only.
func subjects(only *regexp.Regexp) ([]subject, error) {
	top, _ := program.Top()
	known, err := mistakes.Read(filepath.Join(top, "testutil", "grader", "mistakes", "testdata"))
	if err != nil {
		return nil, err
	}
	var all []subject
	add := func(s subject) {
		if only.MatchString(s.name) {
			all = append(all, s)
		}
	}
	for _, name := range right {
		add(subject{name: name, dir: filepath.Join(top, name)})
	}
	for _, m := range known {
		// The tests of a student's program run over the solution, which has more tests.
		place := strings.Replace(m.Program, "solutions/", "exercises/", 1)
		add(subject{
			name: m.Name, mistake: true, race: m.Race, patch: m.Patch,
			dir: filepath.Join(top, place), right: filepath.Join(top, m.Program),
		})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no program or known mistake matches %q", only)
	}
	return all, nil
}

// build builds the tests of s in temp, and returns the file.
func (s subject) build(ctx context.Context, temp string, race bool) (string, error) {
	binary := filepath.Join(temp, fmt.Sprintf("%s-%t.test", strings.ReplaceAll(s.name, "/", "-"), race))
	args := []string{"test", "-c", "-o", binary}
	if race {
		args = append(args, "-race")
	}
	if s.mistake {
		overlay, err := s.overlay(ctx, temp)
		if err != nil {
			return "", err
		}
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, ".")...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return binary, nil
}

// overlay writes a file for go test -overlay, which replaces the files of the folder by those
// of the mistake. It returns the name of that file.
func (s subject) overlay(ctx context.Context, temp string) (string, error) {
	dir := filepath.Join(temp, s.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	replace := make(map[string]string) // by the name of the file in s.dir; "" for no file
	stub, err := goFiles(s.dir)
	if err != nil {
		return "", err
	}
	for _, name := range stub {
		replace[filepath.Join(s.dir, name)] = ""
	}
	files, err := goFiles(s.right)
	if err != nil {
		return "", err
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(s.right, name))
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return "", err
		}
	}
	apply := exec.CommandContext(ctx, "git", "apply", "--recount", "-C1", "-")
	apply.Dir = dir
	apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+temp)
	apply.Stdin = strings.NewReader(s.patch)
	if out, err := apply.CombinedOutput(); err != nil {
		return "", fmt.Errorf("git apply: %w\n%s", err, out)
	}
	wrong, err := goFiles(dir)
	if err != nil {
		return "", err
	}
	for _, name := range wrong {
		replace[filepath.Join(s.dir, name)] = filepath.Join(dir, name)
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	return dir + ".json", os.WriteFile(dir+".json", text, 0o644)
}

// goFiles returns the names of the Go files in dir that are no tests.
func goFiles(dir string) (names []string, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if name := f.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
	}
	return names, nil
}
