package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/sites/handin"
)

// A namedProgram is one of a class of programs.
type namedProgram struct {
	name   string
	target program.Target
}

// readPrograms returns the programs in a folder, which are its executable files, or in a
// list, a file with a line for each: its name, a colon, and its path or a command line.
// Paths are those from the current folder. Blank lines, and those that begin with #, are
// left out.
func (t targetRequest) readPrograms(class string) ([]namedProgram, error) {
	info, err := os.Stat(class)
	if err != nil {
		return nil, fmt.Errorf("-class: %w", err)
	}
	var all []namedProgram
	if info.IsDir() {
		all, err = programsIn(class)
	} else {
		all, err = t.listed(class)
	}
	if err == nil && len(all) == 0 {
		err = errors.New("there are no programs in it")
	}
	if err != nil {
		return nil, fmt.Errorf("-class %s: %w", class, err)
	}
	seen := make(map[string]bool)
	for i := range all {
		if seen[all[i].name] {
			return nil, fmt.Errorf("-class %s: there are two programs named %s", class, all[i].name)
		}
		seen[all[i].name] = true
		all[i].target.User, all[i].target.Password = t.user, t.password
	}
	return all, nil
}

// programsIn returns the executable files in a folder.
func programsIn(folder string) ([]namedProgram, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []namedProgram
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
			fmt.Fprintf(os.Stderr, "workbook grade: %s is not an executable file, and is left out\n", path)
			continue
		}
		all = append(all, namedProgram{e.Name(), program.Target{Program: path}})
	}
	return all, nil
}

// listed returns the programs in a list.
func (t targetRequest) listed(file string) ([]namedProgram, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []namedProgram
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, command, ok := strings.Cut(line, ":")
		name, command = strings.TrimSpace(name), strings.TrimSpace(command)
		if !ok || name == "" || command == "" {
			return nil, fmt.Errorf("line %d is %q, want NAME: PROGRAM or NAME: COMMAND", n, line)
		}
		target := program.Target{Program: command}
		if strings.ContainsAny(command, "{ ") {
			target = program.Target{}
			if target.Command, err = program.ParseCommand(command, commandWants[t.kind]...); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		}
		all = append(all, namedProgram{name, target})
	}
	return all, nil
}

// sum returns what changes whenever the files of a program do, as far as its command line
// names them.
func (p namedProgram) sum(setting string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, setting, p.target.Environ())
	for _, word := range append([]string{p.target.Program}, p.target.Command...) {
		if info, err := os.Stat(word); err != nil || !info.Mode().IsRegular() {
			continue // it names no file, or a pipe, which would block
		}
		file, err := os.Open(word)
		if err != nil {
			continue
		}
		_, err = io.Copy(sum, file)
		file.Close()
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%.8x", sum.Sum(nil)), nil
}

// gradePrograms grades the programs of a class, and writes a table with a line for each. One that
// is in the table already, and has not changed, is not graded again. They run side by side if each
// has ports of its own. The status is right if all are started.
func (req *gradeRequest) gradePrograms(ctx context.Context) (status int, err error) {
	all, err := req.readPrograms(req.class)
	if err != nil {
		return trouble, err
	}
	t := newTable(req.out, req.Exercises)
	t.setWorth(req.weights, req.penalty)
	if err := t.read(); err != nil {
		return trouble, err
	}
	if err := req.readPage(); err != nil {
		return trouble, err
	}
	grader, err := graderSum()
	if err != nil {
		return trouble, err
	}
	if req.Trusted {
		req.jobs = 1 // programs share ports
	} else {
		req.setJobs("program", sandbox.Namespaces())
	}
	setting := fmt.Sprintln(grader, req.Only, req.Timeout, req.Race)
	bar := newBar(os.Stderr)
	defer bar.clear()
	graded := make([]bool, len(all))
	err = req.sideBySide(len(all), bar, func(i int) error {
		err := req.gradeProgram(ctx, t, all[i], setting)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil:
			graded[i] = true
		default:
			bar.clear()
			fmt.Fprintf(os.Stderr, "workbook grade: %s is not graded, and will be at the next call: %v\n", all[i].name, err)
			t.remove(all[i].name)
			req.removeFromPage(handin.Student{Name: all[i].name})
		}
		return nil
	})
	if err != nil {
		return trouble, errors.Join(err, t.write(), req.writePage())
	}
	status = right
	var students []handin.Student
	for i, p := range all {
		if graded[i] {
			students = append(students, handin.Student{Name: p.name})
		} else {
			status = trouble
		}
	}
	t.mark(students)
	if err := errors.Join(t.write(), req.writePage()); err != nil {
		return trouble, err
	}
	bar.clear()
	if err := req.openPage(); err != nil {
		return trouble, err
	}
	for _, s := range students {
		if t.verdictOf(s.Name) != string(verdict.NotStarted) {
			continue
		}
		fmt.Fprintf(os.Stderr, "workbook grade: %s: %s is not started\n", report.Visible(s.Name), req.Exercises[0].Programs[0].Name)
		status = max(status, wrong)
	}
	return status, nil
}

// gradeProgram grades one program of a class, unless the table shows what would come of it.
func (req *gradeRequest) gradeProgram(ctx context.Context, t *table, p namedProgram, setting string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	student := handin.Student{Name: p.name}
	digest, err := p.sum(setting)
	if err != nil || !req.again && t.has(p.name, digest) && req.onPage(student) {
		return err
	}
	opts := req.Options
	opts.Program = &p.target
	r, err := req.graded(ctx, opts)
	if err != nil {
		return err
	}
	if err := req.addToPage(student, r); err != nil {
		return err
	}
	return t.add(student, digest, handin.Work{}, r)
}

// verdictOf returns what became of the first program of a student in the table.
func (t *table) verdictOf(student string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	fields, ok := t.lines[student]
	if !ok {
		return ""
	}
	return fields[digestColumn+1]
}
