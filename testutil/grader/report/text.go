package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Style says how a report is to look.
type Style struct {
	Color   bool
	ASCII   bool // no other characters
	Verbose bool // tell every failure in full, and what the program printed
	Brief   bool // tell only of what is left to do
	Foreign bool // leave out the commands for students, which are about their own copy
}

// width is how many columns a report takes.
const width = 80

// Text writes a report for a person to read: each case as a sentence, what went wrong,
// the score, and what to do next.
//
//	clock2                                     core 23 of 27, robustness 19 of 19
//	  a clock for many clients
//	    ✓ writes the time at once                                               2
//	    ✗ serves a second client while the first stays                     0 of 4
//	      not concurrent: while client 1 is served, client 2 got nothing
func Text(w io.Writer, r Report, style Style) error {
	p := newPage(style)
	r = r.readable()
	for _, program := range r.Programs {
		if program.Verdict.Kind == verdict.DoesNotCompile || program.Verdict.Kind == verdict.Refused {
			p.rejected(program)
		}
	}
	p.line("%s", p.bold(r.Title))
	main, _ := r.First()
	for _, program := range r.Programs {
		p.line("")
		p.program(program, main)
	}
	p.line("")
	p.summary(r)
	_, err := io.WriteString(w, p.text())
	return err
}

// A page is a text that grows.
type page struct {
	Style
	b    strings.Builder
	told map[string]bool // the rules that a failure has been told in full about, and the charges of notes
}

func newPage(style Style) *page { return &page{Style: style, told: make(map[string]bool)} }

func (p *page) text() string {
	if p.ASCII {
		return ascii(p.b.String())
	}
	return p.b.String()
}

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

// row writes a line with text to the left and to the right.
func (p *page) row(left, right string, paint func(string) string) {
	space := max(width-utf8.RuneCountInString(left)-utf8.RuneCountInString(right), 1)
	p.line("%s%s%s", paint(left), strings.Repeat(" ", space), right)
}

