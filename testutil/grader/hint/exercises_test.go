package hint_test

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/suites/suite"
)

const top = "../../.." // of the workbook

// read returns the hints of an exercise.
func read(t *testing.T, e grade.Exercise) []hint.Hint {
	t.Helper()
	hints, err := hint.Read(filepath.Join(top, filepath.FromSlash(e.Folder), hint.File))
	if err != nil {
		t.Fatal(err)
	}
	return hints
}

// cases returns all that there can be a hint for, as test and name.
func cases(e grade.Exercise) (all [][2]string) {
	for _, p := range e.Programs {
		all = append(all, [2]string{p.Name, hint.NotStarted})
		for _, rule := range suite.General(p.Name, "") {
			test, name, _ := strings.Cut(rule.About, "/")
			all = append(all, [2]string{test, name})
		}
		for _, part := range p.Parts {
			for _, c := range part.Cases() {
				all = append(all, [2]string{part.Test, c.Name})
			}
		}
	}
	return all
}

func TestEveryPatternNamesACase(t *testing.T) {
	for _, e := range grade.Exercises {
		for _, h := range read(t, e) {
			for _, pattern := range h.Cases {
				found := false
				for _, c := range cases(e) {
					if ok, _ := path.Match(pattern, c[0]+"/"+c[1]); ok {
						found = true
					}
				}
				if !found {
					t.Errorf("%s/hints.md: hint %q is for %s, want a case that there is", e.Folder, h.Title, pattern)
				}
			}
		}
	}
}

// The command shows hints as they are, in lines of its own.
func TestHintsAreShortParagraphs(t *testing.T) {
	markup := regexp.MustCompile("(?m)^(```|    |[-*>#|] |\\d+\\. )|\\]\\(|<[a-z/!]")
	for _, e := range grade.Exercises {
		for _, h := range read(t, e) {
			if found := markup.FindString(h.Text); found != "" {
				t.Errorf("%s/hints.md: hint %q has the markup %q, want only paragraphs", e.Folder, h.Title, found)
			}
			if strings.Count(h.Text, "`")%2 != 0 {
				t.Errorf("%s/hints.md: hint %q has an odd number of `, want each closed", e.Folder, h.Title)
			}
			if n := utf8.RuneCountInString(h.Text); n > 520 {
				t.Errorf("%s/hints.md: hint %q has %d letters, want no more than 520", e.Folder, h.Title, n)
			}
		}
	}
}

func TestHintsAsk(t *testing.T) {
	for _, e := range grade.Exercises {
		for _, h := range read(t, e) {
			if !strings.Contains(h.Text, "?") {
				t.Errorf("%s/hints.md: hint %q asks nothing: %s", e.Folder, h.Title, h.Text)
			}
		}
	}
}
