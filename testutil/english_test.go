package testutil_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A term is a row of the glossary in README.md.
type term struct {
	write string
	not   []phrase
}

// A phrase is not to be written.
type phrase struct {
	words   string // in lower case
	longest string // of the words
	pattern *regexp.Regexp
}

// newPhrase returns the phrase of some words, which may be on two lines of a text or a comment.
func newPhrase(words string) phrase {
	longest := slices.MaxFunc(strings.Fields(words), func(a, b string) int { return len(a) - len(b) })
	pattern := strings.ReplaceAll(regexp.QuoteMeta(words), " ", `(?: |\s*\n\s*(?://|#|>|--)?\s*)`)
	return phrase{words, longest, regexp.MustCompile(`\b` + pattern + `\b`)}
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
		row := term{write: cells[0]}
		for words := range strings.SplitSeq(strings.ToLower(cells[1]), ", ") {
			row.not = append(row.not, newPhrase(words))
		}
		all = append(all, row)
	}
	return all
}

// names are words of the glossary that are names of users and files.
var names = regexp.MustCompile(`"nobody"|/nobody\b|nobody nobody|nopriv_user=nobody|user nobody|nobody:x:|\bfor good [<&]|there is no\s+\w+`)

// found returns the first word in text that is not to be written, where it begins, and what
// to write; "" if there is none.
func found(glossary []term, text string) (word string, at int, write string) {
	text = strings.ToLower(text)
	for _, name := range names.FindAllStringIndex(text, -1) {
		text = text[:name[0]] + strings.Repeat(" ", name[1]-name[0]) + text[name[1]:]
	}
	for _, g := range glossary {
		for _, not := range g.not {
			if !strings.Contains(text, not.longest) { // which is quick
				continue
			}
			if loc := not.pattern.FindStringIndex(text); loc != nil {
				return not.words, loc[0], g.write
			}
		}
	}
	return "", 0, ""
}

func TestTextsKeepToTheGlossary(t *testing.T) {
	words := glossary(t)
	if len(words) < 40 {
		t.Fatalf("the glossary has %d rows, want 40 or more", len(words))
	}
	for _, name := range listed(t) {
		if name == "LICENSE" || name == "testutil/README.md" || name == "testutil/english_test.go" {
			continue // which name the words
		}
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			continue // is not text
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
		"the clock stands still":                                  "stands still",
		"damages them without a word":                             "without a word",
		"the client hears 226":                                    "hears",
		"prints nothing but text":                                 "nothing but",
		"clock2.txt is no file":                                   "is no file",
		"there is no file":                                        "",
		"// the clock stands\n\t// still":                         "stands still",
		`exec.Command("sudo", "-u", "nobody")`:                    "",
		"the reply to PWD is 257":                                 "",
		"a client that has disconnected is not served any longer": "",
	} {
		if got, _, _ := found(words, text); got != want {
			t.Errorf("found(%q) = %q, want %q", text, got, want)
		}
	}
}
