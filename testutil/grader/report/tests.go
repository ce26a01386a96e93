package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// final returns a copy of the report that can be handed on: each case has a verdict,
// and none has passed of a program that could not be graded; all texts are clean. It
// is an error if there are no cases of a part or program: no program is to get full marks
// for what is not there.
func (r Report) final() (Report, error) {
	if len(r.Programs) == 0 {
		return Report{}, errors.New("the report has no programs, so there are no tests")
	}
	r.Title = cleanName(r.Title)
	r.Notes = slices.Clone(r.Notes)
	for i, note := range r.Notes {
		r.Notes[i] = clean(note)
	}
	r.Programs = slices.Clone(r.Programs)
	for i := range r.Programs {
		p := &r.Programs[i]
		p.finish()
		if len(p.Parts) == 0 {
			return Report{}, fmt.Errorf("the report has no cases of %s, so there are no tests of it", p.Name)
		}
		for _, part := range p.Parts {
			if len(part.Cases) == 0 {
				return Report{}, fmt.Errorf("the report has no cases of %s of %s, so there are no tests of it", part.Test, p.Name)
			}
		}
	}
	return r, nil
}

// readable returns a copy of the report whose verdicts can be shown on a terminal.
func (r Report) readable() Report {
	r.Notes = slices.Clone(r.Notes)
	for i, note := range r.Notes {
		r.Notes[i] = clean(note)
	}
	r.Programs = slices.Clone(r.Programs)
	for i := range r.Programs {
		p := &r.Programs[i]
		p.Verdict, p.Like = cleanVerdict(p.Verdict), cleanName(p.Like)
		p.Rows = slices.Clone(p.Rows)
		for j := range p.Rows {
			p.Rows[j].Name, p.Rows[j].Verdict = cleanName(p.Rows[j].Name), cleanVerdict(p.Rows[j].Verdict)
		}
		p.Parts = slices.Clone(p.Parts)
		for j := range p.Parts {
			part := &p.Parts[j]
			part.Cases = slices.Clone(part.Cases)
			for k := range part.Cases {
				c := &part.Cases[k]
				c.Verdict, c.Note = cleanVerdict(c.Verdict), clean(c.Note)
			}
		}
	}
	return r
}

// finish does so for a program.
func (p *Program) finish() {
	p.Exercise, p.Name, p.Dir = cleanName(p.Exercise), cleanName(p.Name), cleanName(p.Dir)
	p.Verdict, p.Like = cleanVerdict(p.Verdict), cleanName(p.Like)
	p.Parts = slices.Clone(p.Parts)
	whole := p.Verdict // in full for the first case only
	for i := range p.Parts {
		part := &p.Parts[i]
		part.Test, part.Title = cleanName(part.Test), cleanName(part.Title)
		part.Func, part.Place = cleanName(part.Func), cleanName(part.Place)
		part.Cases = slices.Clone(part.Cases)
		for j, c := range part.Cases {
			if whole.Kind != "" {
				c.Verdict, c.Note, c.Output = whole, "", ""
				whole.Message, _, _ = strings.Cut(whole.Message, "\n")
			}
			part.Cases[j] = finalCase(c)
		}
	}
}

// finalCase does so for a case.
func finalCase(c suite.Record) suite.Record {
	if c.Verdict.Kind == "" {
		c.Verdict = verdict.Verdict{Kind: verdict.NotRun, Message: "nothing is known of it"}
	}
	c.Test, c.Name = cleanName(c.Test), cleanName(c.Name)
	c.Verdict, c.Note, c.Output = cleanVerdict(c.Verdict), clean(c.Note), clean(c.Output)
	return c
}

// A test is a case as a course site sees it.
type test struct {
	number string // "1.2.3": of the program, of the part in it, of the case in that
	name   string // "clock2: serves a second client while the first stays"
	suite.Record
}

// tests returns all cases of a final report, in order.
func (r Report) tests() []test {
	var all []test
	for i, p := range r.Programs {
		for j, part := range p.Parts {
			for k, c := range part.Cases {
				number := fmt.Sprintf("%d.%d.%d", i+1, j+1, k+1)
				all = append(all, test{number, p.Name + ": " + spaced(c.Name), c})
			}
		}
	}
	return all
}

// spaced returns the name of a case as it is read.
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

func passed(c suite.Record) bool { return c.Verdict.Kind == verdict.Passed }

// counts reports whether the points of a case go into the score that a course site
// gets, which has but one: those of core and robustness cases do.
func counts(c suite.Record) bool { return c.Group != suite.Extra }

// total returns the points of all cases that count.
func (r Report) total() Score {
	core, robustness := r.Score(suite.Core), r.Score(suite.Robustness)
	return Score{core.Earned + robustness.Earned, core.Max + robustness.Max}
}

// cleanVerdict returns a verdict whose texts are clean.
func cleanVerdict(v verdict.Verdict) verdict.Verdict {
	v.Message, v.Rule = clean(v.Message), clean(v.Rule)
	for _, name := range []*string{&v.About, &v.Cause, &v.Func, &v.Place, &v.Case} {
		*name = cleanName(*name)
	}
	v.Hints = slices.Clone(v.Hints)
	for i, hint := range v.Hints {
		v.Hints[i] = cleanName(hint)
	}
	return v
}

// said returns what there is to say of a case; "" if there is nothing.
func said(c suite.Record) string {
	v := c.Verdict
	return lines(v.String(), labelled("why: ", v.Rule), labelled("begin at ", begin(v)), labelled("the test: ", caseOf(v)), labelled("note: ", c.Note))
}

// place returns where to look: "exercises/ex8.1/clock2/clock2.go:26, func serve"; "" if
// that is not known.
func place(v verdict.Verdict) string {
	switch {
	case !v.Failed() || v.Place == "":
		return ""
	case v.Func == "":
		return v.Place
	}
	return v.Place + ", func " + v.Func
}

// begin returns where to begin, unless the message says so.
func begin(v verdict.Verdict) string {
	if strings.Contains(v.Message, ".go:") {
		return ""
	}
	return place(v)
}

// caseOf returns where the code of a case is that has failed.
func caseOf(v verdict.Verdict) string {
	if !v.Failed() {
		return ""
	}
	return v.Case
}
