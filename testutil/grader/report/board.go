package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"strings"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/timeline"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A told is what a page says of a case, or of a program that could not be graded.
type told struct {
	First            string // the first line of the message
	Blocks           []block
	Why, Begin, Case string
	Note             string
	Output           string // the end of what the program printed
}

// A block is a part of a message: one of these.
type block struct {
	Text     string
	Picture  template.HTML // an element svg
	Dialogue []spoken
}

// A spoken line is one of a dialogue between a client and a server.
type spoken struct{ Who, Text string }

// tell returns what a page says of a case. The texts are clean.
func tell(c suite.Record) told {
	v := c.Verdict
	t := tellVerdict(v)
	t.Why, t.Begin, t.Case, t.Note = v.Rule, begin(v), caseOf(v), c.Note
	if !passed(c) {
		t.Output = program.End(withoutDump(c.Output), 2000)
	}
	return t
}

// tellVerdict returns what a page says of a program that could not be graded.
func tellVerdict(v verdict.Verdict) told {
	line, rest, _ := strings.Cut(v.String(), "\n")
	return told{First: line, Blocks: blocks(rest)}
}

// blocks takes a text apart. Of what a timeline has drawn it makes pictures, and of lines
// that begin with "C: " and "S: " a dialogue.
func blocks(text string) []block {
	var all []block
	for text != "" {
		before, p, after, ok := timeline.Parse(text)
		all = append(all, spokenBlocks(before)...)
		if ok {
			all = append(all, block{Picture: template.HTML(p.SVG())}) // which escapes names
		}
		text = after
	}
	return all
}

// spokenBlocks takes a text without pictures apart.
func spokenBlocks(text string) []block {
	var all []block
	var plain strings.Builder
	var said []spoken
	flush := func() {
		if strings.Trim(plain.String(), "\n") != "" {
			all = append(all, block{Text: strings.Trim(plain.String(), "\n")})
		}
		if len(said) > 0 {
			all = append(all, block{Dialogue: said})
		}
		plain.Reset()
		said = nil
	}
	for line := range strings.Lines(text) {
		s, ok := speech(line)
		if ok != (len(said) > 0) {
			flush()
		}
		if ok {
			said = append(said, s)
		} else {
			plain.WriteString(line)
		}
	}
	flush()
	return all
}

// speech returns what a line says if it is one of a dialogue.
func speech(line string) (s spoken, ok bool) {
	line, _ = strings.CutPrefix(strings.TrimRight(line, "\n"), "  ")
	if text, ok := strings.CutPrefix(line, "C: "); ok {
		return spoken{"client", text}, true
	}
	text, ok := strings.CutPrefix(line, "S: ")
	return spoken{"server", text}, ok
}

//go:embed page.css
var pageCSS string

// funcs are what the templates of pages call.
var funcs = template.FuncMap{
	"points":      Points,
	"spaced":      spaced,
	"passed":      passed,
	"open":        func(c suite.Record) bool { return !passed(c) && !c.Verdict.Failed() },
	"whole":       func(p Program) bool { return p.Verdict.Kind != "" },
	"tell":        tell,
	"tellVerdict": tellVerdict,
	"headline":    func(c suite.Record) string { return headline(c.Verdict.String()) },
	"css":         func() template.CSS { return template.CSS(pageCSS) },
	"policy":      policy,
}

// policy returns what a page with our style and a script may load and run: these two, and
// nothing else, whatever a program or a student has got into the page.
func policy(script template.JS) string {
	rules := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + hashed(pageCSS)
	if script != "" {
		rules += "; script-src " + hashed(string(script))
	}
	return rules
}

// hashed returns a source of a content security policy.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// toldTemplate shows a told.
const toldTemplate = `{{define "told"}}<p class="message">{{.First}}</p>
{{range .Blocks}}{{if .Picture}}<div class="picture" tabindex="0">{{.Picture}}<p>● gets a line, ┄ connected, waits for its first line, ┃ leaves</p></div>
{{else if .Dialogue}}<ol class="dialogue">
{{range .Dialogue}}<li class="{{.Who}}"><b>{{.Who}}</b> <code>{{.Text}}</code></li>
{{end}}</ol>
{{else}}<pre tabindex="0">{{.Text}}</pre>
{{end}}{{end}}{{with .Why}}<p>Why: {{.}}</p>
{{end}}{{with .Begin}}<p>Begin at <code>{{.}}</code></p>
{{end}}{{with .Case}}<p>The test: <code>{{.}}</code></p>
{{end}}{{with .Note}}<p>Note: {{.}}</p>
{{end}}{{with .Output}}<details><summary>what the program printed</summary><pre tabindex="0">{{.}}</pre></details>
{{end}}{{end}}`
