package isolate

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A source is the Go files of a program, as far as they can be read. A dump says where
// a goroutine is; the source says which call is there.
type source struct {
	fset  *token.FileSet
	files map[string]*ast.File // by their names, "clock2.go"
	texts map[string][]byte    // likewise
	dir   string
}

// readSource reads the Go files of a folder.
func readSource(dir string) source {
	src := source{fset: token.NewFileSet(), files: make(map[string]*ast.File), texts: make(map[string][]byte)}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return src
	}
	if src.dir, err = filepath.Abs(dir); err != nil {
		src.dir = dir
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if file, err := parser.ParseFile(src.fset, name, text, 0); err == nil {
			src.files[filepath.Base(name)] = file
			src.texts[filepath.Base(name)] = text
		}
	}
	return src
}

// FuncPlace returns where a function or method of the program begins, whose files are in
// the working directory: "clock2.go:26", as package testing names a place; "" if there is
// no such function.
func FuncPlace(name string) string {
	src := readSource(".")
	for _, file := range slices.Sorted(maps.Keys(src.files)) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, decl := range src.files[file].Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.Name == name {
				return fmt.Sprintf("%s:%d", file, src.line(fn))
			}
		}
	}
	return ""
}

func (src source) line(n ast.Node) int { return src.fset.Position(n.Pos()).Line }

// text returns a node as it is written. (types.ExprString would need package go/types, which
// makes each test binary a tenth larger.)
func (src source) text(n ast.Node) string {
	from, to := src.fset.PositionFor(n.Pos(), false), src.fset.PositionFor(n.End(), false)
	return string(src.texts[filepath.Base(from.Filename)][from.Offset:to.Offset])
}

// place returns where a node stands, "exercises/ex8.1/clock2/clock2.go:20".
func (src source) place(n ast.Node) string {
	p := src.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", src.relative(filepath.Base(p.Filename)), p.Line)
}

// relative returns the path of a file of src from the top of the workbook. A submission
// lies elsewhere, in folders of the same names.
func (src source) relative(name string) string {
	file := filepath.ToSlash(filepath.Join(src.dir, name))
	if rel := relative(file); rel != name {
		return rel
	}
	if i := strings.LastIndex(file, "/exercises/"); i >= 0 {
		return file[i+len("/"):]
	}
	return name
}

// exits returns the places where something other than main ends the program with a
// status, in the tests only if there is none elsewhere: a process that ends so leaves no
// word of where it did. Status 1 is that of the Fatal of a logger, too.
func (src source) exits(status int) []string {
	var program, tests []string
	for _, name := range slices.Sorted(maps.Keys(src.files)) {
		isTest := strings.HasSuffix(name, "_test.go")
		calls := src.calls(src.files[name], func(fun *ast.SelectorExpr) bool {
			return isExit(fun) || status == 1 && !isTest && isFatal(fun)
		})
		if isTest {
			tests = append(tests, calls...)
		} else {
			program = append(program, calls...)
		}
	}
	if len(program) > 0 {
		return program
	}
	return tests
}

// calls returns the places outside of main where file calls a function like pkg.F or
// a method, if it is one that is wanted.
func (src source) calls(file *ast.File, wanted func(fun *ast.SelectorExpr) bool) []string {
	var places []string
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && (fn.Name.Name == "main" || fn.Name.Name == "TestMain") {
			continue
		}
		for call := range nodes[*ast.CallExpr](decl) {
			if fun, ok := call.Fun.(*ast.SelectorExpr); ok && wanted(fun) {
				places = append(places, src.place(call))
			}
		}
	}
	return places
}

func isExit(fun *ast.SelectorExpr) bool {
	x, ok := fun.X.(*ast.Ident)
	return ok && fun.Sel.Name == "Exit" && (x.Name == "os" || x.Name == "syscall")
}

func isFatal(fun *ast.SelectorExpr) bool {
	return slices.Contains([]string{"Fatal", "Fatalf", "Fatalln"}, fun.Sel.Name)
}

// mayBeFatal reports whether a line of a file may be a call of log.Fatal: whether it is
// one, or the file cannot be read.
func (src source) mayBeFatal(file string, line int) bool {
	f := src.files[base(file)]
	if f == nil {
		return true
	}
	for call := range nodes[*ast.CallExpr](f) {
		fun, ok := call.Fun.(*ast.SelectorExpr)
		if ok && isFatal(fun) && src.line(call) <= line && line <= src.fset.Position(call.End()).Line {
			return true
		}
	}
	return false
}

// hasPackageWaitGroup reports whether a variable of the package is a WaitGroup, or
// a pointer to one, or may be part of one.
func (src source) hasPackageWaitGroup() bool {
	if len(src.files) == 0 {
		return true
	}
	for _, f := range src.files {
		for _, decl := range f.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok != token.IMPORT {
				for sel := range nodes[*ast.SelectorExpr](gen) {
					if sel.Sel.Name == "WaitGroup" {
						return gen.Tok == token.VAR
					}
				}
			}
		}
	}
	return false
}

