package report

import (
	"strings"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// rows writes what became of the rows that a student has added to the tests of a program,
// apart from the cases that earn points:
//
//	your own rows, which have no points
//	  ✓ TestServe: two clients leave
//	  ✗ TestServe: a client leaves at once
//	    clock2_test.go:109: clients saw (-want +got):
func (p *page) rows(rows []suite.Record) {
	if len(rows) == 0 {
		return
	}
	p.line("  your own rows, which have no points")
	for _, r := range rows {
		name := r.Test
		if r.Name != "" {
			name += ": " + spaced(r.Name)
		}
		switch {
		case r.Verdict.Kind == verdict.Passed:
			p.line("    %s", p.green(tick+" "+name))
		case r.Verdict.Kind == verdict.DoesNotCompile:
			p.line("    %s", p.red(cross+" they do not compile"))
			p.lines(r.Verdict.Message)
		case !r.Verdict.Failed():
			p.line("    %s", p.faint(dot+" "+name))
			p.lines(r.Verdict.String())
		default:
			p.line("    %s", p.red(cross+" "+name))
			p.prose(first(r.Verdict.String()))
			_, rest, _ := strings.Cut(r.Verdict.Message, "\n")
			p.lines(rest)
		}
	}
}

// lines writes text under a case, in the lines that it has.
func (p *page) lines(text string) {
	for line := range strings.Lines(text) {
		p.line("      %s", strings.TrimRight(line, "\n"))
	}
}
