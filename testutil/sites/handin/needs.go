package handin

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// needed returns those of the files in open that the program of the files in mine needs: they
// declare what it names and does not declare, or methods of its types.
func needed(mine, open []File) []File {
	var program source
	for _, f := range mine {
		program.add(parse(f))
	}
	left := make(map[string]source)
	for _, f := range open {
		left[f.Path] = parse(f)
	}
	var found []File
	for more := true; more; {
		more = false
		for _, f := range open {
			s, ok := left[f.Path]
			if !ok || !program.needs(s) {
				continue
			}
			// Files for several systems declare the same. All of them are needed.
			for _, other := range open {
				if o, ok := left[other.Path]; ok && (other.Path == f.Path || sameNames(o, s)) {
					found = append(found, other)
					delete(left, other.Path)
					program.add(o)
				}
			}
			more = true
		}
	}
	return found
}

// A source is what some files declare and name.
type source struct {
	declares map[string]bool
	names    map[string]bool // that are declared elsewhere
	methods  map[string]bool // the types that have some
}

// parse returns what a file declares and names; nothing if it is not a Go file.
func parse(f File) source {
	s := source{make(map[string]bool), make(map[string]bool), make(map[string]bool)}
	text, err := f.read(maxFile)
	if err != nil {
		return s
	}
	file, _ := parser.ParseFile(token.NewFileSet(), f.Name, text, 0) // what there is of it will do
	if file == nil {
		return s
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				s.declares[d.Name.Name] = true
			} else if len(d.Recv.List) == 1 {
				s.methods[receiver(d.Recv.List[0].Type)] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.declares[spec.Name.Name] = true
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						s.declares[name.Name] = true
					}
				}
			}
		}
	}
	delete(s.declares, "main")
	delete(s.declares, "init")
	delete(s.declares, "_")
	for _, ident := range file.Unresolved {
		s.names[ident.Name] = true
	}
	return s
}

// receiver returns the name of the type of a method.
func receiver(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		return receiver(expr.X)
	case *ast.Ident:
		return expr.Name
	}
	return ""
}

// add adds what other declares and names.
func (s *source) add(other source) {
	for _, pair := range []struct {
		to   *map[string]bool
		from map[string]bool
	}{{&s.declares, other.declares}, {&s.names, other.names}, {&s.methods, other.methods}} {
		if *pair.to == nil {
			*pair.to = make(map[string]bool)
		}
		for name := range pair.from {
			(*pair.to)[name] = true
		}
	}
}

// needs reports whether other declares what s names and does not declare, or has methods
// of its types.
func (s source) needs(other source) bool {
	for name := range other.declares {
		if s.names[name] && !s.declares[name] {
			return true
		}
	}
	for name := range other.methods {
		if s.declares[name] {
			return true
		}
	}
	return false
}

// sameNames reports whether two files declare a name that is the same.
func sameNames(a, b source) bool {
	for name := range a.declares {
		if b.declares[name] {
			return true
		}
	}
	return false
}
