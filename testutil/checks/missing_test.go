package checks

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/suites/suite"
)

// A tree is the workbook, or part of one.
type tree struct {
	Files     fs.FS // of the workbook, from its top
	Exercises []grade.Exercise
	Mistakes  []mistakes.Mistake     // all that are known
	Hints     map[string][]hint.Hint // by the name of an exercise, those of it
}

// missing returns what the exercises lack, in their order.
func (t tree) missing() []string {
	var all []string
	for _, e := range t.Exercises {
		all = append(all, t.exercise(e)...)
		for _, p := range e.Programs {
			all = append(all, t.program(e, p)...)
		}
		all = append(all, t.missingOfCases(e)...)
		all = append(all, t.hints(e)...)
	}
	return append(all, t.strangers()...)
}

// exercise says what e lacks as a whole.
func (t tree) exercise(e grade.Exercise) []string {
	var all notes
	number := strings.TrimPrefix(e.Name, "ex")
	makefile := t.read("Makefile")
	for _, target := range []string{e.Name, "hint-" + number, "watch-" + number, "compare-" + number, "reset-" + number} {
		if !regexp.MustCompile(`(?m)^([\w.-]+ )*` + regexp.QuoteMeta(target) + `( [\w.-]+)*:`).MatchString(makefile) {
			all.add("the Makefile has no target %s: add it to the targets of the other exercises", target)
		}
	}
	for _, want := range []string{fmt.Sprintf("| `make %s` |", e.Name), fmt.Sprintf("`go tool workbook grade %s`", e.Name)} {
		if !strings.Contains(t.read("README.md"), want) {
			all.add("README.md does not have %s: add the command to its table of those without make", want)
		}
	}
	row := fmt.Sprintf("| [%s](%s/README.md) |", number, e.Name)
	if !strings.Contains(t.read("exercises/README.md"), row) {
		all.add("exercises/README.md has no row that begins with %s: add what the exercise asks to its first table", row)
	}
	const most = 1400 // words, with commands and what they print
	task := path.Join(e.Folder, "README.md")
	if n := len(strings.Fields(t.read(task))); n > most {
		all.add("%s has %d words, want at most %d: a task is about two pages", task, n, most)
	}
	if strings.Contains(t.read(task), "<details>") {
		all.add("%s has a folded part, which many editors show unfolded: write hints into %s/hints.md", task, e.Folder)
	}
	return all
}

// program says what the program p of e lacks, but for its cases.
func (t tree) program(e grade.Exercise, p grade.Program) []string {
	var all notes
	stub := path.Join(e.Folder, p.Name)
	solution := strings.Replace(stub, "exercises/", "solutions/", 1)
	tests := make([]string, len(p.Parts))
	for i, part := range p.Parts {
		tests[i] = part.Test
		switch {
		case part.Title == "":
			all.add("%s of %s has no Title: say in testutil/grader/grade/exercises.go what the part is about", part.Test, stub)
		case !t.declares(stub, part.Func):
			all.add("%s has no func %s, where %s begins: fix Func in testutil/grader/grade/exercises.go, or add it to the stub", stub, part.Func, part.Test)
		}
	}
	if p.Kind == "" {
		all.add("%s has no Kind: say in testutil/grader/grade/exercises.go what go tool workbook grade -kind is to call it", stub)
	}
	for _, dir := range []string{stub, solution} {
		if file := path.Join(dir, p.Name+".go"); t.read(file) == "" {
			all.add("%s is not there: write it", file)
		}
	}
	// The graded tests come first. The table that follows is for students to read.
	if got := t.tests(stub, p); !slices.Equal(got[:min(len(got), len(tests))], tests) {
		all.add("%s/%s_test.go has the tests %q, want %q first: give it those of the program in testutil/grader/grade/exercises.go", stub, p.Name, got, tests)
	}
	for _, dir := range []string{stub, solution} {
		file := path.Join(dir, p.Name+"_test.go")
		if !strings.Contains(t.read(file), "cmp.Diff(") {
			all.add("%s compares nothing by cmp.Diff: add a table for students to read, as clock2 has it", file)
		}
	}
	for _, test := range tests {
		if !slices.Contains(t.tests(solution, p), test) {
			all.add("%s/%s_test.go has no %s: grade the solution as the stub is graded", solution, p.Name, test)
		}
	}
	points := points(p)
	heading := fmt.Sprintf("%s: core %d points, robustness %d", p.Name, points[suite.Core], points[suite.Robustness])
	if points[suite.Extra] > 0 {
		heading += fmt.Sprintf(", extra %d", points[suite.Extra])
	}
	if task := path.Join(e.Folder, "README.md"); !strings.Contains(t.read(task), heading+"\n") {
		all.add("%s has no heading %q: write the task, or fix its points", task, heading)
	}
	row := fmt.Sprintf("| `%s` | %d | %d |", p.Name, points[suite.Core], points[suite.Robustness])
	if !strings.Contains(t.read("exercises/README.md"), row) {
		all.add("exercises/README.md has no row that ends with %s: add the program to its table of points, or fix them", row)
	}
	return all
}

