package report

import (
	"fmt"
	"io"
	"strings"

	"example.com/workbook/testutil/suites/suite"
)

// maxMarkdown is how many bytes a page in Markdown has at most. GitHub takes 125,000
// characters of a release.
const maxMarkdown = 100 << 10

// Markdown writes the report as a page in Markdown, with the pictures of what failed:
// Classroom 50 shows students nothing else, if it is called release-body.md.
func Markdown(w io.Writer, r Report) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	core, robustness := r.Score(suite.Core), r.Score(suite.Robustness)
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\nCore %d of %d, robustness %d of %d points.\n", plainMarkdown(r.Title), core.Earned, core.Max, robustness.Earned, robustness.Max)
	if f, ok := r.First(); ok {
		fmt.Fprintf(&b, "\n**Next:** %s\n", plainMarkdown(f.String()))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "\nNote: %s\n", plainMarkdown(note))
	}
	cutOff := 0
	for _, p := range r.Programs {
		fmt.Fprintf(&b, "\n### %s: %s\n\n", plainMarkdown(p.Name), Points(p))
		if p.Verdict.Kind != "" {
			b.WriteString(fenced(p.Verdict.String()))
			continue
		}
		if p.Like != "" {
			fmt.Fprintf(&b, "Its failures look like those of a known mistake: %s\n\n", plainMarkdown(p.Like))
		}
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				text := markdownCase(c)
				if b.Len()+len(text) > maxMarkdown {
					cutOff++
					continue
				}
				b.WriteString(text)
			}
		}
	}
	if cutOff > 0 {
		fmt.Fprintf(&b, "\n%d cases are left out, since the page would be too long.\n", cutOff)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// markdownCase returns what there is to say of a case.
func markdownCase(c suite.Record) string {
	name := plainMarkdown(spaced(c.Name))
	switch {
	case passed(c):
		return fmt.Sprintf("- ✓ %s (%d)\n", name, c.Points)
	case !c.Verdict.Failed():
		return fmt.Sprintf("- • %s (0 of %d): %s\n", name, c.Points, plainMarkdown(headline(c.Verdict.String())))
	}
	return fmt.Sprintf("- ✗ **%s** (0 of %d)\n\n%s\n", name, c.Points, fenced(said(c)))
}

// fenced returns text that stands as it is, whatever it holds.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}

// plainMarkdown returns a line of text in which nothing is taken for Markdown or HTML, nor
// for a person to be told of it.
func plainMarkdown(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		switch {
		case r == '@':
			b.WriteString("(at)")
			continue
		case strings.ContainsRune("\\`*_{}[]<>#+!|&~", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
