package testutil_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A term is a row of the glossary in README.md.
type term struct {
	write string
	not   []string // in lower case
}

// glossary reads the table of words.
func glossary(t *testing.T) []term {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(readme), "| write | not |\n|---|---|\n")
	if !ok {
		t.Fatal("README.md has no table of words, | write | not |")
	}
	var all []term
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 2 {
			break
		}
		all = append(all, term{cells[0], strings.Split(strings.ToLower(cells[1]), ", ")})
	}
	return all
}

// names are words of the glossary that are names of users and files.
var names = regexp.MustCompile(`"nobody"|/nobody\b|nobody nobody|nopriv_user=nobody|user nobody|nobody:x:`)

// found returns the first word in text that is not to be written, where it begins, and what
// to write; "" if there is none.
func found(glossary []term, text string) (word string, at int, write string) {
	text = names.ReplaceAllStringFunc(strings.ToLower(text), func(name string) string { return strings.Repeat(" ", len(name)) })
	for _, g := range glossary {
		for _, not := range g.not {
			if !strings.Contains(text, not) { // which is quick
				continue
			}
			if loc := regexp.MustCompile(`\b` + regexp.QuoteMeta(not) + `\b`).FindStringIndex(text); loc != nil {
				return not, loc[0], g.write
			}
		}
	}
	return "", 0, ""
}

func TestTextsKeepToTheGlossary(t *testing.T) {
	list := exec.Command("git", "ls-files", "-z", "--", "*.md", "*.go", "*.sh", "*.patch", "*.txt", "*.yml", "Makefile", ".ci")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Skipf("git, which lists the files, fails: %v", err)
	}
	words := glossary(t)
	if len(words) < 20 {
		t.Fatalf("the glossary has %d rows, want 20 or more", len(words))
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if name == "testutil/README.md" || name == "testutil/english_test.go" {
			continue // which name the words
		}
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if word, at, write := found(words, string(text)); word != "" {
			t.Errorf("%s:%d: %q: write %s", name, 1+strings.Count(string(text[:at]), "\n"), word, write)
		}
	}
}

func TestGlossaryFindsAWordOfEachKind(t *testing.T) {
	words := glossary(t)
	for text, want := range map[string]string{
		"// Mend the server.":                                     "mend",
		"nobody listens":                                          "nobody",
		"the clock begins anew":                                   "anew",
		`"PWD is answered %q, want 257"`:                          "is answered",
		"the race detector takes cgo":                             "takes cgo",
		"when a client hangs up":                                  "hangs up",
		"survives a line of a mebibyte":                           "mebibyte",
		"whoever connects":                                        "whoever",
		`exec.Command("sudo", "-u", "nobody")`:                    "",
		"the reply to PWD is 257":                                 "",
		"a client that has disconnected is not served any longer": "",
	} {
		if got, _, _ := found(words, text); got != want {
			t.Errorf("found(%q) = %q, want %q", text, got, want)
		}
	}
}
