package mistakes

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A guess needs at least the likeness enough, and must be better than the next best
// by margin. TestLikeIsRarelyWrong measures both.
const (
	enough = 0.9
	margin = 0.1
)

// Like returns the known mistake that the failures of p are most like. ok is false if
// they are like none of them, or like several equally, or if p has full marks or could
// not be graded.
//
// A program is like a mistake if the same cases fail with the same kinds of failure. How
// much, from 0 to 1, is the share of the words of the mistake's messages that are in
// those of p, averaged over the cases. Data races and goroutine leaks alone are like none:
// many mistakes lead to them, and the cases that collect them tell no more.
func Like(all []Mistake, p report.Program) (m Mistake, ok bool) {
	if p.Verdict.Kind != "" || p.Score(suite.Core).Full() && p.Score(suite.Robustness).Full() {
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

// likeness returns how much the failures of p are like those of m, from 0 to 1; 0 if
// other cases fail, or with other kinds of failure.
func (m Mistake) likeness(p report.Program) float64 {
	if strings.TrimPrefix(m.Program, "solutions/") != p.Exercise+"/"+p.Name {
		return 0
	}
	expected := make(map[string]Failure)
	for _, f := range m.Fails {
		expected[f.Case] = f
	}
	total, n := 0.0, 0
	specific := false
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			f, ok := expected[c.Test+"/"+c.Name]
			delete(expected, f.Case)
			if m.ignores(c) {
				continue
			}
			if ok != failed(part, c) {
				return 0
			}
			if !ok {
				continue
			}
			kind := c.Verdict.Kind
			if f.Verdict().Kind != kind {
				return 0
			}
			specific = specific || kind != verdict.Race && kind != verdict.Leak
			total += f.likeness(c.Verdict.String())
			n++
		}
	}
	for name := range expected { // cases that were not asked of p
		if !strings.HasPrefix(name, clients) {
			return 0
		}
	}
	if !specific {
		return 0
	}
	return total / float64(n)
}

// clients is the test with the FTP clients that people use.
const clients = "TestClients/"

// ignores reports whether c says nothing about m. Extra cases are those of verbs that most
// servers lack; the clients that people use are not on every machine, and data races are
// found only by the race detector.
func (m Mistake) ignores(c suite.Record) bool {
	return c.Group == suite.Extra ||
		c.Test+"/" == clients ||
		c.Name == "has_no_data_race" && !m.Race
}

// failed reports whether c, a case of part, was found wrong, or was not run though others
// of its part were.
func failed(part report.Part, c suite.Record) bool {
	ran := func(c suite.Record) bool { return c.Verdict.Kind != verdict.NotRun }
	return c.Verdict.Failed() || !ran(c) && slices.ContainsFunc(part.Cases, ran)
}

// kinds are the kinds of failure that [verdict.Verdict.String] names.
var kinds = []verdict.Kind{
	verdict.NotConcurrent, verdict.Hung, verdict.Busy, verdict.Leak, verdict.Race,
	verdict.Crashed, verdict.Exited, verdict.Flooded, verdict.NotRun,
}

// Verdict returns the verdict whose first line is what f says.
func (f Failure) Verdict() verdict.Verdict {
	says := strings.TrimPrefix(f.Says, string(suite.Extra)+": ")
	for _, k := range kinds {
		if message, ok := strings.CutPrefix(says, string(k)+": "); ok {
			return verdict.Verdict{Kind: k, Message: message}
		}
	}
	return verdict.Verdict{Kind: verdict.Wrong, Message: says}
}

// likeness returns how much message is like what f says, from 0 to 1: the share of the words
// of one that are in the other, the smaller of both ways. Where f says * for words of the
// message, not only for what is quoted of the program, message may have more of them.
func (f Failure) likeness(message string) float64 {
	says, got := words(f.Says), words(message)
	if strings.Contains(fromProgram.ReplaceAllString(f.Says, " "), "*") {
		return share(says, got)
	}
	return min(share(says, got), share(got, says))
}

// share returns how many of the words wanted are in got, from 0 to 1.
func share(wanted, got []string) float64 {
	if len(wanted) == 0 {
		return 1
	}
	n := 0
	for _, word := range wanted {
		if slices.Contains(got, word) {
			n++
		}
	}
	return float64(n) / float64(len(wanted))
}

// fromProgram matches what a message quotes of the program: text in quotes or
// parentheses, and names of files.
var fromProgram = regexp.MustCompile(`"(\\.|[^"\\])*"|\([^)]*\)|\S+\.go:\S+`)

// words returns the words of the first line of a message, without numbers and without what
// it quotes of the program.
func words(message string) []string {
	line, _, _ := strings.Cut(message, "\n")
	return strings.FieldsFunc(fromProgram.ReplaceAllString(line, " "), func(r rune) bool { return !unicode.IsLetter(r) })
}
