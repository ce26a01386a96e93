// Package gradebook fills the points of students into the CSV files of course systems.
//
//	sheet, err := gradebook.Parse(text)
//	if err != nil {
//		log.Fatal(err)
//	}
//	rest, err := sheet.Fill("Exercise 8.1", students)
//	if err != nil {
//		log.Fatal(err)
//	}
//	os.WriteFile("filled.csv", sheet.Bytes(), 0o666)
//
// It knows the gradebooks of Canvas and Blackboard, and the grading worksheet and the gradebook
// of Moodle, by their columns. It also knows the files of Brightspace, Gradescope, Classroom 50
// and PrairieLearn.
package gradebook

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Student is one whose points are to be filled in. What is not known is empty.
type Student struct {
	Name     string // differs from those of the others
	FullName string // may not; "" if it is the Name
	Site     string // the system that the ID is of
	ID       string
	Username string
	Email    string
	Points   float64
	Max      float64 // how many there are
	None     bool    // there are no points to fill in
}

// Rest is what was not filled in.
type Rest struct {
	Students []string // without a row
	Rows     []string // without a student
	Kept     []string // whose cell says something that points must not replace
	Unclear  []string // students who have no row of their own, since others have the same name or number
}

// A layout is what the columns of a system's file mean. Names are compared in lower case.
type layout struct {
	site    string   // "" if it has no identifiers of its own
	columns []string // by which it is known
	id      string   // the column of the site's identifiers
	fill    string   // the column to fill if none is named
	percent string   // the column that takes a percentage
	max     string   // the column that says how many points there are
	most    int      // how many points it takes where nothing says so; 0 for any
}

var layouts = []layout{
	{site: "Canvas", columns: []string{"student", "id", "section"}, id: "id"},
	{site: "Moodle", columns: []string{"identifier", "grade"}, id: "identifier", fill: "grade", max: "maximum grade"},
	{site: "Brightspace", columns: []string{"orgdefinedid", "end-of-line indicator"}},
	{site: "Classroom 50", columns: []string{"username", "score", "max_score"}, fill: "score", max: "max_score"},
	{site: "PrairieLearn", columns: []string{"uid", "instance"}, fill: "score_perc", percent: "score_perc", max: "max_points"},
	{site: "Gradescope", columns: []string{"sid"}, id: "sid", fill: "total score", max: "max points"},
	{columns: []string{"email address"}, most: 100}, // Moodle's gradebook
}

// Fill fills the points into the column of that name, or if there is none, into the one
// that the system has for them. It is an error if a student has more points than the column
// takes; then nothing is filled in.
func (s *Sheet) Fill(column string, students []Student) (Rest, error) {
	l := s.layout()
	if column == "" && s.named(l.fill) >= 0 {
		column = l.fill
	}
	at, err := s.column(column)
	if err != nil {
		return Rest{}, err
	}
	if err := s.identified(l, at); err != nil {
		return Rest{}, err
	}
	if l.site == "Moodle" && l.max == "" { // in another language, beside the grade
		l.max = s.value(0, at+1)
	}
	rowOf, unclear := s.match(l, students)
	first := s.first()
	var rest Rest
	filled := make(map[int]string)
	for i, student := range students {
		row, ok := rowOf[i]
		switch {
		case !ok && len(unclear[i]) > 0 && !student.None:
			rest.Unclear = append(rest.Unclear, student.Name)
			continue
		case !ok && !student.None:
			rest.Students = append(rest.Students, student.Name)
			continue
		case student.None:
			continue
		}
		points := s.number(at, student.Points)
		most, known := s.most(l, row, at)
		percent := l.percent != "" && strings.EqualFold(s.value(0, at), l.percent)
		switch {
		case percent && student.Max == 0:
			return Rest{}, fmt.Errorf("%s can have no points, of which a percentage would be", student.Name)
		case percent && student.Points > student.Max:
			return Rest{}, fmt.Errorf("%s has %v of %v points, and %q takes at most 100%%: the site would drop them; fill in other points",
				student.Name, student.Points, student.Max, s.value(0, at))
		case percent:
			points = s.number(at, 100*student.Points/student.Max)
		case known && student.Points > most:
			return Rest{}, fmt.Errorf("%s has %v points, and %q takes at most %v: the site would drop them; raise its maximum, or fill in other points",
				student.Name, student.Points, s.value(0, at), most)
		}
		if strings.EqualFold(s.value(row, at), "EX") {
			rest.Kept = append(rest.Kept, student.Name)
		} else {
			filled[row] = points
		}
	}
	taken := make(map[int]bool)
	for i := range students {
		if row, ok := rowOf[i]; ok {
			taken[row] = true
			continue
		}
		for _, row := range unclear[i] {
			taken[row] = true
		}
	}
	for row := first; row < len(s.rows); row++ {
		if points, ok := filled[row]; ok {
			s.set(row, at, points)
		} else if !taken[row] && !s.blank(row) {
			rest.Rows = append(rest.Rows, s.name(row))
		}
	}
	return rest, nil
}

