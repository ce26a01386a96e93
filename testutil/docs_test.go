package testutil_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What go doc prints first says what a package is for. An example follows: in the comment, or
// as a function that is tested.
func TestPackageSaysWhatItIsForAndShowsAnExample(t *testing.T) {
	packages := make(map[string][]string) // their files, by folder
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".."):
			return filepath.SkipDir
		case strings.HasSuffix(file, ".go"):
			packages[filepath.Dir(file)] = append(packages[filepath.Dir(file)], file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range packages {
		if wrong := wrongDoc(t, files); wrong != "" {
			t.Errorf("%s: %s", dir, wrong)
		}
	}
}

// purpose opens the comment of a package, or of a program.
var purpose = regexp.MustCompile(`(?s)^(Package \w+|[A-Z]\w*) \w.*?[.:]\s`)

// wrongDoc says what the documentation of a package with these files lacks; "" if it lacks
// nothing, or there are only tests.
func wrongDoc(t *testing.T, files []string) string {
	t.Helper()
	var doc string
	code, example := false, false
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			code = true
			doc += parsed.Doc.Text()
			continue
		}
		for _, decl := range parsed.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Example") {
				example = true
			}
		}
	}
	switch {
	case !code:
		return ""
	case !purpose.MatchString(doc):
		return "the comment of the package does not say in its first sentence what it is for"
	case !example && !strings.Contains(doc, "\n\t"):
		return "the comment of the package has no example, and there is no func Example"
	}
	return ""
}
