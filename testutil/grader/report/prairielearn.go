package report

import (
	"errors"
	"io"

	"example.com/workbook/testutil/kit/verdict"
)

// maxPrairieLearn is how many bytes the report has at most. The site loses all of one that
// is longer than 1 MiB.
const maxPrairieLearn = 1<<20 - 4<<10

// PrairieLearn writes the report as results.json of PrairieLearn's external graders: one
// test for each core and robustness case, each with its points, since otherwise the site shows
// none. If no program could be graded and one does not compile, it does not count as an attempt.
func PrairieLearn(w io.Writer, r Report) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	total := r.total()
	if total.Max == 0 {
		return errors.New("the report has no core or robustness points, of which a score would be a part")
	}
	doc := prairieLearn{Gradable: true, Score: float64(total.Earned) / float64(total.Max)}
	broken, graded := []string{}, false
	for _, p := range r.Programs {
		switch p.Verdict.Kind {
		case "":
			graded = true
		case verdict.DoesNotCompile, verdict.Refused:
			broken = append(broken, cut(p.Name+": "+p.Verdict.String(), maxText))
		}
	}
	if !graded && len(broken) > 0 {
		return writeJSON(w, prairieLearn{FormatErrors: broken})
	}
	tests := r.tests()
	for _, t := range tests {
		if counts(t.Record) {
			doc.Tests = append(doc.Tests, prairieLearnTest{
				Name: t.name, Points: t.Earned(), MaxPoints: t.Points, Message: said(t.Record), Output: outputOf(t),
			})
		}
	}
	doc.fit()
	return writeJSON(w, doc)
}

// outputOf returns what the program has printed in a case that did not pass.
func outputOf(t test) string {
	if passed(t.Record) {
		return ""
	}
	return t.Output
}

// prairieLearn is what the site reads.
type prairieLearn struct {
	Gradable     bool               `json:"gradable"`
	Score        float64            `json:"score"`
	FormatErrors []string           `json:"format_errors,omitempty"`
	Tests        []prairieLearnTest `json:"tests,omitempty"`
}

type prairieLearnTest struct {
	Name      string `json:"name"`
	Points    int    `json:"points"`
	MaxPoints int    `json:"max_points"`
	Message   string `json:"message,omitempty"`
	Output    string `json:"output,omitempty"`
}

// longText is how many bytes a text has at most in a document that would be too long.
const longText = 8 << 10

// fit shortens texts until the document has no more than maxPrairieLearn bytes: first what
// programs have printed.
func (doc *prairieLearn) fit() {
	for most := longText; most > 64; most /= 2 {
		if doc.size() <= maxPrairieLearn {
			return
		}
		for i := range doc.Tests {
			doc.Tests[i].Output = cut(doc.Tests[i].Output, most)
		}
	}
	for most := longText; most > 64; most /= 2 {
		if doc.size() <= maxPrairieLearn {
			return
		}
		for i := range doc.Tests {
			doc.Tests[i].Message = cut(doc.Tests[i].Message, most)
		}
	}
}

func (doc *prairieLearn) size() int {
	var n counter
	writeJSON(&n, doc) // a counter takes all
	return int(n)
}

// A counter counts the bytes that are written to it.
type counter int

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}
