package mistakes

import (
	"slices"
	"strings"
	"unicode"

	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/suite"
	"example.com/workbook/testutil/verdict"
)

// enough is the least likeness at which a program is said to look like a mistake, and
// margin is by how much it must be more than that of any other. Both are measured:
// see TestLikeIsRarelyWrong.
const (
	enough = 0.5
	margin = 0.1
)

// Like returns the known mistake that the failures of p are most like. ok is false if
// they are like none, or like several equally, or if p has all core and sturdy points or
// could not be graded.
//
// A program is like a mistake if the same cases fail, each with the same kind of
// failure. How much, from 0 to 1, is the share of the words of the mistake's messages
// that are in those of p, averaged over the cases. Quoted text is left out, for it comes
// from the program, and so are numbers and the names of files.
func Like(all []Mistake, p report.Program) (m Mistake, ok bool) {
	if p.Verdict.Kind != "" || p.Score(suite.Core).Full() && p.Score(suite.Sturdy).Full() {
		return Mistake{}, false
	}
	best, second := 0.0, 0.0
	for _, known := range all {
		if l := known.likeness(p); l > best {
			m, best, second = known, l, best
		} else {
			second = max(second, l)
		}
	}
	if best < enough || best-second < margin {
		return Mistake{}, false
	}
	return m, true
}

// likeness returns how much the failures of p are like those of m, from 0 to 1. Cases
// that earn no points are left out, and those of real clients, which depend on the machine.
// So is the case that collects data races, unless m has one: it fails only where there is
// a race detector.
func (m Mistake) likeness(p report.Program) float64 {
	if strings.TrimPrefix(m.Program, "solutions/") != p.Exercise+"/"+p.Name {
		return 0
	}
	wanted := make(map[string]Failure)
	for _, f := range m.Fails {
		if !strings.HasPrefix(f.Case, "TestClients/") {
			wanted[f.Case] = f
		}
	}
	total, n := 0.0, 0
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			name := c.Test + "/" + c.Name
			f, known := wanted[name]
			delete(wanted, name)
			if c.Group == suite.Extra || c.Test == "TestClients" || c.Name == "has_no_data_race" && !m.Race {
				continue
			}
			if known != Failed(part, c) || known && f.kind() != c.Verdict.Kind {
				return 0
			}
			if known {
				total += share(words(f.Says), words(c.Verdict.String()))
				n++
			}
		}
	}
	if n == 0 || len(wanted) > 0 {
		return 0
	}
	return total / float64(n)
}

// Failed reports whether c, a case of part, was found wrong, or was not run since
// others of its part were.
func Failed(part report.Part, c suite.Record) bool {
	ran := func(c suite.Record) bool { return c.Verdict.Kind != verdict.NotRun }
	return c.Verdict.Failed() || !ran(c) && slices.ContainsFunc(part.Cases, ran)
}

// kinds are those that a message begins with.
var kinds = []verdict.Kind{
	verdict.NotConcurrent, verdict.Hung, verdict.Busy, verdict.Leak, verdict.Race,
	verdict.Crashed, verdict.Exited, verdict.Flooded, verdict.NotRun,
}

// kind returns the kind of the failure, which [verdict.Verdict.String] puts first.
func (f Failure) kind() verdict.Kind {
	for _, k := range kinds {
		if strings.HasPrefix(f.Says, string(k)+": ") {
			return k
		}
	}
	return verdict.Wrong
}

// share returns how many of the words wanted are in got, from 0 to 1.
func share(wanted, got []string) float64 {
	if len(wanted) == 0 {
		return 1
	}
	n := 0
	for _, w := range wanted {
		if slices.Contains(got, w) {
			n++
		}
	}
	return float64(n) / float64(len(wanted))
}

// words returns the words of the first line of a message, without what is in quotes and
// without names of files.
func words(message string) []string {
	line, _, _ := strings.Cut(message, "\n")
	var all []string
	quoted := false
	for i, piece := range strings.Split(strings.ReplaceAll(line, `\"`, ""), `"`) {
		if quoted = i%2 == 1; quoted {
			continue
		}
		for field := range strings.FieldsSeq(piece) {
			if strings.Contains(field, ".go:") {
				continue
			}
			all = append(all, strings.FieldsFunc(field, func(r rune) bool { return !unicode.IsLetter(r) })...)
		}
	}
	return all
}