// A lock is a call of Lock or RLock, and what its function does to unlock.
type lock struct {
	mutex    string // "w.mu"
	place    string
	line     int
	unlock   string // what unlocks it, "w.mu.Unlock()"
	deferred bool   // the unlock is
	unlocks  []int  // the lines of those that are not deferred
	exits    []span // the blocks after which the function does not go on below them
}

// A span is lines of a file.
type span struct{ first, last int }

func (s span) contains(line int) bool { return s.first <= line && line <= s.last }

// held reports whether the mutex is locked when the function is at a line.
func (l lock) held(line int) bool {
	switch {
	case line <= l.line:
		return false
	case l.deferred:
		return true
	}
	return !slices.ContainsFunc(l.unlocks, func(unlock int) bool {
		left := func(s span) bool { return s.contains(unlock) && !s.contains(line) }
		return l.line <= unlock && unlock < line && !slices.ContainsFunc(l.exits, left)
	})
}

// forgotten reports whether nothing in the function unlocks the mutex.
func (l lock) forgotten() bool { return !l.deferred && len(l.unlocks) == 0 }

// forgottenLocks returns the locks that their function never unlocks. Functions that do
// nothing else are left out: others unlock for them.
func (src source) forgottenLocks() []lock {
	var forgotten []lock
	for _, name := range slices.Sorted(maps.Keys(src.files)) {
		for body := range bodies(src.files[name]) {
			for _, l := range src.locks(body) {
				if _, only := body.List[0].(*ast.ExprStmt); l.forgotten() && !(only && len(body.List) == 1) {
					forgotten = append(forgotten, l)
				}
			}
		}
	}
	return forgotten
}

// heldAt returns a lock that the function around a line of a file holds there.
func (src source) heldAt(file string, line int) (lock, bool) {
	f := src.files[base(file)]
	if f == nil {
		return lock{}, false
	}
	var inner *ast.BlockStmt
	for body := range bodies(f) { // from the outside in
		if src.line(body) <= line && line <= src.fset.Position(body.End()).Line {
			inner = body
		}
	}
	if inner == nil {
		return lock{}, false
	}
	for _, l := range src.locks(inner) {
		if l.held(line) {
			return l, true
		}
	}
	return lock{}, false
}

// locks returns the locks of a function, without those of functions in it.
func (src source) locks(body *ast.BlockStmt) []lock {
	var all []lock
	unlocks := make(map[string][]int)  // the lines, by what is called
	deferred := make(map[string]bool)  // by what is called
	inDefer := make(map[ast.Node]bool) // calls and functions
	var exits []span
	ast.Inspect(body, func(n ast.Node) bool {
		if exitsAtItsEnd(n) {
			exits = append(exits, span{src.line(n), src.fset.Position(n.End()).Line})
		}
		switch n := n.(type) {
		case *ast.DeferStmt:
			inDefer[n.Call], inDefer[n.Call.Fun] = true, true
		case *ast.FuncLit:
			if inDefer[n] {
				for call := range nodes[*ast.CallExpr](n) {
					deferred[src.text(call)] = true
				}
			}
			return false
		case *ast.CallExpr:
			fun, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || len(n.Args) > 0 {
				break
			}
			x := src.text(fun.X)
			switch name := fun.Sel.Name; name {
			case "Lock":
				all = append(all, lock{mutex: x, place: src.place(n), line: src.line(n), unlock: x + ".Unlock()"})
			case "RLock":
				all = append(all, lock{mutex: x, place: src.place(n), line: src.line(n), unlock: x + ".RUnlock()"})
			case "Unlock", "RUnlock":
				if text := src.text(n); inDefer[n] {
					deferred[text] = true
				} else {
					unlocks[text] = append(unlocks[text], src.line(n))
				}
			}
		}
		return true
	})
	for i := range all {
		all[i].deferred = deferred[all[i].unlock]
		all[i].unlocks = unlocks[all[i].unlock]
		all[i].exits = exits
	}
	return all
}

// exitsAtItsEnd reports whether a node is statements of which the last one is a return,
// a break or a similar statement.
func exitsAtItsEnd(n ast.Node) bool {
	var list []ast.Stmt
	switch n := n.(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	case *ast.CommClause:
		list = n.Body
	}
	if len(list) == 0 {
		return false
	}
	switch list[len(list)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return false
}

// bodies returns the bodies of all functions in a file, each before those in it.
func bodies(f *ast.File) iter.Seq[*ast.BlockStmt] {
	return func(yield func(*ast.BlockStmt) bool) {
		for n := range ast.Preorder(f) {
			var body *ast.BlockStmt
			switch n := n.(type) {
			case *ast.FuncDecl:
				body = n.Body
			case *ast.FuncLit:
				body = n.Body
			}
			if body != nil && !yield(body) {
				return
			}
		}
	}
}

// nodes returns the nodes of one type in a tree.
func nodes[N ast.Node](root ast.Node) iter.Seq[N] {
	return func(yield func(N) bool) {
		for n := range ast.Preorder(root) {
			if n, ok := n.(N); ok && !yield(n) {
				return
			}
		}
	}
}

func base(file string) string { return path.Base(filepath.ToSlash(file)) }
