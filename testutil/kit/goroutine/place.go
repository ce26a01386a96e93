package goroutine

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/testutil/kit/program"
)

var placeOf = regexp.MustCompile(`^\S+\.go:\d+`)

// Place returns the place in a file of the program that a sentence about it begins
// with: "exercises/ex8.1/clock2/clock2.go:20"; "" if it begins with none.
func Place(sentence string) string { return placeOf.FindString(sentence) }

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

// place returns "exercises/ex8.1/clock2/clock2.go:20".
func (f frame) place() string {
	if f.line <= 1 { // as the runtime says of for {}
		return relative(f.file) + ", in " + f.call[strings.LastIndex(f.call, "/")+1:] + ","
	}
	return relative(f.file) + ":" + strconv.Itoa(f.line)
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

// relative returns the path of a file from the top of the workbook, with
// slashes; or only its name, if it stands elsewhere.
func relative(file string) string {
	if rest, ok := strings.CutPrefix(file, module); ok { // built with -trimpath
		return rest
	}
	here, _ := program.Top()
	for _, top := range []string{os.Getenv(TopEnv), here} {
		if top == "" {
			continue
		}
		if rel, err := filepath.Rel(top, filepath.FromSlash(file)); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return path.Base(filepath.ToSlash(file))
}

// TopEnv names, in the environment, the top of the workbook that the program was
// built in, if that is not the one with the working directory.
const TopEnv = "WORKBOOK_TOP"

func base(file string) string { return path.Base(filepath.ToSlash(file)) }
