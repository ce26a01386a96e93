package report

import (
	"fmt"
	"io"
	"regexp"

	"example.com/workbook/testutil/suites/suite"
)

// Gradescope writes the report as results.json of Gradescope: one test for each case,
// in order, under the number of its program, of the part in it, and of the case in
// that, "1.2.3".
//
// The score is the sum of the core and robustness points, and so is that of max_score,
// whatever was submitted: that many points the assignment must have. Extra cases
// are listed without a score. No test is hidden, since one that is would hide the
// student's total. All texts are plain. It is an error if a part has no cases.
func Gradescope(w io.Writer, r Report) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	doc := gradescope{
		Score:            r.total().Earned,
		Output:           r.summary(),
		OutputFormat:     "text",
		TestOutputFormat: "text",
		TestNameFormat:   "text",
		Visibility:       "visible",
	}
	for _, t := range r.tests() {
		doc.Tests = append(doc.Tests, newGradescopeTest(t))
	}
	return writeJSON(w, doc)
}

// gradescope is what Gradescope reads: docs/specs.md of its autograder_samples.
type gradescope struct {
	Score            int              `json:"score"`
	Output           string           `json:"output"`
	OutputFormat     string           `json:"output_format"`
	TestOutputFormat string           `json:"test_output_format"`
	TestNameFormat   string           `json:"test_name_format"`
	Visibility       string           `json:"visibility"`
	Tests            []gradescopeTest `json:"tests"`
}

type gradescopeTest struct {
	Number   string   `json:"number"`
	Name     string   `json:"name"`
	Score    *int     `json:"score,omitempty"` // nil if it does not count
	MaxScore *int     `json:"max_score,omitempty"`
	Status   string   `json:"status"`
	Output   string   `json:"output,omitempty"`
	Tags     []string `json:"tags"`
}

func newGradescopeTest(t test) gradescopeTest {
	doc := gradescopeTest{
		Number: t.number,
		Name:   t.name,
		Status: "failed",
		Output: said(t.Record),
		Tags:   []string{string(t.Group)},
	}
	if passed(t.Record) {
		doc.Status = "passed"
	} else {
		doc.Output = cut(paragraphs(doc.Output, labelled("the program printed:\n", withoutDump(t.Output))), maxText)
	}
	if counts(t.Record) {
		doc.Score, doc.MaxScore = new(t.Earned()), new(t.Points)
	} else {
		doc.Name += " (extra, without points)"
	}
	return doc
}

// dump begins the list of goroutines that a program prints as it dies, or that it is
// made to print if it hangs.
var dump = regexp.MustCompile(`(?m)^(goroutine \d+ .*\[|SIGQUIT: |isolate: )`)

// withoutDump returns what a program printed before such a list, which is long, and of
// which the message says what matters.
func withoutDump(output string) string {
	if at := dump.FindStringIndex(output); at != nil {
		return output[:at[0]]
	}
	return output
}

// summary returns the score of each group, what to fix first, what there is to know,
// and in full what is wrong with programs that could not be graded.
func (r Report) summary() string {
	var scores, wrong []string
	for _, g := range []suite.Group{suite.Core, suite.Robustness, suite.Extra} {
		if s := r.Score(g); s.Max > 0 {
			scores = append(scores, fmt.Sprintf("%s: %d of %d points", g, s.Earned, s.Max))
		}
	}
	if r.Score(suite.Extra).Max > 0 {
		scores[len(scores)-1] += ", which do not count"
	}
	for _, p := range r.Programs {
		if p.Verdict.Kind != "" {
			wrong = append(wrong, p.Name+": "+p.Verdict.String())
		}
	}
	first := ""
	if f, ok := r.First(); ok && f.Case.Name != "" {
		first = "fix first: " + f.Program.Name + ": " + spaced(f.Case.Name)
	}
	var like []string
	for _, p := range r.Programs {
		like = append(like, labelled(p.Name+": this looks like a known mistake: ", p.Like))
	}
	return cut(paragraphs(r.Title, lines(scores...), first, lines(like...), lines(r.Notes...), paragraphs(wrong...)), maxText)
}