// number returns a number as the column has them, with at most two digits behind the comma.
func (s *Sheet) number(column int, n float64) string {
	text := strconv.FormatFloat(n, 'f', 2, 64)
	text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	for row := range s.rows {
		if s.comma == ';' && decimalComma.MatchString(s.value(row, column)) {
			return strings.ReplaceAll(text, ".", ",")
		}
	}
	return text
}

var decimalComma = regexp.MustCompile(`^\d+,\d+$`)

// layout returns the layout of the sheet; one without names if it is of no known system.
func (s *Sheet) layout() layout {
	for _, l := range layouts {
		if !slices.ContainsFunc(l.columns, func(name string) bool { return s.named(name) < 0 }) {
			return l
		}
	}
	for row := s.first(); row < len(s.rows); row++ {
		if !s.blank(row) && !participant.MatchString(s.value(row, 0)) {
			return layout{}
		}
	}
	return layout{site: "Moodle", id: s.value(0, 0)} // in another language
}

// participant matches the identifiers of Moodle's worksheet.
var participant = regexp.MustCompile(`^\PN+ \d+$`)

// named returns the column of that name; -1 if there is none.
func (s *Sheet) named(name string) int {
	return slices.IndexFunc(s.header(), func(h string) bool { return name != "" && strings.EqualFold(h, name) })
}

// first returns the first row of a student. Those of Canvas begin behind the one that says
// how many points there are.
func (s *Sheet) first() int {
	for row := range min(len(s.rows), 4) {
		if s.value(row, 0) == pointsPossible {
			return row + 1
		}
	}
	return 1
}

const pointsPossible = "Points Possible"

// match returns the rows of students, by their indexes: those with their identifier, or
// their username, email or name. A value that two students or two rows have matches none: such
// rows of a student are unclear.
func (s *Sheet) match(l layout, students []Student) (found map[int]int, unclear map[int][]int) {
	found, unclear = make(map[int]int), make(map[int][]int)
	for _, key := range []struct {
		ofStudent func(Student) []string
		ofRow     func(row int) []string
	}{
		{
			func(student Student) []string {
				if student.Site != l.site {
					return nil
				}
				return []string{student.ID}
			},
			func(row int) []string { return []string{number(l, s.value(row, s.named(l.id)))} },
		},
		{
			func(student Student) []string {
				if student.Site == "" { // a folder that a teacher has named
					return []string{cmp.Or(student.Username, student.Name)}
				}
				return []string{student.Username}
			},
			func(row int) []string { return s.values(row, usernames...) },
		},
		{
			func(student Student) []string { return []string{student.Email} },
			func(row int) []string { return s.values(row, slices.Concat(emails, usernames)...) },
		},
		{
			func(student Student) []string {
				name := cmp.Or(student.FullName, student.Name)
				last, first, _ := strings.Cut(name, ",")
				return []string{letters(name), letters(first + last)}
			},
			func(row int) []string { return s.names(row) },
		},
	} {
		byKey := index(len(students), func(i int) []string { return key.ofStudent(students[i]) })
		rows := index(len(s.rows)-s.first(), func(i int) []string { return key.ofRow(i + s.first()) })
		for text, all := range byKey {
			at := rows[text]
			if len(all) > 1 || len(at) > 1 {
				for _, i := range all {
					for _, row := range at {
						unclear[i] = append(unclear[i], row+s.first())
					}
				}
				continue
			}
			if len(at) == 1 {
				row := at[0] + s.first()
				if _, ok := found[all[0]]; !ok && !slices.Contains(values(found), row) {
					found[all[0]] = row
				}
			}
		}
	}
	return found, unclear
}

