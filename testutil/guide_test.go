// Package testutil_test checks that the guide for authors, README.md, is true.
package testutil_test

import (
	"errors"
	"fmt"
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

func TestLinksOfTheGuideLeadSomewhere(t *testing.T) {
	text := guide(t)
	for _, m := range regexp.MustCompile(`\]\((#?)([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if m[1] == "" {
			if _, err := os.Stat(filepath.FromSlash(m[2])); err != nil {
				t.Errorf("README.md: link (%s): %v", m[2], err)
			}
			continue
		}
		heading := strings.ReplaceAll(m[2], "-", " ")
		if !regexp.MustCompile(`(?mi)^## ` + heading + `$`).MatchString(text) {
			t.Errorf("README.md: link (#%s): there is no heading %q", m[2], heading)
		}
	}
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

func TestCommandsOfTheGuideExist(t *testing.T) {
	var commands []string
	for _, m := range regexp.MustCompile("(?m)^ *\\$ (.*)$|`((?:make|go) [^`\n]+)`").FindAllStringSubmatch(guide(t), -1) {
		commands = append(commands, m[1]+m[2])
	}
	if len(commands) < 10 {
		t.Errorf("README.md has the commands %q, want more", commands)
	}
	for _, command := range commands {
		if strings.Contains(command, "9.1") {
			continue // is to be
		}
		if err := exists(command); err != nil {
			t.Errorf("README.md: command %q: %v", command, err)
		}
	}
}

// exists returns an error if something that a command names is not there.
func exists(command string) error {
	args := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(command, "WORKBOOK_SLOW=1 "), "WORKBOOK_SLOW=all "))
	switch {
	case slices.Contains([]string{"git", "$EDITOR", "(printf"}, args[0]):
		return nil
	case args[0] == "make" && len(args) == 2:
		makefile, err := os.ReadFile("../Makefile")
		if err == nil && !regexp.MustCompile(`(?m)^([\w.-]+ )*`+regexp.QuoteMeta(args[1])+`( [\w.-]+)*:`).Match(makefile) {
			err = errors.New("the Makefile has no such target")
		}
		return err
	case args[0] == "go" && args[1] == "test":
		return testExists(args[2:])
	case strings.HasPrefix(command, "go tool workbook grade -"):
		text, err := os.ReadFile("cmd/workbook/grade.go")
		if flag := strings.TrimPrefix(args[4], "-"); err == nil && !strings.Contains(string(text), `, "`+flag+`", `) {
			err = errors.New("the command has no such flag")
		}
		return err
	}
	return errors.New("unknown form, want one of make, go test, git or go tool workbook grade")
}

// testExists returns an error if a package, a flag -update or a test of -run is not there.
func testExists(args []string) error {
	var source strings.Builder // of the tests of all packages
	for _, dir := range args {
		if !strings.HasPrefix(dir, "./") {
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*_test.go"))
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("%s has no tests", dir)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			source.Write(text)
		}
	}
	if source.Len() == 0 {
		return errors.New("it names no package")
	}
	if slices.Contains(args, "-update") && !strings.Contains(source.String(), `flag.Bool("update"`) {
		return errors.New("there is no flag -update")
	}
	if i := slices.Index(args, "-run"); i >= 0 {
		for pattern := range strings.SplitSeq(strings.Trim(args[i+1], "'"), "|") {
			test, _, _ := strings.Cut(pattern, "/")
			if !strings.Contains(source.String(), "func "+test+"(t *testing.T)") {
				return fmt.Errorf("there is no test %s", test)
			}
		}
	}
	return nil
}

func TestExistsFindsWhatIsNotThere(t *testing.T) {
	for command, want := range map[string]string{
		"make nothing":                             "the Makefile has no such target",
		"go test ./testutil/nothing":               "./testutil/nothing has no tests",
		"go test ./testutil/checks -update":        "there is no flag -update",
		"go test ./testutil/checks -run TestNone":  "there is no test TestNone",
		"go test -race":                            "it names no package",
		"go tool workbook grade -nothing":          "the command has no such flag",
		"rm -r exercises":                          "unknown form, want one of make, go test, git or go tool workbook grade",
		"go test ./testutil/checks ./testutil/non": "./testutil/non has no tests",
	} {
		if err := exists(command); err == nil || err.Error() != want {
			t.Errorf("exists(%q) = %v, want %s", command, err, want)
		}
	}
}
