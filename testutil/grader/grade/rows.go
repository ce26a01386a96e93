package grade

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A student may add rows to the table of a program's tests, and tests. They are run in
// place, with the file of tests that the student has, and have no points.

// maxRows is how many of them are run of one program.
const maxRows = 50

// A row is one of a table in a test, or the test itself.
type row struct {
	test, name string // "TestServe" and "leaves_at_once"; the second is "" for the test itself
	text       string // how the row is written, "" for the test itself
}

// String returns the name of a row for go test -run.
func (r row) String() string {
	if r.name == "" {
		return r.test
	}
	return r.test + "/" + r.name
}

// ownRows returns the rows in a file of tests that the stub's file does not have in the same
// words, and the tests that the stub's file does not have. Either file may be empty.
func ownRows(stub, text []byte) []row {
	given := rowsOf(stub)
	var own []row
	for _, r := range rowsOf(text) {
		if !slices.Contains(given, r) && !slices.Contains(own, row{test: r.test}) {
			own = append(own, r)
		}
	}
	return own
}

// rowsOf returns the tests in a file, each before the rows of its table. A table is a slice
// of structs without a name, and a row has its own name as its first element.
func rowsOf(text []byte) []row {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil // the compiler will say what is wrong
	}
	var all []row
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !isTest(fn.Name.Name) {
			continue
		}
		all = append(all, row{test: fn.Name.Name})
		names := make(map[string]int)
		ast.Inspect(fn, func(n ast.Node) bool {
			table, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if list, ok := table.Type.(*ast.ArrayType); !ok || !isStruct(list.Elt) {
				return true
			}
			for _, e := range table.Elts {
				name, ok := nameOf(e)
				if !ok {
					continue
				}
				unique := name
				if n := names[name]; n > 0 || name == "" { // as package testing has it
					unique = fmt.Sprintf("%s#%02d", name, n)
				}
				names[name]++
				begin, end := fset.Position(e.Pos()).Offset, fset.Position(e.End()).Offset
				all = append(all, row{fn.Name.Name, unique, string(text[begin:end])})
			}
			return false
		})
	}
	return all
}

// isTest reports whether package testing takes a function of that name for a test.
func isTest(name string) bool {
	rest, ok := strings.CutPrefix(name, "Test")
	return ok && name != "TestMain" && (rest == "" || !unicode.IsLower([]rune(rest)[0]))
}

func isStruct(e ast.Expr) bool {
	_, ok := e.(*ast.StructType)
	return ok
}

// nameOf returns the name of a row: the first element, or that of the field name.
func nameOf(e ast.Expr) (name string, ok bool) {
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return "", false
	}
	for i, e := range lit.Elts {
		value := e
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); !ok || key.Name != "name" {
				continue
			}
			value = kv.Value
		} else if i > 0 {
			break
		}
		if text, ok := value.(*ast.BasicLit); ok && text.Kind == token.STRING {
			name, err := strconv.Unquote(text.Value)
			return testName(name), err == nil
		}
	}
	return "", false
}

// testName returns what package testing makes of the name of a subtest.
func testName(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte('_')
		case !strconv.IsPrint(r):
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ownRows returns the rows and tests that a student has added to a program in place.
func (g *grading) ownRows(p *report.Program) ([]row, error) {
	dir := filepath.Join(g.Top, filepath.FromSlash(p.Dir))
	given, err := stubTests(p)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []row
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			continue
		}
		text, err := readFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		all = append(all, ownRows(given[name], text)...)
	}
	return all, nil
}

// startRows begins to run the rows that a student has added to programs, beside the judges,
// and returns a function that waits for the end of that, puts what became of the rows into
// the programs, and returns what else there is to say.
func (g *grading) startRows(ctx context.Context, programs []report.Program) (wait func() (notes []string)) {
	if !g.Rows || g.Submission != "" || g.Only != "" {
		return func() []string { return nil }
	}
	records, notes := make([][]suite.Record, len(programs)), make([]string, len(programs))
	var running sync.WaitGroup
	for i := range programs {
		p := programs[i] // as it is now
		if p.Verdict.Kind == "" {
			running.Go(func() { records[i], notes[i] = g.runRows(ctx, &p) })
		}
	}
	return func() []string {
		running.Wait()
		for i := range programs {
			programs[i].Rows = records[i]
		}
		return slices.DeleteFunc(notes, func(note string) bool { return note == "" })
	}
}

// runRows runs the rows and tests that a student has added to a program, and returns what
// became of each, and what else there is to say. Those of a program that is untouched are
// not run.
func (g *grading) runRows(ctx context.Context, p *report.Program) (records []suite.Record, note string) {
	rows, err := g.ownRows(p)
	if err != nil || len(rows) == 0 {
		return nil, said(p, err)
	}
	if len(rows) > maxRows {
		note = fmt.Sprintf("%s: only the first %d of your own rows are run", p.Name, maxRows)
		rows = rows[:maxRows]
	}
	dir := filepath.Join(g.temp, p.Exercise+"-"+p.Name+"-rows")
	if err := makeFolder(dir, 0o755); err != nil {
		return nil, said(p, err)
	}
	// Without the replacements, the go command takes the tests of the student.
	own := &grading{Options: g.Options, temp: dir, buildTime: g.buildTime}
	b, err := own.compile(ctx, dir, []string{p.Dir})
	if err != nil {
		return nil, said(p, err)
	}
	if _, err := os.Stat(testBinary(dir, p.Dir)); err != nil {
		wrong := about(b.out, p.Dir)
		if wrong == "" {
			return nil, said(p, buildProblem(b.out, p.Dir))
		}
		return []suite.Record{{Test: rows[0].test, Verdict: verdict.Verdict{Kind: verdict.DoesNotCompile, Message: wrong}}}, note
	}
	do := task{Program: p.Dir, Binary: testBinary(dir, p.Dir), Race: g.Race}
	for _, r := range rows {
		do.Rows = append(do.Rows, r.String())
	}
	env := []string{goroutine.TopEnv + "=" + g.Top, "TMPDIR=" + dir, "TMP=" + dir, "TEMP=" + dir}
	err = do.ask(ctx, filepath.Join(g.Top, filepath.FromSlash(p.Dir)), env, func(r suite.Record) {
		if v := &r.Verdict; len(v.Message) > maxMessage {
			v.Message = strings.ToValidUTF8(v.Message[:maxMessage], "") + "…"
		}
		records = append(records, r)
	})
	if err != nil {
		return records, said(p, err)
	}
	return records, note
}

// said returns a sentence about what has kept a student's rows from being run; "" if
// nothing has.
func said(p *report.Program, err error) string {
	if err == nil {
		return ""
	}
	return p.Name + ": your own rows were not run: " + err.Error()
}
