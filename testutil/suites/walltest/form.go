package walltest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// That a wall shows the times in the form in which its clocks send them is for one case to
// tell, in which that is strict. The others read some more forms.

// A timeWord is a time on a line of text.
type timeWord struct {
	from, to int
	time     string // as a clock sends it
}

// otherForm matches a time of day in the form of a clock, or in another one.
var otherForm = regexp.MustCompile(`\b(\d{1,2})[:.h](\d\d)[:.m](\d\d)(?: ?([AaPp])\.?[Mm]\b)?`)

// zeroless matches a time in the form of a clock, but for the zero of its hour.
var zeroless = regexp.MustCompile(`(?:^|[^\d:.])(\d:\d\d:\d\d)(?:$|[^\d:.])`)

// halfOfDay matches what makes a time before it one of half a day.
var halfOfDay = regexp.MustCompile(`^ ?[AaPp]\.?[Mm]\b`)

// timesOn returns the times on a line, from left to right.
func timesOn(line string) []timeWord {
	var all []timeWord
	for _, at := range timeOfDay.FindAllStringIndex(line, -1) {
		if !halfOfDay.MatchString(line[at[1]:]) {
			all = append(all, timeWord{at[0], at[1], line[at[0]:at[1]]})
		}
	}
	if len(all) > 0 { // the others on the line can only lack the zero of their hour
		for _, at := range zeroless.FindAllStringSubmatchIndex(line, -1) {
			all = append(all, timeWord{at[2], at[3], "0" + line[at[2]:at[3]]})
		}
		slices.SortFunc(all, func(a, b timeWord) int { return cmp.Compare(a.from, b.from) })
		return all
	}
	for _, at := range otherForm.FindAllStringSubmatchIndex(line, -1) {
		part := func(i int) string { return line[max(0, at[2*i]):max(0, at[2*i+1])] }
		hour, _ := strconv.Atoi(part(1))
		if half := strings.ToUpper(part(4)); half != "" && hour <= 12 {
			hour = hour%12 + 12*strings.Index("AP", half)
		}
		all = append(all, timeWord{at[0], at[1], fmt.Sprintf("%02d:%s:%s", hour, part(2), part(3))})
	}
	return all
}

// inOtherForm returns an error if a clock is on the screen with times in another form than
// its own only.
func inOtherForm(lines []string, clocks []*clock) error {
	for _, c := range clocks {
		for _, line := range slices.Backward(lines) {
			for _, w := range timesOn(line) {
				if text := line[w.from:w.to]; text != w.time && owner(w.time, clocks) == c && !showsTimeOf(c, lines) {
					return wrongForm(c, text)
				}
			}
		}
	}
	return nil
}

// wrongForm is the error that a clock shows text, a time in another form than its own.
func wrongForm(c *clock, text string) error {
	return fmt.Errorf("%s shows %s: show the time in the form in which its clock sends it, %s", c.name, text, c.line(c.index()))
}
