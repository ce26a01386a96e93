package gradebook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// besideTitle matches what a system writes before and behind the title of a column:
//
//	Exercise 8.1 (4711)                                      Canvas
//	Assignment: Exercise 8.1 (Real)                          Moodle, in each language
//	Exercise 8.1 Points Grade <Numeric MaxPoints:92>         Brightspace
//	Exercise 8.1 [Total Pts: up to 100 Score] |12345         Blackboard
//	1: clock2 (27.0 pts)                                     Gradescope
var besideTitle = []*regexp.Regexp{
	regexp.MustCompile(inBrackets),
	regexp.MustCompile(kind),
	regexp.MustCompile(kind + "|" + inBrackets),
	regexp.MustCompile(` Points Grade( <.*>)?$| <.*>$`),
	regexp.MustCompile(`( \[[^\[\]]*\])? \|\d+$`),
}

// Parts of these.
const (
	kind       = `^\pL[\pL ]*: `
	inBrackets = ` \([^()]+\)$`
)

// column returns the column of that name, with what its system writes beside it or without.
// It is an error if several columns have the name.
func (s *Sheet) column(name string) (int, error) {
	header := s.header()
	if plain(name) == "" {
		return 0, fmt.Errorf("which column? The file has: %s", strings.Join(header, ", "))
	}
	for _, is := range []func(h string) bool{
		func(h string) bool { return h == name },
		func(h string) bool { return plain(h) == plain(name) },
		func(h string) bool {
			return slices.ContainsFunc(besideTitle, func(beside *regexp.Regexp) bool {
				return plain(beside.ReplaceAllString(h, "")) == plain(name)
			})
		},
	} {
		var all []int
		for i, h := range header {
			if is(h) {
				all = append(all, i)
			}
		}
		if len(all) == 1 {
			return all[0], nil
		}
		if len(all) > 1 {
			return 0, fmt.Errorf("%d columns have the name %q: %s", len(all), name, choices(header, all))
		}
	}
	return 0, fmt.Errorf("there is no column %q; the file has: %s", name, strings.Join(header, ", "))
}

// choices returns the names of some columns, and what to do about them.
func choices(header []string, columns []int) string {
	var names []string
	for _, i := range columns {
		names = append(names, header[i])
	}
	todo := "give the whole name of one"
	if slices.Sort(names); len(slices.Compact(slices.Clone(names))) < len(names) {
		todo = "rename one"
	}
	return strings.Join(names, ", ") + "; " + todo
}

// plain returns a name as it is compared: in lower case, with accents apart, and without spaces
// that cannot be seen.
func plain(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(decomposed(name))), " ")
}

// maxPoints matches the heading of a column that says how many points it takes, in Brightspace,
// Blackboard and Gradescope.
var maxPoints = regexp.MustCompile(`MaxPoints:(\d+(?:\.\d+)?)|\[[^\[\]\d]*(\d+(?:[.,]\d+)?)[^\[\]\d]*\] \|\d+$|\((\d+(?:\.\d+)?) pts\)$`)

// most returns how many points the column takes in a row, if that is known.
func (s *Sheet) most(l layout, row, column int) (most float64, known bool) {
	heading := s.value(0, column)
	text := s.value(row, s.named(l.max))
	if i := s.named(heading + " - max points"); i >= 0 { // Gradescope
		text = s.value(row, i)
	}
	for possible := range s.first() {
		if s.value(possible, 0) == pointsPossible {
			text = s.value(possible, column)
		}
	}
	if m := maxPoints.FindStringSubmatch(heading); m != nil {
		text = strings.Join(m[1:], "") // one of them
	}
	most, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	if err != nil && l.most > 0 {
		return float64(l.most), true
	}
	return most, err == nil
}
