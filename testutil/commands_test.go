package testutil_test

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What is verified of the commands in Markdown: those in console blocks, and those of make and
// go in the text.
//
//   - make: the target, and the variables that are set.
//   - go test: the packages, the tests of -run, -bench and -fuzz, the case after the slash, -update.
//   - go run: the package, and its flags. Those of other modules have a version.
//   - go tool workbook: the subcommand, its flags and the exercises.
//   - all: files and folders of the workbook that they name.
//
// The tests of chapter60 also run the commands of the chapter, and TestEquivalentsDoWhatMakeDoes
// compares those of make with those of go.
func TestCommandsExist(t *testing.T) {
	w := readSources(t)
	n := 0
	for _, file := range listed(t, "*.md") {
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range commands(string(text)) {
			n++
			if err := w.exists(command); err != nil {
				t.Errorf("%s: %q: %v", file, command, err)
			}
		}
	}
	if n < 100 {
		t.Errorf("the Markdown files have %d commands, want 100 or more", n)
	}
}

var (
	console    = regexp.MustCompile(`(?m)^ *\$ ((?:[^\n\\]|\\\n|\\.)*)$`)
	codeOfText = regexp.MustCompile("`((?:make|go)\\s[^`]+)`")
)

// commands returns the commands in a Markdown text.
func commands(text string) []string {
	var all []string
	for _, block := range fence.FindAllString(text, -1) {
		for _, m := range console.FindAllStringSubmatch(block, -1) {
			all = append(all, strings.ReplaceAll(m[1], "\\\n", " "))
		}
	}
	for _, m := range codeOfText.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.Join(strings.Fields(m[1]), " "))
	}
	return all
}

// sources are the texts in which the parts of commands are looked for.
type sources struct {
	makefile string
	tests    map[string]string // by folder, its test files
	programs map[string]string // by folder, its other Go files
}

func readSources(t *testing.T) sources {
	t.Helper()
	w := sources{readTop(t, "Makefile"), make(map[string]string), make(map[string]string)}
	for _, file := range listed(t, "*.go") {
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			w.tests[path.Dir(file)] += string(text)
		} else {
			w.programs[path.Dir(file)] += string(text)
		}
	}
	return w
}

var (
	separator  = regexp.MustCompile(`&&|;|\||&$`)
	variable   = regexp.MustCompile(`^([A-Z_]+)=`)
	argument   = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)
	ofWorkbook = regexp.MustCompile(`^(?:\./)?((?:chapter60|exercises|solutions|testutil|findings)(?:/[\w.,-]+)*)$`)
	future     = regexp.MustCompile(`ex9|[-.]9\.1|NAME|SHAPE|clock2-date`) // are to be written
)

// outside are the programs that are not of the workbook, of which only the files are looked at.
var outside = []string{
	"$EDITOR", "apt-get", "cd", "curl", "do", "done", "export", "for", "ftp", "git", "kubectl", "mkdir", "nc", "printf", "sbatch", "squeue", "tar",
}

// exists returns an error if a part of a command is not there.
func (w sources) exists(command string) error {
	quotes := regexp.MustCompile(`'[^']*'|"[^"]*"|\$\([^)]*\)`)
	var kept []string // a quotation is no place to part at
	command = quotes.ReplaceAllStringFunc(command, func(s string) string {
		kept = append(kept, s)
		return fmt.Sprintf("\x00%d\x00", len(kept)-1)
	})
	for _, part := range separator.Split(command, -1) {
		for i, s := range kept {
			part = strings.ReplaceAll(part, fmt.Sprintf("\x00%d\x00", i), s)
		}
		part, _, _ = strings.Cut(part, " >") // what is written need not be there
		if err := w.existsAlone(argument.FindAllString(strings.Trim(part, "() "), -1)); err != nil {
			return err
		}
	}
	return nil
}

