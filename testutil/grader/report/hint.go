package report

import (
	"fmt"
	"io"
	"path"
	"strings"

	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/kit/verdict"
)

// Hints are those for the first failure of a report.
type Hints struct {
	All      []hint.Hint // gentle ones first
	From, To int         // those to show now are All[From:To]
	Next     string      // the command that goes on; "" to say now where to read on
}

// Hint writes, for a person to read, what helps with the first failure of a report:
//
//	clock2: serves a second client while the first stays
//	  not concurrent: while client 1 is served, client 2 got nothing
//
//	Hint 1 of 2: who waits for whom?
//	  While the first client is served, which line of `serve` is the program at?
//
//	The next one: make hint-8.1
//
// After the last hint it says where to read on. Of a program that does not compile it
// writes what the compiler says. It says so if nothing fails.
func Hint(w io.Writer, r Report, hints Hints, style Style) error {
	p := newPage(style)
	r = r.readable()
	f, ok := r.First()
	switch {
	case !ok:
		p.line("Nothing fails, so there is no hint.\n")
		p.line("%s", p.bold(r.Title))
		p.summary(r)
	case f.Case.Name == "" && f.Case.Verdict.Kind != verdict.NotStarted && f.Case.Verdict.Kind != verdict.NotFound:
		p.rejected(f.Program)
		p.indent("", "", "Read its first line: it says in which file, line and column the compiler "+
			"noticed the error. What do you see there, or just before? Fix that and try again: the "+
			"lines after it are often about the same mistake.")
	default:
		p.line("%s", p.bold(f.String()))
		what := f.Case.Verdict.String()
		if f.Case.Name == "" {
			what = f.Case.Verdict.Message // the line before says so
		}
		p.indent("  ", "  ", first(what))
		p.line("")
		p.hints(f, hints)
	}
	_, err := io.WriteString(w, p.text())
	return err
}

// hints writes hints, and what to do after them.
func (p *page) hints(f Failure, hints Hints) {
	for i, h := range hints.All[hints.From:hints.To] {
		p.line("%s", p.bold(fmt.Sprintf("Hint %d of %d: %s", hints.From+i+1, len(hints.All), h.Title)))
		for paragraph := range strings.SplitSeq(h.Text, "\n\n") {
			p.indent("  ", "  ", paragraph)
		}
		p.line("")
	}
	switch {
	case hints.Next == "":
		p.readOn(f, hints)
	case hints.To < len(hints.All):
		p.line("The next one: %s", hints.Next)
	default:
		p.line("This was the last hint. Read on: %s", hints.Next)
	}
}

// readOn says where to read on when there are no more hints.
func (p *page) readOn(f Failure, hints Hints) {
	exercise := strings.TrimPrefix(f.Program.Exercise, "ex")
	again := ""
	if hints.From == hints.To {
		again = " See all again: go tool workbook hint -all " + exercise
	}
	p.line("There are no more hints for this.%s", again)
	p.line("")
	if f.Case.Verdict.Rule != "" {
		p.indent("Why:     ", "         ", f.Case.Verdict.Rule)
	}
	p.line("Read on: %s/README.md, the task", path.Dir(f.Program.Dir))
	if f.Case.Name != "" {
		p.line("         solutions/MISTAKES.md, mistakes that others made")
	}
	p.line("         make compare-%s SPOIL=1, as a last resort: the solution beside yours", exercise)
}