// The columns that say who a student is, beside that of the site's identifiers.
var (
	usernames  = []string{"username", "sis login id", "uid", "login", "github_username"}
	emails     = []string{"email", "email address"}
	wholeNames = []string{"student", "full name", "name"}
	nameParts  = [][2]string{{"first name", "last name"}, {"first_name", "last_name"}, {"first name", "surname"}}
)

// identified returns an error if no column says who a student is, or the one to fill does.
func (s *Sheet) identified(l layout, fill int) error {
	columns := slices.Concat([]string{l.id}, usernames, emails, wholeNames)
	for _, parts := range nameParts {
		columns = append(columns, parts[:]...)
	}
	some := false
	for _, name := range columns {
		i := s.named(name)
		if i == fill {
			return fmt.Errorf("%q says who a student is: points cannot be written there", s.value(0, i))
		}
		some = some || i >= 0
	}
	if !some {
		return fmt.Errorf("no column says who a student is, such as ID, Username, Email address or Name; the file has: %s", strings.Join(s.header(), ", "))
	}
	return nil
}

// values returns the values of a map.
func values(m map[int]int) []int {
	var all []int
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// index returns which of n have each key, in lower case.
func index(n int, keys func(i int) []string) map[string][]int {
	found := make(map[string][]int)
	for i := range n {
		for _, key := range keys(i) {
			key = strings.ToLower(decomposed(key))
			if key != "" && !slices.Contains(found[key], i) {
				found[key] = append(found[key], i)
			}
		}
	}
	return found
}

var lastNumber = regexp.MustCompile(`\d+$`)

// number returns an identifier as the names of the export have it: of Moodle's "Participant
// 501" the number, in each language.
func number(l layout, text string) string {
	if l.site == "Moodle" {
		return lastNumber.FindString(text)
	}
	return strings.TrimPrefix(text, "#")
}

// values returns what a row has in the columns of those names.
func (s *Sheet) values(row int, names ...string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.TrimPrefix(s.value(row, s.named(name)), "#"))
	}
	return all
}

// names returns how the name of the student in a row may be written, in letters only.
func (s *Sheet) names(row int) []string {
	var all []string
	for _, column := range wholeNames {
		name := s.value(row, s.named(column))
		all = append(all, letters(name))
		if last, first, ok := strings.Cut(name, ","); ok {
			all = append(all, letters(first+last))
		}
	}
	for _, parts := range nameParts {
		first, last := letters(s.value(row, s.named(parts[0]))), letters(s.value(row, s.named(parts[1])))
		if first+last != "" {
			all = append(all, first+last, last+first)
		}
	}
	return all
}

// letters returns the letters and digits of a name, in lower case, with accents apart.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit) {
			return unicode.ToLower(r)
		}
		return -1
	}, decomposed(name))
}

// blank reports whether a row has nothing in it.
func (s *Sheet) blank(row int) bool {
	return !slices.ContainsFunc(s.rows[row].cells, func(cell string) bool { return strings.Trim(cell, `" `) != "" })
}

// name returns how to name a row: by its first two cells.
func (s *Sheet) name(row int) string {
	return strings.TrimRight(s.value(row, 0)+" "+s.value(row, 1), " ")
}
