package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Cause is why some cases of a program have lost their points.
type Cause struct {
	Text   string  // "PWD is not known", or the rule that is broken, "greets a client"
	Cases  int     // how many have not passed because of it
	Points int     // how many those have, but for extra ones
	First  Failure // the one of them that is about the rule, or else the first

	core int // the points of those that are core cases
}

// String returns "PWD is not known: 5 cases, 13 points".
func (c Cause) String() string {
	return fmt.Sprintf("%s: %s, %s", c.Text, counted(c.Cases, "case"), counted(c.Points, "point"))
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprint(n, " ", noun)
}

// Causes returns the causes of the lost points of a program, most core points first. Causes of
// equal core points are in the order of all points, most first. A data race comes before all
// others, since it may change what the other cases see. A case that was not run since
// another test must be fixed first counts for the first failure in that. A leak that was seen
// in a case that has failed counts for that failure: what does not end usually leaks too.
func (p Program) Causes() []Cause {
	if p.Verdict.Kind != "" {
		return nil // its verdict says why
	}
	var all []Cause
	count := func(key string, f Failure) {
		if f.Case.Group == suite.Extra {
			return
		}
		i := slices.IndexFunc(all, func(c Cause) bool { return causeOf(c.First.Case.Verdict) == key })
		if i < 0 {
			if !known(f.Case.Verdict) {
				return
			}
			i = len(all)
			all = append(all, Cause{Text: textOf(f.Case.Verdict), First: f})
		}
		all[i].add(f)
	}
	failed := make(map[string]string) // by case, the cause of its failure
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			if c.Verdict.Failed() {
				failed[c.Test+"/"+c.Name] = causeOf(c.Verdict)
			}
		}
	}
	first := make(map[string]string) // by test, the cause of what fails first in it, or keeps it from being run
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			key := ""
			switch {
			case c.Verdict.Kind == verdict.NotRun:
				key = first[c.Verdict.About]
			case c.Verdict.Kind == verdict.Leak:
				key = cmp.Or(failed[c.Verdict.In], causeOf(c.Verdict))
			case known(c.Verdict):
				key = causeOf(c.Verdict)
			}
			if key == "" {
				continue
			}
			first[c.Test] = cmp.Or(first[c.Test], key)
			count(key, Failure{p, part, c})
		}
	}
	slices.SortStableFunc(all, func(a, b Cause) int {
		return cmp.Or(b.races()-a.races(), b.core-a.core, b.Points-a.Points)
	})
	return all
}

// races is 1 if the cause is a data race.
func (c Cause) races() int {
	if c.First.Case.Verdict.Kind == verdict.Race {
		return 1
	}
	return 0
}

// add counts a case that has not passed because of c.
func (c *Cause) add(f Failure) {
	c.Cases++
	c.Points += f.Case.Points
	if f.Case.Group == suite.Core {
		c.core += f.Case.Points
	}
	first, v := c.First.Case, f.Case.Verdict
	isRule := func(r suite.Record) bool { return r.Verdict.Failed() && r.Test+"/"+r.Name == r.Verdict.About }
	if !isRule(first) && isRule(f.Case) || !first.Verdict.Failed() && v.Failed() {
		c.First = f
	}
}

// known reports whether a verdict says what is wrong with the program, or what it lacks.
func known(v verdict.Verdict) bool {
	return v.Failed() || v.Kind == verdict.NotChecked && v.Cause != ""
}

// causeOf returns what verdicts with the same cause have in common.
func causeOf(v verdict.Verdict) string { return cmp.Or(v.Cause, v.About) }

// textOf returns the cause of a verdict in words.
func textOf(v verdict.Verdict) string {
	if v.Cause != "" {
		return v.Cause
	}
	_, name, _ := strings.Cut(v.About, "/")
	return cmp.Or(spaced(name), first(v.Message))
}

// cause returns the cause of a failure, with all points that it costs.
func (f Failure) cause() Cause {
	for _, c := range f.Program.Causes() {
		if causeOf(c.First.Case.Verdict) == causeOf(f.Case.Verdict) {
			return c
		}
	}
	return Cause{}
}

// causes writes the causes of the lost points of a program, if one of them is in more than one
// case.
func (p *page) causes(program Program) {
	const most = 6
	all := program.Causes()
	if !slices.ContainsFunc(all, func(c Cause) bool { return c.Cases > 1 }) {
		return
	}
	p.line("Lost points of %s, by rule or cause:", program.Name)
	for i, c := range all {
		if i == most {
			p.line("       and %s", counted(len(all)-most, "other cause"))
			break
		}
		p.indent("       ", "         ", c.String())
	}
}
