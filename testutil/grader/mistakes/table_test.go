package mistakes_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	godiff "github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/suites/suite"
)

// solutions/MISTAKES.md is for students to read, so it has no more than maxLines lines:
// of the mistakes that break the same rule it shows the one with the shortest diff, if that
// has no more than maxDiff lines.
const (
	maxLines = 760
	maxDiff  = 3
)

func TestTableOfMistakesIsUpToDate(t *testing.T) {
	file := filepath.Join(top, "solutions", "MISTAKES.md")
	want := table(read(t))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := godiff.Diff(want, string(got)); diff != "" {
		t.Errorf("solutions/MISTAKES.md mismatch; go test ./testutil/grader/mistakes -update writes it (-want +got):\n%s", diff)
	}
	if n := strings.Count(want, "\n"); n > maxLines {
		t.Errorf("solutions/MISTAKES.md has %d lines, want no more than %d: lower maxDiff", n, maxLines)
	}
}

func table(all []mistakes.Mistake) string {
	var b strings.Builder
	b.WriteString(`# Mistakes that others made

Each program here has one mistake: the lines with - are right, and the lines with + are
wrong. Read the diff, and say what will happen before you read on. ✗ is the case that
the grader names first, with its message. A title without a diff links to its diff. (The graders are tested with
these programs. ` + "`go test ./testutil/grader/mistakes -update`" + ` writes this file.)
`)
	for _, e := range exercises() {
		for _, p := range e.Programs {
			program := strings.Replace(e.Folder+"/"+p.Name, "exercises/", "solutions/", 1)
			own := slices.DeleteFunc(slices.Clone(all), func(m mistakes.Mistake) bool { return m.Program != program })
			fmt.Fprintf(&b, "\n## %s\n", program)
			var rest []mistakes.Mistake
			for _, rule := range rules(p) {
				same := slices.DeleteFunc(slices.Clone(own), func(m mistakes.Mistake) bool { return m.First.Rule != rule.About })
				slices.SortStableFunc(same, func(x, y mistakes.Mistake) int { return cmp.Compare(len(changed(x)), len(changed(y))) })
				if len(same) == 0 || len(changed(same[0])) > maxDiff {
					rest = append(rest, same...)
					continue
				}
				b.WriteString(section(same[0], rule))
				for _, m := range same[1:] {
					b.WriteString(item(m))
				}
			}
			if len(rest) > 0 {
				b.WriteString("\n### Others\n")
			}
			for _, m := range rest {
				b.WriteString(item(m))
			}
		}
	}
	return b.String()
}

// rules returns the rules that a program may break, in the order of its cases.
func rules(p grade.Program) []suite.Rule {
	var all []suite.Rule
	for _, part := range p.Parts {
		for _, c := range part.Cases() {
			all = append(all, suite.Rule{About: c.Verdict.About, Text: c.Verdict.Rule})
		}
	}
	var general []suite.Rule
	for _, rule := range suite.General(p.Name, "") {
		general = append(general, rule)
	}
	slices.SortFunc(general, func(x, y suite.Rule) int { return cmp.Compare(x.About, y.About) })
	return append(all, general...)
}

// section shows a mistake: its title, its diff, what the first case says that fails, and
// why.
//
//	### Has no go before the handler
//	```diff
//	-go handleConn(conn)
//	+handleConn(conn)
//	```
//	✗ serves a second client while the first stays (4 other cases also fail): …\
//	Why: Each connection is served in its own goroutine …
func section(m mistakes.Mistake, rule suite.Rule) string {
	return fmt.Sprintf("\n### %s\n```diff\n%s\n```\n✗ %s\\\nWhy: %s\n", m.Title, strings.Join(changed(m), "\n"), says(m), firstSentence(rule.Text))
}

// item returns a line about a mistake.
func item(m mistakes.Mistake) string {
	return fmt.Sprintf("- [%s](../testutil/grader/mistakes/testdata/%s.patch): ✗ %s\n", m.Title, m.Name, says(m))
}

// says returns what a mistake fails first, the message, and how many more cases fail.
func says(m mistakes.Mistake) string {
	f := m.Fails[max(slices.IndexFunc(m.Fails, func(f mistakes.Failure) bool { return f.Case == m.First.Rule }), 0)]
	_, name, _ := strings.Cut(f.Case, "/")
	name = strings.ReplaceAll(name, "_", " ")
	switch n := len(m.Fails) - 1; {
	case n == 1:
		name += " (1 other case also fails)"
	case n > 1:
		name += fmt.Sprintf(" (%d other cases also fail)", n)
	}
	message := f.Says
	if said, leads := strings.CutSuffix(message, ":"); leads { // to the lines below it
		message, _, _ = strings.Cut(said, "; ")
	}
	if values, ok := samples[m.Name]; ok {
		for _, value := range values {
			message = strings.Replace(message, "*", value, 1)
		}
	}
	return name + ": " + escape(strings.ReplaceAll(message, "*", "…"))
}

// samples are the values of the * in messages that say little, or contradict themselves, without
// them.
var samples = map[string][]string{
	"clock2-12-hours":            {"01:00:00", "13:00:00"},
	"clock2-fixed-offsets":       {"08:28:54", "13:58:54"},
	"clock2-ignores-port":        {"8010", "41234", "8010", "41234"},
	"clock2-looks-once":          {"03:00:01", "03:10:01"},
	"clock2-main-repeats-a-line": {"13:58:54"},
	"clock2-offset-taken-once":   {"01:59:59", "02:00:00", "03:00:00"},
	"clock2-sets-the-local-zone": {"06:59:58", "01:59:58"},
	"clock2-utc":                 {"04:58:54", "13:58:54"},
	"clock2-zone-of-environment": {"08:28:54", "13:58:54"},
}

// escape returns text as Markdown that looks like it.
func escape(text string) string {
	return regexp.MustCompile("[\\\\`<\\[\\]_|]").ReplaceAllString(text, `\$0`)
}

var sentenceEnd = regexp.MustCompile(`[.?]\)? [A-Za-z]`)

// firstSentence returns the first sentence of a text.
func firstSentence(text string) string {
	if at := sentenceEnd.FindStringIndex(text); at != nil {
		return text[:at[1]-2]
	}
	return text
}

// apartLine stands for the lines between two places of the program.
const apartLine = " …"

// changed returns the lines that the patch of a mistake takes out and puts in, without the
// margin that all have. Between two places of the program is apartLine.
func changed(m mistakes.Mistake) []string {
	var lines []string
	apart := false
	for line := range strings.Lines(m.Patch) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		case line == "-", line == "+":
		case strings.HasPrefix(line, "-"), strings.HasPrefix(line, "+"):
			if apart && len(lines) > 0 {
				lines = append(lines, apartLine)
			}
			lines, apart = append(lines, line), false
		default:
			apart = true
		}
	}
	indented := func(line string) bool { return line == apartLine || strings.HasPrefix(line[1:], "\t") }
	for len(lines) > 0 && !slices.ContainsFunc(lines, func(line string) bool { return !indented(line) }) {
		for i, line := range lines {
			if line != apartLine {
				lines[i] = line[:1] + line[2:]
			}
		}
	}
	return lines
}