// existsAlone returns an error if a part of a command without others is not there.
func (w sources) existsAlone(args []string) error {
	for len(args) > 0 && variable.MatchString(args[0]) {
		args = args[1:]
	}
	if len(args) == 0 || future.MatchString(strings.Join(args, " ")) {
		return nil
	}
	for i, arg := range args {
		args[i] = strings.Trim(arg, `'"`)
		if m := ofWorkbook.FindStringSubmatch(strings.TrimSuffix(args[i], "/...")); m != nil {
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(m[1]))); err != nil {
				return fmt.Errorf("there is no %s", m[1])
			}
		}
	}
	switch name := args[0]; {
	case name == "make":
		return w.makes(args[1:])
	case name == "go" && len(args) > 1:
		return w.goes(args[1], args[2:])
	case ofWorkbook.MatchString(name), slices.Contains(outside, name), strings.HasPrefix(name, "job="):
		return nil
	default:
		return fmt.Errorf("there is no way to verify %s", name)
	}
}

// makes verifies a target and variables.
func (w sources) makes(args []string) error {
	for _, arg := range args {
		name, _, isVariable := strings.Cut(arg, "=")
		pattern := `(?m)^([\w.-]+ )*` + regexp.QuoteMeta(name) + `( [\w.-]+)*:`
		if isVariable {
			pattern = `\$\((if )?` + name + `[,)]|\$\{` + name + `\}`
			if name == "SPOIL" || name == "ROWS" { // is read from the environment
				continue
			}
		}
		if !regexp.MustCompile(pattern).MatchString(w.makefile) {
			return fmt.Errorf("the Makefile has no %s", name)
		}
	}
	return nil
}

// goes verifies a command of go.
func (w sources) goes(command string, args []string) error {
	switch command {
	case "test":
		return w.tested(args)
	case "run":
		return w.run(args)
	case "tool":
		return w.tool(args)
	case "vet", "mod":
		return nil
	}
	return fmt.Errorf("there is no way to verify go %s", command)
}

// tested verifies the arguments of go test.
func (w sources) tested(args []string) error {
	var source strings.Builder // of the tests of all packages
	for _, arg := range args {
		if !strings.HasPrefix(arg, "./") {
			continue
		}
		dir, all := strings.CutSuffix(strings.TrimPrefix(arg, "./"), "...")
		n := source.Len()
		for name, text := range w.tests {
			if name == dir || all && strings.HasPrefix(name, dir) {
				source.WriteString(text)
			}
		}
		if source.Len() == n {
			return fmt.Errorf("%s has no tests", arg)
		}
	}
	if source.Len() == 0 && len(args) > 0 {
		return errors.New("it names no package")
	}
	if slices.Contains(args, "-update") && !strings.Contains(source.String(), `flag.Bool("update"`) {
		return errors.New("there is no flag -update")
	}
	for flag, kind := range map[string]string{"-run": "Test", "-bench": "Benchmark", "-fuzz": "Fuzz"} {
		i := slices.Index(args, flag)
		if i < 0 || i+1 == len(args) || args[i+1] == "^$" || args[i+1] == "." {
			continue
		}
		for pattern := range strings.SplitSeq(args[i+1], "|") {
			test, sub, _ := strings.Cut(pattern, "/")
			declared := regexp.MustCompile(`func `+kind+`\w*\(`).FindAllString(source.String(), -1)
			if !slices.ContainsFunc(declared, func(s string) bool { return strings.Contains(s, test) }) {
				return fmt.Errorf("there is no test %s", test)
			}
			if sub != "" && !w.names(sub) {
				return fmt.Errorf("there is no case %s", sub)
			}
		}
	}
	return nil
}

// names reports whether a case or row has that name.
func (w sources) names(name string) bool {
	for _, texts := range []map[string]string{w.tests, w.programs} {
		for _, text := range texts {
			if strings.Contains(text, `"`+name+`"`) {
				return true
			}
		}
	}
	return false
}

// run verifies the arguments of go run.
func (w sources) run(args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "$(go env GOROOT)/") {
		return nil
	}
	if module, _, ok := strings.Cut(args[0], "@v"); ok {
		if !strings.Contains(module, ".") {
			return fmt.Errorf("%s is not a module", module)
		}
		return nil
	}
	return w.flags(strings.TrimPrefix(args[0], "./"), args[1:])
}