// missingOfCases returns what the cases of e lack, which need no program of an exercise.
func (t tree) missingOfCases(e grade.Exercise) []string {
	var all notes
	for _, p := range e.Programs {
		tests := make(map[string]string) // by name of a case, its test
		for _, part := range p.Parts {
			for _, c := range part.Cases() {
				name := fmt.Sprintf("%s of %s/%s", part.Test+"/"+c.Name, e.Name, p.Name)
				if other, ok := tests[c.Name]; ok {
					all.add("%s has the name of a case of %s: call one of them something else", name, other)
				}
				tests[c.Name] = part.Test
				if !predicate(c.Name) {
					all.add("%s is not called by a predicate: want lower-case words with _ between them and the verb first, as in writes_the_time_at_once", name)
				}
				if !slices.Contains([]suite.Group{suite.Core, suite.Robustness, suite.Extra}, c.Group) {
					all.add("%s is in no group: set Group to suite.Core, suite.Robustness or suite.Extra", name)
				}
				if c.Points <= 0 {
					all.add("%s gives %d points: set Points to 1 or more", name, c.Points)
				}
				if !regexp.MustCompile(`[.?]\)?$`).MatchString(c.Verdict.Rule) {
					all.add("%s has no explanation: set Explanation to its rule, in one or two sentences that end in a period or a question mark", name)
				}
				if !t.caught(part.Test + "/" + c.Name) {
					all.add("%s catches no known mistake: add one to testutil/grader/mistakes/testdata, or delete the case", name)
				}
			}
		}
	}
	return all
}

// hints says for which cases of e, and programs that are not started, there are too few
// hints: two for a program and for a case of two points or more.
func (t tree) hints(e grade.Exercise) []string {
	var all notes
	check := func(test, name string, want int) {
		if n := len(hint.For(t.Hints[e.Name], test, name)); n < want {
			all.add("%[1]s/hints.md has %[4]d of %[5]d hints for %[2]s/%[3]s: write the others, with <!-- for: %[2]s/%[3]s --> under the title", e.Folder, test, name, n, want)
		}
	}
	for _, p := range e.Programs {
		check(p.Name, hint.NotStarted, 2)
		rules := suite.General(p.Name, "")
		for _, kind := range slices.Sorted(maps.Keys(rules)) {
			program, name, _ := strings.Cut(rules[kind].About, "/")
			check(program, name, 1)
		}
		for _, part := range p.Parts {
			for _, c := range part.Cases() {
				if c.Points >= 2 && c.Group != suite.Extra {
					check(part.Test, c.Name, 2)
				} else {
					check(part.Test, c.Name, 1)
				}
			}
		}
	}
	return all
}

// caught reports whether a case, "TestClock/writes_the_time_at_once", catches a mistake. One
// that several programs share need do so in only one of them.
func (t tree) caught(name string) bool {
	return slices.ContainsFunc(t.Mistakes, func(m mistakes.Mistake) bool {
		return slices.ContainsFunc(m.Fails, func(f mistakes.Failure) bool { return f.Case == name })
	})
}

// predicate reports whether name reads as what a program does: "serves_tnftp",
// "never_mixes_two_readings".
func predicate(name string) bool {
	words := strings.Split(name, "_")
	if len(words) < 2 || !regexp.MustCompile(`^[a-z]+(_[a-zA-Z0-9]+)+$`).MatchString(name) {
		return false
	}
	return strings.HasSuffix(words[0], "s") || words[0] == "never" && strings.HasSuffix(words[1], "s")
}

// strangers says which folders of programs belong to no exercise.
func (t tree) strangers() []string {
	var all notes
	files, _ := fs.Glob(t.Files, "exercises/*/*/*_test.go") // the pattern is right
	for _, file := range files {
		dir := path.Dir(file)
		known := slices.ContainsFunc(t.Exercises, func(e grade.Exercise) bool {
			return slices.ContainsFunc(e.Programs, func(p grade.Program) bool { return path.Join(e.Folder, p.Name) == dir })
		})
		if !known {
			all.add("%s is not graded: add the program to testutil/grader/grade/exercises.go", dir)
		}
	}
	return all
}

// points returns the points of all cases of p.
func points(p grade.Program) map[suite.Group]int {
	sum := make(map[suite.Group]int)
	for _, part := range p.Parts {
		for _, c := range part.Cases() {
			sum[c.Group] += c.Points
		}
	}
	return sum
}

// declares reports whether a Go file in dir declares the function or method name.
func (t tree) declares(dir, name string) bool {
	files, _ := fs.Glob(t.Files, dir+"/*.go") // names of programs hold no characters of patterns
	return slices.ContainsFunc(files, func(file string) bool {
		return regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + regexp.QuoteMeta(name) + `\(`).MatchString(t.read(file))
	})
}

// tests returns the names of the tests in the file of p in dir that grades it.
func (t tree) tests(dir string, p grade.Program) []string {
	var names []string
	text := t.read(path.Join(dir, p.Name+"_test.go"))
	for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(t `).FindAllStringSubmatch(text, -1) {
		if m[1] != "TestMain" {
			names = append(names, m[1])
		}
	}
	return names
}

// read returns the text of a file, "" if it is not there.
func (t tree) read(file string) string {
	text, err := fs.ReadFile(t.Files, file)
	if err != nil {
		return ""
	}
	return string(text)
}

// notes are sentences.
type notes []string

func (n *notes) add(format string, args ...any) { *n = append(*n, fmt.Sprintf(format, args...)) }
