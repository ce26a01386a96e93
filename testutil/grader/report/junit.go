package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"example.com/workbook/testutil/suites/suite"
)

// JUnit writes the report as JUnit XML: a testsuite for each part, with the points of
// its groups as properties, and a testcase for each case.
//
// A case that costs points is a failure, also if it was not run or could not be
// checked; so there are failures exactly if points are lost. An extra case that did
// not pass is skipped. What the program printed in a case that did not pass is its
// system-out. A failure has its whole text as message too, since some sites show only the
// one and some only the other. All times are 0, since none are kept. It is an error if a program has
// no cases.
func JUnit(w io.Writer, r Report) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	doc := testsuites{Name: r.Title}
	for _, p := range r.Programs {
		for _, part := range p.Parts {
			doc.add(newTestsuite(p, part))
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

type testsuites struct {
	Name string `xml:"name,attr"`
	outcomes
	Suites []testsuite `xml:"testsuite"`
}

type testsuite struct {
	Name string `xml:"name,attr"`
	outcomes
	Properties []property `xml:"properties>property"`
	Cases      []testcase `xml:"testcase"`
}

// outcomes are how many tests there are, and of which outcomes.
type outcomes struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Time     int `xml:"time,attr"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type testcase struct {
	Classname string   `xml:"classname,attr"`
	Name      string   `xml:"name,attr"`
	Time      int      `xml:"time,attr"`
	Failure   *outcome `xml:"failure"`
	Skipped   *outcome `xml:"skipped"`
	SystemOut *printed `xml:"system-out"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",innerxml"`
}

type printed struct {
	Text string `xml:",innerxml"`
}

func (doc *testsuites) add(s testsuite) {
	doc.Suites = append(doc.Suites, s)
	doc.Tests += s.Tests
	doc.Failures += s.Failures
	doc.Skipped += s.Skipped
}

func newTestsuite(p Program, part Part) testsuite {
	s := testsuite{Name: p.Exercise + "/" + p.Name + ": " + part.Title}
	for _, g := range []suite.Group{suite.Core, suite.Robustness, suite.Extra} {
		if score := part.Score(g); score.Max > 0 {
			s.Properties = append(s.Properties, property{string(g), fmt.Sprintf("%d of %d points", score.Earned, score.Max)})
		}
	}
	for _, c := range part.Cases {
		s.add(newTestcase(p, part, c))
	}
	return s
}

func (s *testsuite) add(c testcase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
}

func newTestcase(p Program, part Part, c suite.Record) testcase {
	doc := testcase{Classname: p.Exercise + "." + p.Name + "." + part.Test, Name: spaced(c.Name)}
	if passed(c) {
		return doc
	}
	if c.Output != "" {
		doc.SystemOut = &printed{escaped(c.Output)}
	}
	text := cut(said(c), maxText)
	first, _, _ := strings.Cut(text, "\n")
	if counts(c) {
		doc.Failure = &outcome{Message: text, Type: string(c.Verdict.Kind), Text: escaped(text)}
	} else {
		doc.Skipped = &outcome{Message: "extra: " + first}
	}
	return doc
}

// escaped returns text for the inside of an element. It keeps the ends of lines, and has no
// CDATA, of which some readers show the seams.
func escaped(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // a strings.Builder takes all
	return strings.NewReplacer("&#xA;", "\n", "&#x9;", "\t", "&#39;", "'", "&#34;", `"`).Replace(b.String())
}
