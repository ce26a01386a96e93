package goroutine

import (
	"fmt"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// logLine is a line of package log that says where it was printed. The path may
// hold spaces if it is a full one.
var logLine = regexp.MustCompile(`^.*?((?:(?:[A-Za-z]:)?[/\\][^:]*|[^ :]*)\.go):(\d+): (.*)$`)

// logged returns the place and text of the last line that was logged.
func logged(output string) (place, text string, ok bool) {
	for _, line := range slices.Backward(strings.Split(output, "\n")) {
		if !strings.Contains(line, ".go:") {
			continue // the regexp takes long to say no
		}
		if m := logLine.FindStringSubmatch(line); m != nil {
			return relative(m[1]) + ":" + m[2], m[3], true
		}
	}
	return "", "", false
}

// Exit says why the process of a test, which has printed output, ended with a status before
// the test did.
func Exit(output string, status int) string {
	src := readSource(".")
	if place, text, ok := logged(output); ok && status == 1 {
		file, line, _ := strings.Cut(place, ":")
		if n, err := strconv.Atoi(line); err == nil && src.mayBeFatal(file, n) {
			return fmt.Sprintf("%s ends the program (log.Fatal: %s)", place, text)
		}
	}
	if places := src.exits(status); len(places) > 0 {
		by := "os.Exit"
		if status == 1 {
			by = "os.Exit or log.Fatal"
		}
		return fmt.Sprintf("%s ends the program (%s, status %d)", strings.Join(places, " or "), by, status)
	}
	return fmt.Sprintf("the program ended in the middle of the test, with exit status %d", status)
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
