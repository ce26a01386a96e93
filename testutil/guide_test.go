// Package testutil_test checks that the guide for authors, README.md, is true.
package testutil_test

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// guide returns the text of README.md.
func guide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGuideNamesAllPackages(t *testing.T) {
	list, err := exec.Command("go", "list", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for path := range strings.FieldsSeq(string(list)) {
		if name, ok := strings.CutPrefix(path, module); ok {
			want = append(want, name)
		}
	}
	got := slices.Sorted(slices.Values(packages(t)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md: folders in the tables of packages mismatch (-want +got):\n%s", diff)
	}
}

// module is what the paths of the packages begin with.
const module = "example.com/workbook/testutil/"

// packages returns the packages in the tables of the guide, such as "suites/clocktest", in
// their order.
func packages(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, m := range regexp.MustCompile("(?m)^\\| \\[`(\\w+)`\\]\\(([\\w/]+)\\) \\| \\S").FindAllStringSubmatch(guide(t), -1) {
		if m[1] != path.Base(m[2]) {
			t.Errorf("README.md: %s leads to %s", m[1], m[2])
		}
		all = append(all, m[2])
	}
	return all
}

// The tables are in the order of the layers. Tests may import what they like.
func TestPackageImportsOnlyThoseAboveItInTheGuide(t *testing.T) {
	var above []string
	for _, name := range packages(t) {
		files, err := filepath.Glob(filepath.Join(filepath.FromSlash(name), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, imported := range importsOf(t, file) {
				if !slices.Contains(above, imported) {
					t.Errorf("%s imports %s, which stands below %s in README.md", file, imported, name)
				}
			}
		}
		above = append(above, name)
	}
}

// importsOf returns the packages of testutil that a file imports.
func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, spec := range parsed.Imports {
		if name, ok := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module); ok {
			all = append(all, name)
		}
	}
	return all
}

// Where the guide says how something is named, such a file must be there; ex9.1, NAME and
// SHAPE are to be.
func TestFilesOfTheGuideAreThere(t *testing.T) {
	file := regexp.MustCompile("`((?:exercises|solutions|testutil|kit|suites|grader|checks|sites|cmd)/[\\w./-]+)`")
	found := file.FindAllStringSubmatch(guide(t), -1)
	if len(found) == 0 {
		t.Error("README.md names no file")
	}
	for _, m := range found {
		if regexp.MustCompile(`ex9|NAME|SHAPE`).MatchString(m[1]) {
			continue
		}
		_, here := os.Stat(filepath.FromSlash(m[1]))
		_, above := os.Stat(filepath.Join("..", filepath.FromSlash(m[1])))
		if here != nil && above != nil {
			t.Errorf("README.md names %s: %v", m[1], above)
		}
	}
}
