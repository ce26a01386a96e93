package grade

import (
	"bytes"
	"errors"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/stubs"
	"example.com/workbook/testutil/kit/verdict"
)

// source returns the folder with the files of a program, and sets its verdict if
// there is anything wrong with them. Of a submission it takes copies, to stand
// in place of the stub. An error is not about the program.
func (g *grading) source(p *report.Program) (dir string, err error) {
	dir = filepath.Join(g.Top, filepath.FromSlash(p.Dir))
	refuse := func(kind verdict.Kind, message string) {
		if p.Verdict.Kind == "" {
			p.Verdict = verdict.Verdict{Kind: kind, Message: message}
		}
	}
	if err := g.takeTests(p, dir); err != nil {
		return "", err
	}
	if g.Submission != "" {
		if dir, err = g.take(p, dir); err != nil {
			return "", err
		}
		if p.Verdict.Kind == verdict.Refused { // there is too much of it to read
			return dir, nil
		}
	} else if entries, err := os.ReadDir(dir); err == nil {
		g.leftOut[p.Dir] = leftOut(p, entries)
	}
	names, err := Files(dir)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		refuse(verdict.NotFound, "there are no Go files in "+p.Dir)
	}
	modules, err := g.modules()
	if err != nil {
		return "", err
	}
	for _, name := range names {
		file := p.Dir + "/" + name
		text, err := readFile(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist): // it is a link
			refuse(verdict.DoesNotCompile, file+" is a link to a file that does not exist")
			continue
		case errors.Is(err, errTooLong):
			refuse(verdict.DoesNotCompile, fmt.Sprintf("%s is longer than %d bytes", file, maxSize))
			continue
		case err != nil:
			return "", err
		}
		if why := forbidden(text); g.Submission != "" && why != "" {
			refuse(verdict.Refused, file+" "+why)
		}
		if ok, err := build.Default.MatchFile(dir, name); err == nil && !ok {
			g.leftOut[p.Dir] = append(g.leftOut[p.Dir], file+" is not built here: its name, or a line that begins with //go:build, asks for another system")
		} else if why := misfit(file, text, modules); why != "" {
			refuse(verdict.DoesNotCompile, why)
		}
	}
	return dir, nil
}

// Files returns the names of a program's own files in a folder; none if there is no
// such folder.
func Files(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && own(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// own reports whether a file of that name belongs to a program. The go command leaves
// out what begins with a dot, as the lock files of Emacs do, or an underscore.
func own(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
		!strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}

// leftOut says which files in the folder of a program are not part of the program, by
// their names.
func leftOut(p *report.Program, entries []fs.DirEntry) (sentences []string) {
	tests, err := stubTests(p)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := e.Name()
		_, ours := tests[name]
		switch {
		case ours, !strings.HasSuffix(name, ".go"), strings.HasPrefix(name, "."):
		case strings.HasSuffix(name, "_test.go"):
			sentences = append(sentences, p.Dir+"/"+name+" is not part of the program: files named _test.go are for tests only")
		case strings.HasPrefix(name, "_"):
			sentences = append(sentences, p.Dir+"/"+name+" is not built: its name begins with an underscore")
		}
	}
	return sentences
}

// misfit says why a file cannot be a part of a program, where the go command says so in
// words that are hard to understand; "" if it can.
func misfit(name string, text []byte, modules []string) string {
	utf16 := bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
	if i := bytes.IndexByte(text, 0); i >= 0 && !utf16 {
		return fmt.Sprintf("%s:%d: there is a NUL byte, which no Go file can have", name, 1+bytes.Count(text[:i], []byte("\n")))
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ImportsOnly)
	if err != nil {
		return "" // the compiler will say what is wrong
	}
	if file.Name.Name != "main" {
		return fmt.Sprintf("%v: package %s: want package main, as in the stub", fset.Position(file.Name.Pos()), file.Name.Name)
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		domain, _, _ := strings.Cut(imported, "/")
		known := slices.ContainsFunc(modules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
		if strings.Contains(domain, ".") && !known {
			return fmt.Sprintf("%v: imports %q: only the standard library can be imported", fset.Position(spec.Pos()), imported)
		}
	}
	return ""
}

var moduleLine = regexp.MustCompile(`(?m)^(?:module|require)?\s*([a-z0-9.-]+\.[a-z]+(?:/\S+)?)(?:\s+v\S+.*)?$`)

// modules returns the modules whose packages a program of the workbook can import.
func (g *grading) modules() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(g.Top, "go.mod"))
	if err != nil {
		return nil, err
	}
	var modules []string
	for _, m := range moduleLine.FindAllSubmatch(text, -1) {
		modules = append(modules, string(m[1]))
	}
	return modules, nil
}

// stubTests returns the tests that grade a program, by the name of their file. Only those
// of an exercise are known.
func stubTests(p *report.Program) (map[string][]byte, error) {
	name, ok := strings.CutPrefix(p.Dir, "exercises/")
	if !ok {
		return nil, nil
	}
	files, err := stubs.Files(name)
	for name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			delete(files, name)
		}
	}
	return files, err
}

// takeTests has the tests of the stub stand in place of those in dir, which a student
// may have changed or removed. So the program is built without the tests of its author: what
// it needs cannot be in one of them.
func (g *grading) takeTests(p *report.Program, dir string) error {
	tests, err := stubTests(p)
	if err != nil || tests == nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") {
			g.replace[filepath.Join(dir, e.Name())] = "" // is not there
		}
	}
	copied := filepath.Join(g.copies(), filepath.FromSlash(p.Dir))
	if err := makeFolder(copied, 0o755); err != nil {
		return err
	}
	for name, text := range tests {
		file := filepath.Join(copied, name)
		if err := writeFile(file, text); err != nil {
			return err
		}
		g.replace[filepath.Join(dir, name)] = file
	}
	return nil
}

// take copies a program's files out of the submission, and has them stand in
// place of those in dir. Nothing else of the submission is looked at: its tests, its
// go.mod, and whatever is not a regular file.
func (g *grading) take(p *report.Program, dir string) (copied string, err error) {
	copied = filepath.Join(g.copies(), filepath.FromSlash(p.Dir))
	stubs, err := Files(dir)
	if err != nil {
		return "", err
	}
	for _, name := range stubs {
		g.replace[filepath.Join(dir, name)] = "" // is not there
	}
	names, leftOut, err := copyOut(g.Submission, p, copied)
	g.leftOut[p.Dir] = leftOut
	if why, ok := errors.AsType[refusal](err); ok {
		p.Verdict = verdict.Verdict{Kind: verdict.Refused, Message: string(why)}
		return copied, nil
	} else if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(names, own) {
		p.Verdict = verdict.Verdict{Kind: verdict.NotFound, Message: "the submission has no Go files in " + p.Dir}
	}
	for _, name := range names {
		g.replace[filepath.Join(dir, filepath.FromSlash(name))] = filepath.Join(copied, filepath.FromSlash(name))
	}
	return copied, nil
}