// flags verifies that the program in a folder declares the flags in args, or that of the
// solution, where students add them.
func (w sources) flags(dir string, args []string) error {
	if !strings.Contains(w.programs[dir], "package main\n") {
		return fmt.Errorf("there is no program in %s", dir)
	}
	for _, arg := range args {
		solved := w.programs[dir] + w.programs[strings.Replace(dir, "exercises/", "solutions/", 1)]
		if name, ok := strings.CutPrefix(arg, "-"); ok && name != "h" && !strings.Contains(solved, `"`+name+`",`) {
			return fmt.Errorf("%s has no flag -%s", dir, name)
		}
	}
	return nil
}

// tool verifies the arguments of go tool.
func (w sources) tool(args []string) error {
	if len(args) < 2 || args[0] != "workbook" {
		return errors.New("the only tool is workbook, with a subcommand")
	}
	var dir string
	for name, text := range w.programs {
		if path.Base(name) == "workbook" && strings.HasPrefix(text[strings.Index(text, "package "):], "package main\n") {
			dir = name
		}
	}
	if !strings.Contains(w.programs[dir], `"`+args[1]+`"`) {
		return fmt.Errorf("workbook has no command %s", args[1])
	}
	for _, arg := range args[2:] {
		if m := regexp.MustCompile(`^(?:ex)?(\d+\.\d+)$`).FindStringSubmatch(arg); m != nil {
			if _, err := os.Stat(filepath.Join("..", "exercises", "ex"+m[1])); err != nil {
				return fmt.Errorf("there is no exercise %s", m[1])
			}
		}
	}
	if i := slices.Index(args, "-command"); i >= 0 {
		args = slices.Delete(slices.Clone(args), i+1, min(i+2, len(args)))
	}
	return w.flags(dir, args[2:])
}

func TestCommandThatDoesNotExistIsFound(t *testing.T) {
	w := readSources(t)
	for command, want := range map[string]string{
		"make nothing":                                                 "the Makefile has no nothing",
		"make ex8.1 NOTHING=1":                                         "the Makefile has no NOTHING",
		"make ex8.1 HTML=1":                                            "",
		"make ex8.1 && make nothing":                                   "the Makefile has no nothing",
		"go test ./testutil/nothing":                                   "there is no testutil/nothing",
		"go test ./testutil/checks -update":                            "there is no flag -update",
		"go test ./testutil/checks -run TestNone":                      "there is no test TestNone",
		"go test ./exercises/ex8.1/clock2 -run TestClock/no_such_case": "there is no case no_such_case",
		"go test -race":                                                "it names no package",
		"go run ./testutil/checks":                                     "there is no program in testutil/checks",
		"go run ./solutions/ex8.2/ftpd -none":                          "solutions/ex8.2/ftpd has no flag -none",
		"TZ=Asia/Tokyo go run ./chapter60/none &":                      "there is no chapter60/none",
		"go tool workbook none":                                        "workbook has no command none",
		"go tool workbook hint 8.7":                                    "there is no exercise 8.7",
		"go tool nothing":                                              "the only tool is workbook, with a subcommand",
		"go tool workbook grade -command 'x -y' ex8.1":                 "",
		"sbatch testutil/none.sh":                                      "there is no testutil/none.sh",
		"rm -r exercises":                                              "there is no way to verify rm",
		"(printf 'a;b'; git diff) > testutil/none.patch":               "",
	} {
		got := ""
		if err := w.exists(command); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("exists(%q) = %q, want %q", command, got, want)
		}
	}
	text := "`make a` and `go\nvet`, `code`\n\n```console\n$ one \\\n  two\nout\n$ three\n```\n"
	if got, want := commands(text), []string{"one    two", "three", "make a", "go vet"}; !slices.Equal(got, want) {
		t.Errorf("commands(%q) = %q, want %q", text, got, want)
	}
}
