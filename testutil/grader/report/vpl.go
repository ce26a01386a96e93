package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// VPL writes the report as what an evaluation in Moodle's VPL prints: comments with a title
// for each program and what failed in it, and the grade. Each line of a text stands behind a
// mark, so that none of a program's is taken for a grade.
//
// env is that of the evaluation, such as [os.Getenv]. The grade is the part of the points that
// are earned of VPL_GRADEMAX, or if that is not set, the points themselves.
func VPL(w io.Writer, r Report, env func(string) string) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("<|--\n")
	for _, p := range r.Programs {
		fmt.Fprintf(&b, "-%s: %s\n", p.Name, Points(p))
		if p.Verdict.Kind != "" {
			preformatted(&b, p.Verdict.String())
			continue
		}
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				switch {
				case passed(c):
					preformatted(&b, fmt.Sprintf("+ %s (%d)", spaced(c.Name), c.Points))
				case counts(c):
					fmt.Fprintf(&b, "-%s (0 of %d)\n", spaced(c.Name), c.Points)
					preformatted(&b, said(c))
				}
			}
		}
	}
	b.WriteString("--|>\n")
	total := r.total()
	grade := float64(total.Earned)
	if most, err := strconv.ParseFloat(env("VPL_GRADEMAX"), 64); err == nil && most > 0 && total.Max > 0 {
		grade = most * grade / float64(total.Max)
	}
	fmt.Fprintf(&b, "Grade :=>>%s\n", strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(grade, 'f', 2, 64), "0"), "."))
	_, err = io.WriteString(w, b.String())
	return err
}

// preformatted writes text with a mark before each line.
func preformatted(b *strings.Builder, text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		fmt.Fprintf(b, ">%s\n", line)
	}
}
