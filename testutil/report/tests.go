package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/workbook/testutil/isolate"
	"example.com/workbook/testutil/suite"
)

// settled returns a copy of the report that can be handed on: each case has a verdict,
// and none has passed of a program that could not be graded; all texts are clean. It
// is an error if there are no cases of a part or program: nobody is to get full marks
// for what is not there.
func (r Report) settled() (Report, error) {
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
		p.settle()
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

// settle does so for a program.
func (p *Program) settle() {
	p.Exercise, p.Name, p.Dir = cleanName(p.Exercise), cleanName(p.Name), cleanName(p.Dir)
	p.Message = clean(p.Message)
	p.Parts = slices.Clone(p.Parts)
	message := p.Message // in full for the first case only
	for i := range p.Parts {
		part := &p.Parts[i]
		part.Test, part.Title = cleanName(part.Test), cleanName(part.Title)
		part.Func, part.Place = cleanName(part.Func), cleanName(part.Place)
		part.Cases = slices.Clone(part.Cases)
		for j, c := range part.Cases {
			if p.Verdict != "" {
				c.Verdict, c.Message, c.Why, c.Note, c.Output = p.Verdict, message, "", "", ""
				message, _, _ = strings.Cut(message, "\n")
			}
			part.Cases[j] = settle(c)
		}
	}
}

// settle does so for a case.
func settle(c suite.Record) suite.Record {
	if c.Verdict == "" {
		c.Verdict, c.Message = suite.Unreached, "nothing is known of it"
	}
	c.Test, c.Name = cleanName(c.Test), cleanName(c.Name)
	c.Message, c.Why, c.Note, c.Output = clean(c.Message), clean(c.Why), clean(c.Note), clean(c.Output)
	return c
}

// A test is a case as a course site sees it.
type test struct {
	number string // "1.2.3": of the program, of the part in it, of the case in that
	name   string // "clock2: serves a second client while the first stays"
	suite.Record
}

// tests returns all cases of a settled report, in order.
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

func passed(c suite.Record) bool { return c.Verdict == isolate.Passed }

// counts reports whether the points of a case go into the score that a course site
// gets, which has but one: those of core and sturdy cases do.
func counts(c suite.Record) bool { return c.Group != suite.Extra }

// total returns the points of all cases that count.
func (r Report) total() Score {
	core, sturdy := r.Score(suite.Core), r.Score(suite.Sturdy)
	return Score{core.Earned + sturdy.Earned, core.Max + sturdy.Max}
}

// complaint returns what is wrong, after the verdict, unless that says no more than
// that something is wrong; "" if nothing is.
func complaint(v suite.Verdict, message string) string {
	switch {
	case v == isolate.Passed:
		return ""
	case message == "":
		return string(v)
	case v == isolate.Wrong, strings.HasPrefix(message, string(v)):
		return message
	}
	return string(v) + ": " + message
}

// said returns what there is to say of a case; "" if there is nothing.
func said(c suite.Record) string {
	return lines(complaint(c.Verdict, c.Message), labelled("why: ", c.Why), c.Note)
}
