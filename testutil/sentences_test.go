package testutil_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// The bounds of a sentence. A reader of English as a second language reads it once.
const (
	maxWords   = 25 // of which code counts as one
	maxCommas  = 4  // and semicolons, outside of parentheses
	maxClauses = 2  // that begin with that, which, who, whose, whom or where
	maxParens  = 1  // in each other
)

// A passage is a text that a person reads: a paragraph, an item of a list, a cell, a comment or a
// message.
type passage struct {
	file string // "exercises/README.md"
	line int    // where it begins
	text string // without markup; code is written as ¤
	cell bool   // of a table, where commas make a list
}

// listed returns the files that git has, of some patterns.
func listed(t *testing.T, patterns ...string) []string {
	t.Helper()
	list := exec.Command("git", append([]string{"ls-files", "-z", "--"}, patterns...)...)
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Skipf("git, which lists the files, fails: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

var (
	codeSpan   = regexp.MustCompile("``[^`]+``|`[^`]+`")
	linkOrNote = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	address    = regexp.MustCompile(`<?https?://[^\s)>]+>?`)
	marker     = regexp.MustCompile(`^\s*(#+|[-*+]|\d+\.|>)\s+`)
	border     = regexp.MustCompile(`^[-| :]+$`)
	remark     = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// plain returns a line of Markdown without its markup.
func plain(line string) string {
	line = codeSpan.ReplaceAllString(line, "¤")
	line = linkOrNote.ReplaceAllString(line, "$1")
	line, _, _ = strings.Cut(line, "✗ ") // what a test said, which is looked at where it is made
	line = address.ReplaceAllString(line, "¤")
	return strings.NewReplacer("**", "", "*", "", `\`, "").Replace(line)
}

// markdown returns the passages of a Markdown file.
func markdown(file, text string) []passage {
	text = remark.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
	var all []passage
	var open *passage
	fenced := ""
	end := func() {
		if open != nil {
			open.text = plain(open.text)
			all = append(all, *open)
		}
		open = nil
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case fenced != "":
			if trimmed == fenced {
				fenced = ""
			}
		case strings.HasPrefix(trimmed, "```"):
			end()
			fenced = "```"
		case trimmed == "" || border.MatchString(trimmed):
			end()
		case strings.HasPrefix(trimmed, "|"):
			end()
			for cell := range strings.SplitSeq(strings.Trim(codeSpan.ReplaceAllString(trimmed, "¤"), "|"), "|") {
				all = append(all, passage{file, n, plain(cell), true})
			}
		case marker.MatchString(line):
			end()
			open = &passage{file: file, line: n, text: marker.ReplaceAllString(line, "")}
			if strings.HasPrefix(trimmed, "#") {
				end()
			}
		case open == nil:
			open = &passage{file: file, line: n, text: trimmed}
		case strings.HasSuffix(open.text, `\`): // a line that ends here
			end()
			open = &passage{file: file, line: n, text: trimmed}
		default:
			open.text += "\n" + trimmed
		}
	}
	end()
	return all
}

// verb is a verb of package fmt.
var verb = regexp.MustCompile(`%[-+# 0-9.\[\]]*[a-zA-Z]`)

// script is found in strings that are not prose: templates, expressions, programs of clients.
var script = regexp.MustCompile(`\{\{|\(\?|\\[dSs]|(?m)^import |^\s*set [a-z]+:`)

// goPassages returns the package comment of a Go file, and what it prints: its strings of
// several words.
func goPassages(file, source string) []passage {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, source, parser.ParseComments)
	if err != nil {
		return []passage{{file: file, text: err.Error()}}
	}
	var all []passage
	add := func(pos token.Pos, text string) {
		all = append(all, passage{file: file, line: fset.Position(pos).Line, text: text})
	}
	if parsed.Doc != nil {
		line := 0
		for paragraph := range strings.SplitSeq(parsed.Doc.Text(), "\n\n") {
			if !strings.HasPrefix(paragraph, "\t") {
				all = append(all, passage{file: file, line: fset.Position(parsed.Doc.Pos()).Line + line, text: paragraph})
			}
			line += 2 + strings.Count(paragraph, "\n")
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				break
			}
			text, err := strconv.Unquote(n.Value)
			if err == nil && strings.Count(text, " ") >= 3 && !script.MatchString(text) {
				for line := range strings.SplitSeq(text, "\n") {
					add(n.Pos(), verb.ReplaceAllString(line, "¤"))
				}
			}
		}
		return true
	})
	return all
}

// A sentence with what makes it hard to read.
type sentence struct {
	text                           string
	words, commas, clauses, parens int
}

var (
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\+.)*"`)
	stop   = regexp.MustCompile(`[.!?][")'’”]*(\s+["'(“]*(?:[\p{Lu}¤"]|[a-z]+\.[A-Z])|\s*$)`)
	word   = regexp.MustCompile(`[\p{L}\p{N}¤][\p{L}\p{N}'’.-]*`)
	call   = regexp.MustCompile(`[\w.]+\([^()\s]*\)`)
	clause = regexp.MustCompile(`(?i)\b(that|which|who|whose|whom|where)\b`)
)

// sentences splits a text.
func sentences(text string) []sentence {
	text = quoted.ReplaceAllString(strings.Join(strings.Fields(text), " "), "¤")
	var all []sentence
	for text != "" {
		end := len(text)
		if loc := stop.FindStringIndex(text); loc != nil {
			end = loc[0] + 1
			for end < len(text) && strings.ContainsRune(`")'`, rune(text[end])) {
				end++
			}
		}
		all = append(all, measure(strings.TrimSpace(text[:end])))
		text = strings.TrimSpace(text[end:])
	}
	return all
}

// measure counts what makes a sentence hard to read.
func measure(text string) sentence {
	s := sentence{text: text, words: len(word.FindAllString(text, -1)), clauses: len(clause.FindAllString(text, -1))}
	depth := 0
	for _, r := range call.ReplaceAllString(text, "¤") {
		switch r {
		case '(':
			depth++
			s.parens = max(s.parens, depth)
		case ')':
			depth = max(0, depth-1)
		case ',', ';':
			if depth == 0 {
				s.commas++
			}
		}
	}
	return s
}

// hard returns why a sentence must be read twice, or "".
func (s sentence) hard() string {
	switch {
	case s.words > maxWords:
		return fmt.Sprintf("%d words, want at most %d", s.words, maxWords)
	case s.commas > maxCommas:
		return fmt.Sprintf("%d commas and semicolons, want at most %d", s.commas, maxCommas)
	case s.clauses > maxClauses:
		return fmt.Sprintf("%d clauses with that, which, who or where, want at most %d", s.clauses, maxClauses)
	case s.parens > maxParens:
		return "parentheses in parentheses"
	}
	return ""
}

// passages returns all that people read: Markdown, and of programs the package comments and
// what they print.
func passages(t *testing.T) []passage {
	t.Helper()
	var all []passage
	for _, file := range listed(t, "*.md", "*.go") {
		if strings.Contains(file, "testdata/") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".md") {
			all = append(all, markdown(file, string(text))...)
		} else {
			all = append(all, goPassages(file, string(text))...)
		}
	}
	return all
}

func TestSentencesAreReadOnce(t *testing.T) {
	for _, p := range passages(t) {
		for _, s := range sentences(p.text) {
			if p.cell {
				s.commas = 0
			}
			if why := s.hard(); why != "" {
				t.Errorf("%s:%d: %s: %s", p.file, p.line, why, s.text)
			}
		}
	}
}

func TestSentenceOfEachKindIsFound(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"short":         {"A client that has left is not served. The next client is.", ""},
		"long":          {strings.Repeat("the client sends a line and ", 5) + "the server replies.", "33 words, want at most 25"},
		"commas":        {"First, it reads, then, if it can, it writes, and ends.", "5 commas and semicolons, want at most 4"},
		"clauses":       {"It sends what a client that has a name which is long wants, which is rare, to those who ask.", "4 clauses with that, which, who or where, want at most 2"},
		"parentheses":   {"It reads (a line (of text)).", "parentheses in parentheses"},
		"a call":        {"Write `x` with fmt.Sprint(len(x)) (in Go).", ""},
		"a quotation":   {`The reply is "1, 2, 3, 4, 5, 6", want 200.`, ""},
		"two sentences": {strings.Repeat("the client sends a line and ", 3) + "ends. net.Pipe " + strings.Repeat("has two ends and ", 4) + "no port.", ""},
	} {
		got := ""
		for _, s := range sentences(tt.text) {
			got = cmp.Or(got, s.hard())
		}
		if got != tt.want {
			t.Errorf("%s: %q is hard to read for %q, want %q", name, tt.text, got, tt.want)
		}
	}
}

// Each text of a file is a passage of its own, and what is not prose is none.
func TestPassagesOfATextAreFound(t *testing.T) {
	got := markdown("a.md", "# Title\n\nOne *line*,\nand [another](b.md).\n<!-- a\nremark -->\n\n- `code` here\n- item\n\n"+
		"```console\n$ make\n```\n\n| a | b |\n|---|---|\n| `x` | the | cell |\nBehind it.\n")
	want := []passage{
		{"a.md", 1, "Title", false},
		{"a.md", 3, "One line,\nand another.", false},
		{"a.md", 8, "¤ here", false},
		{"a.md", 9, "item", false},
		{"a.md", 15, " a ", true}, {"a.md", 15, " b ", true},
		{"a.md", 17, " ¤ ", true}, {"a.md", 17, " the ", true}, {"a.md", 17, " cell ", true},
		{"a.md", 18, "Behind it.", false},
	}
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(passage{})); diff != "" {
		t.Errorf("markdown() mismatch (-want +got):\n%s", diff)
	}
	source := "// Package a says:\n//\n//\tcode\n//\n// More.\npackage a\n\n// a is short.\nvar a = `got %[1]q, want it`\nvar b = \"short\"\n"
	var texts []string
	for _, p := range goPassages("a.go", source) {
		texts = append(texts, p.text)
	}
	if diff := gocmp.Diff([]string{"Package a says:", "More.\n", "got ¤, want it"}, texts); diff != "" {
		t.Errorf("goPassages() mismatch (-want +got):\n%s", diff)
	}
}