func (p *page) paint(code, text string) string {
	if !p.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[m"
}

func (p *page) bold(text string) string  { return p.paint("1", text) }
func (p *page) green(text string) string { return p.paint("32", text) }
func (p *page) red(text string) string   { return p.paint("31", text) }
func (p *page) faint(text string) string { return p.paint("2", text) }

// program writes what became of a program. If main, the failure to fix first, is one of
// it and about another rule than its first one, it comes before all cases.
func (p *page) program(program Program, main Failure) {
	p.row(program.Name, Points(program), p.bold)
	switch program.Verdict.Kind {
	case "":
		if main.Program.Name == program.Name && !p.comesFirst(program, main) {
			if n := main.explains(); n > 1 {
				p.line("  to fix first, since %d failures have the same cause:", n)
			} else {
				p.line("  to fix first:")
			}
			p.cross(main.Case)
			p.failure(main.Case)
		}
		for _, part := range program.Parts {
			p.writePart(part)
		}
		p.rows(program.Rows)
	case verdict.NotStarted:
		p.line("  %s not started: %s", dot, program.Verdict.Message)
	case verdict.NotFound:
		p.indent("  "+dot+" ", "    ", "not found: "+program.Verdict.Message)
	case verdict.DoesNotCompile:
		p.line("  %s does not compile: see above", p.red(cross))
	default:
		p.line("  %s %s: see above", p.red(cross), program.Verdict.Kind)
	}
}

// comesFirst reports whether the first failure that is listed of a program is about the
// rule of main, or none is.
func (p *page) comesFirst(program Program, main Failure) bool {
	for _, part := range program.Parts {
		for _, c := range part.Cases {
			if c.Verdict.Failed() {
				return causeOf(c.Verdict) == causeOf(main.Case.Verdict)
			}
		}
	}
	return true
}

// rejected tells what is wrong with a program that could not be run.
func (p *page) rejected(program Program) {
	p.line("%s %s:", program.Name, program.Verdict.Kind)
	p.line("%s", visible(program.Verdict.Message))
	p.line("")
}

// Points returns the score of a report, program or part: "core 23 of 27, robustness 19 of 19".
func Points(s interface{ Score(suite.Group) Score }) string {
	var all []string
	for _, g := range []suite.Group{suite.Core, suite.Robustness, suite.Extra} {
		if n := s.Score(g); n.Max > 0 {
			all = append(all, fmt.Sprintf("%s %d of %d", g, n.Earned, n.Max))
		}
	}
	return strings.Join(all, ", ")
}

// The marks of a case that has passed, has failed, and was not reached.
const (
	tick  = "✓"
	cross = "✗"
	dot   = "·"
)

func (p *page) writePart(part Part) {
	why, none := unreached(part)
	switch {
	case !p.Brief || none:
		p.line("  %s", part.Title)
	case !slices.ContainsFunc(part.Cases, left):
		p.row("  "+tick+" "+part.Title, Points(part), p.green)
		return
	default:
		p.row("  "+part.Title, Points(part), strings.Clone)
	}
	if none {
		p.row(fmt.Sprintf("    %s not run: %s", dot, why), Points(part), p.faint)
		return
	}
	told, before := false, ""
	for _, c := range part.Cases {
		if p.repeats(c) {
			c.Note = ""
		}
		if p.Brief && !left(c) {
			continue
		}
		message := c.Verdict.String()
		if message == before && (!p.Verbose || c.Verdict.Kind == verdict.NotRun) {
			message = "" // once is enough
		} else {
			before = message
		}
		switch {
		case c.Verdict.Kind == verdict.Passed:
			p.row("    "+tick+" "+spaced(c.Name), fmt.Sprint(c.Points), p.green)
			p.prose(labelled("note: ", c.Note))
		case !c.Verdict.Failed(), c.Verdict.Kind == verdict.NotStarted:
			p.row("    "+dot+" "+spaced(c.Name), fmt.Sprintf("0 of %d", c.Points), p.faint)
			p.prose(first(message))
		default:
			p.cross(c)
			if (told || p.told[c.Verdict.About]) && !p.Verbose {
				p.prose(headline(message))
			} else {
				p.failure(c)
			}
			told = true
		}
	}
}

// repeats reports whether what a case notes is charged in a case that another note has named.
func (p *page) repeats(c suite.Record) bool {
	at := strings.LastIndex(c.Note, suite.Charge)
	if at < 0 || p.Verbose {
		return false
	}
	key := c.Note[at:]
	before := p.told[key]
	p.told[key] = true
	return before
}

// cross writes the line of a case that has failed.
func (p *page) cross(c suite.Record) {
	p.row("    "+cross+" "+spaced(c.Name), fmt.Sprintf("0 of %d", c.Points), p.red)
}

// left reports whether there is anything to do, or to know, about a case.
func left(c suite.Record) bool { return c.Verdict.Kind != verdict.Passed || c.Note != "" }

// unreached reports whether no case of a part was reached, all for the same reason.
func unreached(part Part) (why string, ok bool) {
	for _, c := range part.Cases {
		if c.Verdict.Kind != verdict.NotRun || c.Verdict.Message != part.Cases[0].Verdict.Message {
			return "", false
		}
	}
	return part.Cases[0].Verdict.Message, true
}

// failure tells in full what became of a case. Others about the same rule are then told
// in a line.
func (p *page) failure(c suite.Record) {
	v := c.Verdict
	p.told[v.About] = true
	p.prose(first(v.String()))
	_, rest, _ := strings.Cut(v.Message, "\n")
	for line := range strings.Lines(rest) {
		p.line("      %s", strings.TrimRight(line, "\n")) // a picture, or a dialogue
	}
	p.prose(labelled("why: ", v.Rule))
	p.prose(labelled("begin at ", begin(v)))
	p.prose(labelled("the test: ", caseOf(v)))
	if output := withoutDump(c.Output); p.Verbose && output != "" {
		p.prose("the program printed:")
		for line := range strings.Lines(program.End(visible(output), 2000)) {
			p.line("      | %s", strings.TrimRight(line, "\n"))
		}
	}
}

func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// headline returns the first line of a message, without the words that lead to the
// lines below it: "London is missing; the screen after 3.4s:".
func headline(text string) string {
	line := first(text)
	said, leads := strings.CutSuffix(line, ":")
	if !leads {
		return line
	}
	if at := strings.LastIndex(said, "; "); at >= 0 {
		return said[:at]
	}
	return said
}

// prose writes text under a case, in lines that fit.
func (p *page) prose(text string) { p.indent("      ", "      ", text) }

// indent writes text in lines that fit. The first begins with head, the others with
// margin.
func (p *page) indent(head, margin, text string) {
	line := head
	empty := true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			p.line("%s", line)
			line, empty = margin, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	if !empty {
		p.line("%s", line)
	}
}

func (p *page) summary(r Report) {
	p.line("%s", p.bold(strings.ToUpper(Points(r)[:1])+Points(r)[1:]+" points"))
	for _, note := range r.Notes {
		p.indent("Note:  ", "       ", note)
	}
	for _, program := range r.Programs {
		p.causes(program)
		p.like(program)
	}
	f, ok := r.First()
	exercise := strings.TrimPrefix(f.Program.Exercise, "ex")
	switch {
	case !ok && r.Done():
		p.command("Well done. To compare with the solution:")
		for _, name := range r.exercises() {
			p.command("       make compare-%s", strings.TrimPrefix(name, "ex"))
		}
	case !ok:
	case f.Case.Name == "":
		p.indent("Next:  ", "       ", p.todo(f.Program))
		p.command("Hint:  make hint-%s", exercise)
	default:
		next := f.String()
		if c := f.cause(); c.Cases > 1 {
			next += " (" + strings.TrimPrefix(c.String(), spaced(f.Case.Name)+": ") + ")"
		}
		p.indent("Next:  ", "       ", next)
		if at := place(f.Case.Verdict); at != "" {
			p.line("       %s", at)
		}
		p.command("%s", alone(f))
		p.command("Hint:  make hint-%s", exercise)
	}
}

// todo returns what to do about a program that could not be graded.
func (p *page) todo(program Program) string {
	switch v := program.Verdict; {
	case v.Kind == verdict.NotStarted && v.Message != "":
		return fmt.Sprintf("%s (%s is not started)", v.Message, program.Name)
	case v.Kind == verdict.DoesNotCompile:
		return fmt.Sprintf("fix the first error above (%s does not compile)", program.Name)
	case v.Kind == verdict.NotFound && !p.Foreign:
		return fmt.Sprintf("put %s.go into %s, or restore the stub: go tool workbook reset %s %s", program.Name, program.Dir, program.Exercise, program.Name)
	}
	return fmt.Sprintf("%s: %s", program.Dir, program.Verdict.Kind)
}

// like writes which known mistake the failures of a program look like.
func (p *page) like(program Program) {
	if program.Like != "" {
		p.indent("Like:  ", "       ", fmt.Sprintf("%s: this looks like a known mistake, “%s”", program.Name, program.Like))
		p.line("       see solutions/MISTAKES.md")
	}
}

// command writes a line that is for the student alone.
func (p *page) command(format string, args ...any) {
	if !p.Foreign {
		p.line(format, args...)
	}
}

// alone returns the command that grades one case alone. In place of a name that is
// too long for a line it has the first words, if they are those of no other case.
func alone(f Failure) string {
	command := func(name string) string {
		return fmt.Sprintf("More:  go tool workbook grade -v -run %s/%s %s", f.Part.Test, name, f.Program.Exercise)
	}
	others := func(c suite.Record, words string) bool {
		return c.Name != f.Case.Name && strings.Contains(c.Name, words)
	}
	words := f.Case.Name
	for utf8.RuneCountInString(command(words)) > width {
		at := strings.LastIndexByte(words, '_')
		if at < 0 || slices.ContainsFunc(f.Part.Cases, func(c suite.Record) bool { return others(c, words[:at]) }) {
			return command(f.Case.Name)
		}
		words = words[:at]
	}
	return command(words)
}

// exercises returns the names of the exercises, each once.
func (r Report) exercises() []string {
	var names []string
	for _, p := range r.Programs {
		if len(names) == 0 || names[len(names)-1] != p.Exercise {
			names = append(names, p.Exercise)
		}
	}
	return names
}

// visible returns text without what would command a terminal, and what is not seen there.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !program.IsVisible(r) {
			return '?'
		}
		return r
	}, text)
}

// ascii returns text with only ASCII in it.
func ascii(text string) string {
	text = strings.NewReplacer(tick, "+", cross, "x", dot, "-", "…", "...", "“", `"`, "”", `"`, "’", "'", "–", "-").Replace(text)
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, text)
}
