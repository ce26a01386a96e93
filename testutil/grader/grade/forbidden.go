package grade

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A case calls the program's functions in the process that tells how the case went. What
// no exercise wants, and would let a program change what is told, is refused before it is
// built. That takes the ways that are short to write; it is no proof that there is none.

const must = "which a program under test must not"

// forbidden says what is in a file that a program under test must not hold, since it
// reaches into the tests; "" if nothing is.
func forbidden(text []byte) string {
	if why := forbiddenDirective(text); why != "" {
		return why
	}
	if tag := gradingTag(text); tag != "" {
		return fmt.Sprintf("has a build constraint on %s, %s", tag, must)
	}
	// The compiler understands more than the parser, which gives up where parentheses
	// are nested too deep: so names are counted in tokens.
	fset := token.NewFileSet()
	head, _ := parser.ParseFile(fset, "", text, parser.ImportsOnly)
	file, _ := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if head == nil || file == nil {
		return "" // the compiler will say what is wrong
	}
	names := identifiers(text)
	for _, spec := range head.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		switch {
		case name == "C", name == "plugin", name == "testing", strings.HasPrefix(name, "testing/"),
			strings.HasPrefix(name, "example.com/workbook/testutil/"):
			return fmt.Sprintf("imports %q, %s", name, must)
		case name == "unsafe" && (spec.Name != nil || names["unsafe"] > count(file, isAddress)):
			return fmt.Sprintf("uses package unsafe for more than uintptr(unsafe.Pointer(&x)), %s", must)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		switch {
		case systemCall.MatchString(name) && name != "SyscallConn" && names[name] > count(file, isControl(name)):
			return fmt.Sprintf("calls %s for more than an ioctl, %s", name, must)
		case anyAddress.MatchString(name):
			return fmt.Sprintf("uses %s, %s", name, must)
		case name == "ReadBuildInfo":
			return fmt.Sprintf("calls %s, from which it could learn that it is graded, %s", name, must)
		}
	}
	if text := gradingText(text); text != "" {
		return fmt.Sprintf("contains %s, from which it could learn that it is graded, %s", text, must)
	}
	return ""
}

// gradingTag returns a tag in the build constraints of a file that is set when the grader
// builds it, and perhaps not otherwise; "" if there is none.
func gradingTag(text []byte) string {
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !constraint.IsGoBuild(line) && !constraint.IsPlusBuild(line) {
			continue
		}
		expr, err := constraint.Parse(line)
		if err != nil {
			continue
		}
		if slices.Contains(tagsIn(expr), "race") {
			return "race"
		}
	}
	return ""
}

// tagsIn returns the tags in a build constraint.
func tagsIn(expr constraint.Expr) []string {
	switch expr := expr.(type) {
	case *constraint.TagExpr:
		return []string{expr.Tag}
	case *constraint.NotExpr:
		return tagsIn(expr.X)
	case *constraint.AndExpr:
		return append(tagsIn(expr.X), tagsIn(expr.Y)...)
	case *constraint.OrExpr:
		return append(tagsIn(expr.X), tagsIn(expr.Y)...)
	}
	return nil
}

// gradingText returns a string in a file that names what only a program that is graded
// has: a flag of package testing, or a variable of the grader's; "" if there is none.
func gradingText(text []byte) string {
	fset := token.NewFileSet()
	var s scanner.Scanner
	s.Init(fset.AddFile("", fset.Base(), len(text)), text, func(token.Position, string) {}, 0)
	for {
		switch _, tok, lit := s.Scan(); tok {
		case token.EOF:
			return ""
		case token.STRING:
			value, err := strconv.Unquote(lit)
			if err == nil && gradingString.MatchString(value) {
				return lit
			}
		}
	}
}

var gradingString = regexp.MustCompile(`^-{0,2}test\.[a-z]*\b|^WORKBOOK_|^\.test(\.exe)?$`)

// directives are lines that change what the race detector and the tests see of a
// program.
var directives = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"a go:linkname", regexp.MustCompile(`//go:linkname`)},
	{"a go:norace", regexp.MustCompile(`//go:norace`)},
	{"a line directive", regexp.MustCompile(`(?m)^//line .*:\d+\r?$|/\*line [^\n]*:\d+\*/`)},
}

func forbiddenDirective(text []byte) string {
	for _, d := range directives {
		if d.pattern.Match(text) {
			return "holds " + d.name + ", " + must
		}
	}
	return ""
}

// Names of what reads and writes memory at any address, package unsafe or not: the heap
// dump of package debug, system calls that are told addresses, and whatever has a value
// of type unsafe.Pointer.
var (
	systemCall = regexp.MustCompile(`^(Raw|AllThreads)?(Syscall|Vfork)\w*$`)
	anyAddress = regexp.MustCompile(`^(WriteHeapDump|Ptrace\w*|UnsafePointer|(Load|Store|Swap|CompareAndSwap)Pointer|Race(Read|Write|Acquire|Release)\w*)$`)
)

// identifiers counts the identifiers in a file.
func identifiers(text []byte) map[string]int {
	names := make(map[string]int)
	fset := token.NewFileSet()
	var s scanner.Scanner
	s.Init(fset.AddFile("", fset.Base(), len(text)), text, func(token.Position, string) {}, 0)
	for {
		switch _, tok, name := s.Scan(); tok {
		case token.EOF:
			return names
		case token.IDENT:
			names[name]++
		}
	}
}

// count counts the expressions in a file that are as ok says.
func count(file *ast.File, ok func(ast.Expr) bool) int {
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		if expr, is := node.(ast.Expr); is && ok(expr) {
			n++
		}
		return true
	})
	return n
}

// isControl returns what reports whether an expression is a call of that function of
// package syscall for an ioctl on a variable, as for the size of a terminal.
func isControl(name string) func(ast.Expr) bool {
	return func(expr ast.Expr) bool {
		call, ok := expr.(*ast.CallExpr)
		return ok && selected(call.Fun) == "syscall."+name && len(call.Args) > 3 &&
			selected(call.Args[0]) == "syscall.SYS_IOCTL" && isAddress(call.Args[3])
	}
}

// isAddress reports whether an expression is uintptr(unsafe.Pointer(&x)).
func isAddress(expr ast.Expr) bool {
	number, ok := expr.(*ast.CallExpr)
	if !ok || len(number.Args) != 1 {
		return false
	}
	if kind, ok := number.Fun.(*ast.Ident); !ok || kind.Name != "uintptr" {
		return false
	}
	pointer, ok := number.Args[0].(*ast.CallExpr)
	if !ok || selected(pointer.Fun) != "unsafe.Pointer" || len(pointer.Args) != 1 {
		return false
	}
	address, ok := pointer.Args[0].(*ast.UnaryExpr)
	return ok && address.Op == token.AND
}

// selected returns the name of an expression like "syscall.SYS_IOCTL".
func selected(expr ast.Expr) string {
	if sel, ok := expr.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok {
			return x.Name + "." + sel.Sel.Name
		}
	}
	return ""
}
