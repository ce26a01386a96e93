// Package mistakes has programs with known mistakes, to test the graders. The expected
// cases must catch each mistake, with the expected message. No other case may.
//
// A mistake is a file in testdata. It has a header, and then a patch to a correct program,
// as git diff prints it:
//
//	title: Serves one client at a time
//	program: solutions/ex8.1/clock2
//	race: yes
//	score: core 17 of 27, robustness 17 of 17
//	rule: TestClock/serves_a_second_client_while_the_first_stays
//	begin: serve
//	hint: who waits for whom?
//	fails: TestClock/serves_a_second_client_while_the_first_stays
//	says: not concurrent: while client 1 is served, client 2 got nothing*
//
//	--- a/clock2.go
//	+++ b/clock2.go
//	…
//
// A line "race: yes" runs it with the race detector. A line "clients: yes" also runs real
// clients, which takes some seconds. A line "says" is about the line "fails" before it: it
// is the first line of the message, in which * stands for any text. The lines "rule",
// "begin" and "hint" are about the failure that is shown first. "rule" is the case of the
// rule, and "begin" the function to look at (none if the message names the line). "hint" is
// the first hint. They must fit the title.
//
// To add one, write the patch with a title and a program, run
//
//	go test ./testutil/grader/mistakes -update
//
// and check what it has written: the score, the failure that is shown first, the cases
// that fail, and their messages. It keeps a line of the file that still fits, with every *.
// It also writes solutions/MISTAKES.md, from which students learn. README.md in the folder
// testutil says how to make the patch.
package mistakes

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Mistake is a program that is wrong in a known way.
type Mistake struct {
	Name    string // of the file, without its extension
	Title   string // what is wrong
	Program string // the folder of the right program, from the top of the workbook
	Race    bool   // needs the race detector to be seen
	Clients bool   // is run with the FTP clients that people use
	Score   string // what it still earns, "core 17 of 27, robustness 17 of 17"
	First   First
	Fails   []Failure
	Patch   string // what makes it wrong
}

// First is what is shown first of a mistake.
type First struct {
	Rule  string // the case whose rule is told, "TestClock/has_no_data_race", or a program and a kind, "clock2/crashed"
	Begin string // the function to look at, "serve"; "" if the message names the line
	Hint  string // the title of the first hint
}

// A Failure is a case that must catch a mistake, and what it says.
type Failure struct {
	Case string // "TestClock/writes_the_time_at_once"
	Says string // the first line of the message; * stands for any text
}

// Read reads all mistakes in a folder.
func Read(dir string) ([]Mistake, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.patch"))
	if err != nil {
		return nil, err
	}
	var all []Mistake
	for _, file := range files {
		m, err := readFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func readFile(file string) (Mistake, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Mistake{}, err
	}
	header, patch, ok := strings.Cut(string(text), "\n\n")
	if !ok {
		return Mistake{}, fmt.Errorf("%s: no empty line between header and patch", file)
	}
	m := Mistake{Name: strings.TrimSuffix(filepath.Base(file), ".patch"), Patch: patch}
	for line := range strings.Lines(header) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case ok && key == "title":
			m.Title = value
		case ok && key == "program":
			m.Program = value
		case ok && key == "race":
			m.Race = value == "yes"
		case ok && key == "clients":
			m.Clients = value == "yes"
		case ok && key == "score":
			m.Score = value
		case ok && key == "rule":
			m.First.Rule = value
		case ok && key == "begin":
			m.First.Begin = value
		case ok && key == "hint":
			m.First.Hint = value
		case ok && key == "fails":
			m.Fails = append(m.Fails, Failure{Case: value})
		case ok && key == "says" && len(m.Fails) > 0:
			m.Fails[len(m.Fails)-1].Says = value
		default:
			return Mistake{}, fmt.Errorf("%s: unknown line %q in its header", file, line)
		}
	}
	if m.Title == "" || m.Program == "" {
		return Mistake{}, fmt.Errorf("%s: want a title and a program in its header", file)
	}
	return m, nil
}

// String returns the text of the mistake's file.
func (m Mistake) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\nprogram: %s\n", m.Title, m.Program)
	if m.Race {
		b.WriteString("race: yes\n")
	}
	if m.Clients {
		b.WriteString("clients: yes\n")
	}
	fmt.Fprintf(&b, "score: %s\nrule: %s\n", m.Score, m.First.Rule)
	if m.First.Begin != "" {
		fmt.Fprintf(&b, "begin: %s\n", m.First.Begin)
	}
	fmt.Fprintf(&b, "hint: %s\n", m.First.Hint)
	for _, f := range m.Fails {
		fmt.Fprintf(&b, "fails: %s\nsays: %s\n", f.Case, f.Says)
	}
	return b.String() + "\n" + m.Patch
}

// Matches reports whether message is what the case is to say.
func (f Failure) Matches(message string) bool {
	parts := strings.Split(f.Says, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile(`^` + strings.Join(parts, `.*`) + `$`).MatchString(message)
}

// Reviewed returns the failures got, with what m says of them where that fits: it may
// hold a * that was put there by hand.
func (m Mistake) Reviewed(got []Failure) []Failure {
	got = slices.Clone(got)
	for _, f := range m.Fails {
		i := slices.IndexFunc(got, func(g Failure) bool { return g.Case == f.Case && f.Matches(g.Says) })
		if i >= 0 {
			got[i] = f
		}
	}
	return got
}

// Files returns the names of the files that the patch changes.
func (m Mistake) Files() []string {
	var names []string
	for s := bufio.NewScanner(strings.NewReader(m.Patch)); s.Scan(); {
		if name, ok := strings.CutPrefix(s.Text(), "+++ b/"); ok {
			names = append(names, name)
		}
	}
	return names
}
