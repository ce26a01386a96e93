package isolate

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// exitCalls returns the places in the Go files of dir, the tests among them
// only if dir has no others, where something other than main calls os.Exit: a
// process that ends so leaves no word of where it did.
func exitCalls(dir string) []string {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil
	}
	var program, tests []string
	for _, name := range names {
		calls := exitCallsIn(name)
		if strings.HasSuffix(name, "_test.go") {
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

func exitCallsIn(name string) []string {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		return nil
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		abs = name
	}
	var places []string
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && (fn.Name.Name == "main" || fn.Name.Name == "TestMain") {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && isExit(sel) {
				places = append(places, fmt.Sprintf("%s:%d", relative(abs), fset.Position(call.Pos()).Line))
			}
			return true
		})
	}
	return places
}

func isExit(sel *ast.SelectorExpr) bool {
	x, ok := sel.X.(*ast.Ident)
	return ok && sel.Sel.Name == "Exit" && (x.Name == "os" || x.Name == "syscall")
}
