package grade

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/suites/suite"
)

// places are where the functions of a program begin, by name:
// "exercises/ex8.1/clock2/clock2.go:26".
type places map[string]string

// first returns the first of two functions that the program has, or the second if it has
// neither, and where it begins.
func (all places) first(name, other string) (function, place string) {
	if place, ok := all[name]; ok {
		return name, place
	}
	return other, all[other]
}

// locate finds where the functions of a program begin, and sets that of each part.
func locate(p *report.Program, dir string) places {
	all := make(places)
	names, err := Files(dir)
	if err != nil {
		return all
	}
	for _, name := range names {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				all[fn.Name.Name] = fmt.Sprintf("%s/%s:%d", p.Dir, name, fset.Position(fn.Pos()).Line)
			}
		}
	}
	for i := range p.Parts {
		p.Parts[i].Place = all[p.Parts[i].Func]
	}
	return all
}

// advise completes the verdicts on the cases of p that have failed: where to look, and
// the titles of the hints about the rule that was broken.
func (g *grading) advise(p *report.Program) error {
	hints, err := hint.Read(filepath.Join(g.Top, filepath.FromSlash(path.Dir(p.Dir)), hint.File))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // the chapter has no hints
		return err
	}
	for i := range p.Parts {
		part := &p.Parts[i]
		for j := range part.Cases {
			c := &part.Cases[j]
			v := &c.Verdict
			if !v.Failed() {
				continue
			}
			if v.Place != "" && !strings.Contains(v.Place, "/") && g.Program == nil {
				v.Place = p.Dir + "/" + v.Place
			}
			if v.Place == "" {
				v.Func, v.Place = g.places[p.Dir].first(v.Func, part.Func)
			}
			for _, h := range Hints(hints, *c) {
				v.Hints = append(v.Hints, h.Title)
			}
		}
	}
	return nil
}

// Hints returns those of hints that are about the rule that a case was found to break,
// or if there are none, about the case.
func Hints(hints []hint.Hint, c suite.Record) []hint.Hint {
	test, name, _ := strings.Cut(c.Verdict.About, "/")
	if found := hint.For(hints, test, name); len(found) > 0 {
		return found
	}
	return hint.For(hints, c.Test, c.Name)
}

// compare finds the known mistake that the failures of p look like. It is only a guess: if
// the known mistakes cannot be read, there is none.
func (g *grading) compare(p *report.Program) {
	if g.Only != "" || g.Program != nil {
		return // some cases were not run
	}
	known, err := mistakes.Read(filepath.Join(g.Top, "testutil", "grader", "mistakes", "testdata"))
	if err != nil {
		return
	}
	if m, ok := mistakes.Like(known, *p); ok {
		p.Like = m.Title
	}
}
