package goroutine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"os"
	"path/filepath"
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

func (src source) line(n ast.Node) int { return src.fset.Position(n.Pos()).Line }

// text returns a node as it is written. (types.ExprString would need package go/types, which
// makes each test binary a tenth larger.)
func (src source) text(n ast.Node) string {
	from, to := src.fset.PositionFor(n.Pos(), false), src.fset.PositionFor(n.End(), false)
	return string(src.texts[filepath.Base(from.Filename)][from.Offset:to.Offset])
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
