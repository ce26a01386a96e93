package checks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/suites/suite"
)

const top = "../.." // of the workbook

func TestExercisesLackNothing(t *testing.T) {
	known, err := mistakes.Read(filepath.Join(top, "testutil", "grader", "mistakes", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	w := tree{Files: os.DirFS(top), Exercises: grade.Exercises, Mistakes: known, Hints: make(map[string][]hint.Hint)}
	for _, e := range grade.Exercises {
		if w.Hints[e.Name], err = hint.Read(filepath.Join(top, filepath.FromSlash(e.Folder), hint.File)); err != nil {
			t.Error(err)
		}
	}
	for _, sentence := range append(w.missing(), w.missingOfCases(grade.Chapter)...) {
		t.Error(sentence)
	}
}

type testCase = suite.Case[func()]

// rings and rests are the cases of the exercise of these tests.
var (
	rings = testCase{Name: "rings_at_noon", Group: suite.Core, Points: 2, Explanation: "A bell rings at noon."}
	rests = testCase{Name: "never_rings_at_night", Group: suite.Extra, Points: 1, Explanation: "Who would want that?"}
)

// part returns a part with the cases.
func part(test string, cases ...testCase) grade.Part {
	return grade.Part{Test: test, Title: "a bell", Func: "ring", Suite: func() suite.Suite {
		return suite.New(suite.RealClock, func() {}, cases)
	}}
}

// bell returns an exercise with the parts.
func bell(parts ...grade.Part) []grade.Exercise {
	return []grade.Exercise{{
		Name: "ex9.1", Folder: "exercises/ex9.1", Title: "a bell",
		Programs: []grade.Program{{Name: "bell", Kind: "bell", Parts: parts}},
	}}
}

// files are those of a workbook in which nothing is missing from the exercise.
var files = map[string]string{
	"Makefile":            "ex8.1 ex9.1: ## grade\n\t@true\nhint-8.1 hint-9.1: ##\nwatch-9.1:\ncompare-9.1:\nreset-9.1: ##\n",
	"README.md":           "| `make ex9.1` | `go tool workbook grade ex9.1` |\n",
	"exercises/README.md": "| [9.1](ex9.1/README.md) | a bell |\n\n| 9.1 | `bell` | 2 | 0 |\n",

	"exercises/ex9.1/README.md":         "## bell: core 2 points, robustness 0, extra 1\n",
	"exercises/ex9.1/bell/bell.go":      "package main\n\nfunc (b *bell) ring() {}\n",
	"exercises/ex9.1/bell/bell_test.go": "package main\n\nfunc TestMain(m *testing.M) {}\n\nfunc TestBell(t *testing.T) {}\n\n" + table,
	"solutions/ex9.1/bell/bell.go":      "package main\n",
	"solutions/ex9.1/bell/bell_test.go": "package main\n\nfunc TestBell(t *testing.T) {}\n\nfunc TestSound(t *testing.T) {}\n\n" + table,
}

// table is what students read.
const table = "func TestRing(t *testing.T) { cmp.Diff(want, got) }\n"

func complete(exercises []grade.Exercise) tree {
	fsys := make(fstest.MapFS)
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree{
		Files: fsys, Exercises: exercises,
		Mistakes: []mistakes.Mistake{{
			Name:  "bell-silent",
			Fails: []mistakes.Failure{{Case: "TestBell/rings_at_noon"}, {Case: "TestBell/never_rings_at_night"}},
		}},
		Hints: map[string][]hint.Hint{"ex9.1": {{Cases: []string{"*/*"}}, {Cases: []string{"*/*"}}}},
	}
}

func TestWholeExerciseLacksNothing(t *testing.T) {
	if got := complete(bell(part("TestBell", rings, rests))).missing(); got != nil {
		t.Errorf("missing() = %q, want nothing", got)
	}
}

func TestMissingNamesACase(t *testing.T) {
	with := func(change func(c *testCase)) []grade.Exercise {
		c := rings
		change(&c)
		return bell(part("TestBell", c, rests))
	}
	tests := []struct {
		name      string
		exercises []grade.Exercise
		want      []string
	}{
		{
			"without_points", with(func(c *testCase) { c.Points = 0 }),
			[]string{
				`exercises/ex9.1/README.md has no heading "bell: core 0 points, robustness 0, extra 1": write the task, or fix its points`,
				"exercises/README.md has no row that ends with | `bell` | 0 | 0 |: add the program to its table of points, or fix them",
				"TestBell/rings_at_noon of ex9.1/bell gives 0 points: set Points to 1 or more",
			},
		},
		{
			"without_an_explanation", with(func(c *testCase) { c.Explanation = "" }),
			[]string{"TestBell/rings_at_noon of ex9.1/bell has no explanation: set Explanation to its rule, in one or two sentences that end in a period or a question mark"},
		},
		{
			"whose_explanation_is_no_sentence", with(func(c *testCase) { c.Explanation = "noon" }),
			[]string{"TestBell/rings_at_noon of ex9.1/bell has no explanation: set Explanation to its rule, in one or two sentences that end in a period or a question mark"},
		},
		{
			"without_a_group", with(func(c *testCase) { c.Group = "" }),
			[]string{
				`exercises/ex9.1/README.md has no heading "bell: core 0 points, robustness 0, extra 1": write the task, or fix its points`,
				"exercises/README.md has no row that ends with | `bell` | 0 | 0 |: add the program to its table of points, or fix them",
				"TestBell/rings_at_noon of ex9.1/bell is in no group: set Group to suite.Core, suite.Robustness or suite.Extra",
			},
		},
		{
			"without_a_mistake", with(func(c *testCase) { c.Name = "rings_at_one" }),
			[]string{"TestBell/rings_at_one of ex9.1/bell catches no known mistake: add one to testutil/grader/mistakes/testdata, or delete the case"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, complete(tt.exercises).missing()); diff != "" {
				t.Errorf("missing() mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamesArePredicates(t *testing.T) {
	for name, want := range map[string]bool{
		"rings_at_noon":                 true,
		"never_rings_at_dawn":           true,
		"goes_on_after_a_failed_Accept": true,
		"takes_port_0":                  true,
		"rings":                         false,
		"rings at noon":                 false,
		"Rings_at_noon":                 false,
		"ring_at_noon":                  false,
		"rings_at_noon_":                false,
		"ringsAtNoon":                   false,
		"never_ring_at_dawn":            false,
	} {
		c := rings
		c.Name = name
		w := complete(bell(part("TestBell", c, rests)))
		w.Mistakes = append(w.Mistakes, mistakes.Mistake{Fails: []mistakes.Failure{{Case: "TestBell/" + name}}})
		var missing []string
		if !want {
			missing = []string{"TestBell/" + name + " of ex9.1/bell is not called by a predicate: want lower-case words with _ between them and the verb first, as in writes_the_time_at_once"}
		}
		if diff := cmp.Diff(missing, w.missing()); diff != "" {
			t.Errorf("with a case %q, missing() mismatch (-want +got):\n%s", name, diff)
		}
	}
}

func TestMissingNamesTwoCasesOfOneName(t *testing.T) {
	w := complete(bell(part("TestBell", rings, rests), part("TestSound", rings)))
	w.Mistakes[0].Fails = append(w.Mistakes[0].Fails, mistakes.Failure{Case: "TestSound/rings_at_noon"})
	want := []string{"TestSound/rings_at_noon of ex9.1/bell has the name of a case of TestBell: call one of them something else"}
	if diff := cmp.Diff(want, w.missingOfCases(w.Exercises[0])); diff != "" {
		t.Errorf("missingOfCases() mismatch (-want +got):\n%s", diff)
	}
}

func TestMissingNamesAPart(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(p *grade.Program)
		want   string
	}{
		{"without_a_title", func(p *grade.Program) { p.Parts[0].Title = "" },
			"TestBell of exercises/ex9.1/bell has no Title: say in testutil/grader/grade/exercises.go what the part is about"},
		{"without_its_function", func(p *grade.Program) { p.Parts[0].Func = "chime" },
			"exercises/ex9.1/bell has no func chime, where TestBell begins: fix Func in testutil/grader/grade/exercises.go, or add it to the stub"},
		{"of_a_program_without_a_kind", func(p *grade.Program) { p.Kind = "" },
			"exercises/ex9.1/bell has no Kind: say in testutil/grader/grade/exercises.go what go tool workbook grade -kind is to call it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := complete(bell(part("TestBell", rings, rests)))
			tt.change(&w.Exercises[0].Programs[0])
			if diff := cmp.Diff([]string{tt.want}, w.missing()); diff != "" {
				t.Errorf("missing() mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMissingNamesAFile(t *testing.T) {
	for _, tt := range []struct {
		file, text string // "" if it is not there
		want       []string
	}{
		{"exercises/ex9.1/bell/bell.go", "", []string{
			"exercises/ex9.1/bell has no func ring, where TestBell begins: fix Func in testutil/grader/grade/exercises.go, or add it to the stub",
			"exercises/ex9.1/bell/bell.go is not there: write it",
		}},
		{"solutions/ex9.1/bell/bell.go", "", []string{"solutions/ex9.1/bell/bell.go is not there: write it"}},
		{"exercises/ex9.1/bell/bell_test.go", "", []string{
			`exercises/ex9.1/bell/bell_test.go has the tests [], want ["TestBell"] first: give it those of the program in testutil/grader/grade/exercises.go`,
			"exercises/ex9.1/bell/bell_test.go compares nothing by cmp.Diff: add a table for students to read, as clock2 has it",
		}},
		{"exercises/ex9.1/bell/bell_test.go", "func TestBells(t *testing.T) {}\n\n" + table, []string{
			`exercises/ex9.1/bell/bell_test.go has the tests ["TestBells" "TestRing"], want ["TestBell"] first: give it those of the program in testutil/grader/grade/exercises.go`,
		}},
		{"solutions/ex9.1/bell/bell_test.go", "func TestSound(t *testing.T) {}\n\n" + table, []string{
			"solutions/ex9.1/bell/bell_test.go has no TestBell: grade the solution as the stub is graded",
		}},
		{"solutions/ex9.1/bell/bell_test.go", "func TestBell(t *testing.T) {}\n", []string{
			"solutions/ex9.1/bell/bell_test.go compares nothing by cmp.Diff: add a table for students to read, as clock2 has it",
		}},
		{"exercises/ex9.1/README.md", "", []string{
			`exercises/ex9.1/README.md has no heading "bell: core 2 points, robustness 0, extra 1": write the task, or fix its points`,
		}},
		{"exercises/ex9.1/README.md", files["exercises/ex9.1/README.md"] + "\n<details><summary>Hint 1: which bell?</summary>\n</details>\n", []string{
			"exercises/ex9.1/README.md has a folded part, which many editors show unfolded: write hints into exercises/ex9.1/hints.md",
		}},
		{"exercises/ex9.1/README.md", files["exercises/ex9.1/README.md"] + strings.Repeat("ding dong ", 700), []string{
			"exercises/ex9.1/README.md has 1409 words, want at most 1400: a task is about two pages",
		}},
		{"exercises/README.md", "", []string{
			"exercises/README.md has no row that begins with | [9.1](ex9.1/README.md) |: add what the exercise asks to its first table",
			"exercises/README.md has no row that ends with | `bell` | 2 | 0 |: add the program to its table of points, or fix them",
		}},
		{"README.md", "", []string{
			"README.md does not have | `make ex9.1` |: add the command to its table of those without make",
			"README.md does not have `go tool workbook grade ex9.1`: add the command to its table of those without make",
		}},
		{"Makefile", "", []string{
			"the Makefile has no target ex9.1: add it to the targets of the other exercises",
			"the Makefile has no target hint-9.1: add it to the targets of the other exercises",
			"the Makefile has no target watch-9.1: add it to the targets of the other exercises",
			"the Makefile has no target compare-9.1: add it to the targets of the other exercises",
			"the Makefile has no target reset-9.1: add it to the targets of the other exercises",
		}},
		{"exercises/ex9.2/gong/gong_test.go", "package main\n", []string{
			"exercises/ex9.2/gong is not graded: add the program to testutil/grader/grade/exercises.go",
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			w := complete(bell(part("TestBell", rings, rests)))
			fsys := w.Files.(fstest.MapFS)
			if fsys[tt.file] = (&fstest.MapFile{Data: []byte(tt.text)}); tt.text == "" {
				delete(fsys, tt.file)
			}
			if diff := cmp.Diff(tt.want, w.missing()); diff != "" {
				t.Errorf("missing() mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMissingNamesHints(t *testing.T) {
	w := complete(bell(part("TestBell", rings, rests)))
	w.Hints["ex9.1"] = []hint.Hint{{Cases: []string{"TestBell/rings_at_noon", "bell/not_started", "bell/*ed", "bell/busy", "bell/f*", "bell/hung"}}}
	want := []string{
		"exercises/ex9.1/hints.md has 1 of 2 hints for bell/not_started: write the others, with <!-- for: bell/not_started --> under the title",
		"exercises/ex9.1/hints.md has 1 of 2 hints for TestBell/rings_at_noon: write the others, with <!-- for: TestBell/rings_at_noon --> under the title",
		"exercises/ex9.1/hints.md has 0 of 1 hints for TestBell/never_rings_at_night: write the others, with <!-- for: TestBell/never_rings_at_night --> under the title",
	}
	if diff := cmp.Diff(want, w.missing()); diff != "" {
		t.Errorf("missing() mismatch (-want +got):\n%s", diff)
	}
}
