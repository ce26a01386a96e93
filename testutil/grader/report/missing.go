package report

import (
	"fmt"
	"io"
	"strings"

	"example.com/workbook/testutil/suites/suite"
)

// Missing writes, for a person to read, how many core points there are still to earn
// before one sees the solution, and what to do next:
//
//	4 of 52 core points are missing before you see the solution. Read it when your program
//	works.
//
//	Core 48 of 52, robustness 40 of 40 points
//	Next:  clock2: serves a second client while the first stays
func Missing(w io.Writer, r Report, style Style) error {
	p := newPage(style)
	s := r.Score(suite.Core)
	p.indent("", "", fmt.Sprintf("%d of %d core points are missing before you see the solution. "+
		"Read it when your program works.", s.Max-s.Earned, s.Max))
	p.line("")
	p.summary(r)
	for _, name := range r.exercises() {
		exercise := strings.TrimPrefix(name, "ex")
		p.line("Spoil: make compare-%s SPOIL=1, or go tool workbook compare -spoil ex%s", exercise, exercise)
		p.line("       shows the solution now")
	}
	_, err := io.WriteString(w, p.text())
	return err
}
