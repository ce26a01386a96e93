package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Class keeps what became of the programs of each student, for a page:
//
//	class := report.NewClass()
//	if err := class.Add("Ann", r); err != nil {
//		log.Fatal(err)
//	}
//	err := class.Write(w)
//
// Its methods are safe for concurrent use. It keeps at most maxTold bytes for each student.
type Class struct {
	mu       sync.Mutex // guards the rest
	title    string
	cases    []classCase
	students map[string]classStudent
	texts    map[string]string // each text that a student has, once
}

// maxTold is how many bytes are kept of what there is to say to a student. What is beyond
// is told in a line for each case.
const maxTold = 96 << 10

// A classCase is a case, whatever became of it.
type classCase struct {
	Program string      `json:"program"`
	Part    string      `json:"part"` // its title
	Test    string      `json:"test"`
	Name    string      `json:"name"` // with spaces
	Group   suite.Group `json:"group"`
	Points  int         `json:"points"`
}

// A classStudent is what became of the programs of a student.
type classStudent struct {
	Key        string            `json:"key"`      // the name as it was added
	Name       string            `json:"name"`     // as it can be shown
	Verdicts   string            `json:"verdicts"` // the code of a kind for each case
	Core       int               `json:"core"`
	Robustness int               `json:"robustness"`
	Extra      int               `json:"extra"`
	Like       map[string]string `json:"like,omitempty"` // by program, the known mistake that it looks like
	Told       map[int]int       `json:"told,omitempty"` // by case, the index of a text

	texts map[int]string // by case
}

// classKinds are the kinds of verdicts, with a letter and a mark for each.
var classKinds = []classKind{
	{verdict.Passed, "p", "✓", "p"},
	{verdict.Wrong, "w", "✗", "f"},
	{verdict.NotConcurrent, "c", "C", "f"},
	{verdict.Hung, "h", "H", "f"},
	{verdict.Busy, "b", "B", "f"},
	{verdict.Leak, "l", "L", "f"},
	{verdict.Race, "r", "R", "f"},
	{verdict.Crashed, "x", "X", "f"},
	{verdict.Exited, "e", "E", "f"},
	{verdict.Flooded, "o", "O", "f"},
	{verdict.DoesNotCompile, "d", "D", "f"},
	{verdict.Refused, "u", "U", "f"},
	{verdict.NotStarted, "s", "–", "o"},
	{verdict.NotFound, "f", "∅", "o"},
	{verdict.NotRun, "n", "·", "o"},
	{verdict.NotChecked, "k", "?", "o"},
	{verdict.GraderProblem, "g", "!", "o"},
}

// A classKind is a kind of verdicts on the page.
type classKind struct {
	Kind  verdict.Kind `json:"kind"`
	Code  string       `json:"code"` // a letter
	Mark  string       `json:"mark"`
	Class string       `json:"class"` // "p" if it has passed, "f" if it has failed, "o" otherwise
}

// kindOf returns a kind by its name, or the last one.
func kindOf(k verdict.Kind) classKind {
	i := slices.IndexFunc(classKinds, func(c classKind) bool { return c.Kind == k })
	if i < 0 {
		i = len(classKinds) - 1
	}
	return classKinds[i]
}

// kindOfCode returns a kind by its letter, or the last one.
func kindOfCode(code byte) classKind {
	i := slices.IndexFunc(classKinds, func(c classKind) bool { return c.Code[0] == code })
	if i < 0 {
		i = len(classKinds) - 1
	}
	return classKinds[i]
}

// NewClass returns a class without students.
func NewClass() *Class {
	return &Class{students: make(map[string]classStudent), texts: make(map[string]string)}
}

// Has reports whether a student is in the class.
func (c *Class) Has(student string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.students[student]
	return ok
}

// Fits reports whether students with a report on the same cases as r can be added.
func (c *Class) Fits(r Report) bool {
	r, err := r.final()
	c.mu.Lock()
	defer c.mu.Unlock()
	return err == nil && (c.cases == nil || slices.Equal(c.cases, casesOf(r)))
}

// Remove removes a student.
func (c *Class) Remove(student string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.students, student)
}

// Add adds a student, or takes the place of what is known of them. It is an error if the
// report has other cases than those of the students before.
func (c *Class) Add(student string, r Report) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	cases := casesOf(r)
	s := classStudent{
		Key: student, Name: cleanName(student), Core: r.Score(suite.Core).Earned, Robustness: r.Score(suite.Robustness).Earned, Extra: r.Score(suite.Extra).Earned,
		Like: make(map[string]string), texts: make(map[int]string),
	}
	codes := []byte{}
	size := 0
	for _, p := range r.Programs {
		if p.Like != "" {
			s.Like[p.Name] = p.Like
		}
		for _, part := range p.Parts {
			for _, record := range part.Cases {
				at := len(codes)
				codes = append(codes, kindOf(record.Verdict.Kind).Code[0])
				if passed(record) || p.Verdict.Kind != "" && record.Verdict.Message == "" {
					continue
				}
				text, err := toldHTML(tell(record))
				if size+len(text) > maxTold {
					text, err = toldHTML(told{First: headline(cut(record.Verdict.String(), maxName))})
				}
				if err != nil {
					return err
				}
				size += len(text)
				s.texts[at] = text
			}
		}
	}
	s.Verdicts = string(codes)
	return c.add(r.Title, cases, s)
}

// add adds a student. Texts that others have, too, are kept once.
func (c *Class) add(title string, cases []classCase, s classStudent) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cases == nil {
		c.title, c.cases = title, cases
	}
	if !slices.Equal(c.cases, cases) {
		return errOther
	}
	for at, text := range s.texts {
		if kept, ok := c.texts[text]; ok {
			s.texts[at] = kept
		} else {
			c.texts[text] = text
		}
	}
	c.students[s.Key] = s
	return nil
}

// errOther is that a page is about other cases than a report.
var errOther = errors.New("it is about other cases")

// casesOf returns the cases of a report, in order.
func casesOf(r Report) []classCase {
	var all []classCase
	for _, p := range r.Programs {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				all = append(all, classCase{p.Name, part.Title, part.Test, spaced(c.Name), c.Group, c.Points})
			}
		}
	}
	return all
}

// toldHTML returns a piece of a page.
func toldHTML(t told) (string, error) {
	var b strings.Builder
	err := toldPiece.ExecuteTemplate(&b, "told", t)
	return b.String(), err
}

var toldPiece = template.Must(template.New("told").Funcs(funcs).Parse(toldTemplate))

// Merge adds the students of another class. Those who are in both stay as they are. It is an
// error if the other is about other cases.
func (c *Class) Merge(other *Class) error {
	other.mu.Lock()
	title, cases, students := other.title, other.cases, slices.Collect(maps.Values(other.students))
	other.mu.Unlock()
	c.mu.Lock()
	fits := c.cases == nil || cases == nil || slices.Equal(c.cases, cases)
	c.mu.Unlock()
	if !fits {
		return errOther
	}
	for _, s := range students {
		if c.Has(s.Key) {
			continue
		}
		if err := c.add(title, cases, s); err != nil {
			return err
		}
	}
	return nil
}

// A classDoc is what the page holds as JSON, for its script and for [ReadClass].
type classDoc struct {
	Title    string         `json:"title"`
	Kinds    []classKind    `json:"kinds"`
	Cases    []classCase    `json:"cases"`
	Students []classStudent `json:"students"` // sorted by name
	Texts    []string       `json:"texts"`    // pieces of the page
}

// doc returns what the page is made of.
func (c *Class) doc() classDoc {
	c.mu.Lock()
	defer c.mu.Unlock()
	doc := classDoc{Title: c.title, Kinds: classKinds, Cases: c.cases, Students: []classStudent{}, Texts: []string{}}
	index := make(map[string]int)
	for _, name := range slices.Sorted(maps.Keys(c.students)) {
		s := c.students[name]
		s.Told = make(map[int]int)
		for _, at := range slices.Sorted(maps.Keys(s.texts)) {
			text := s.texts[at]
			if _, ok := index[text]; !ok {
				index[text] = len(doc.Texts)
				doc.Texts = append(doc.Texts, text)
			}
			s.Told[at] = index[text]
		}
		doc.Students = append(doc.Students, s)
	}
	return doc
}

// dataMark stands before the data of a page, in a line of its own.
const dataMark = `<script type="application/json" id="data">`

// ReadClass reads a page that Write has written. It is an error if r holds something else.
func ReadClass(r io.Reader) (*Class, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	_, data, ok := bytes.Cut(text, []byte("\n"+dataMark+"\n"))
	var doc classDoc
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&doc); !ok || err != nil {
		return nil, errors.New("it is not the page of a class")
	}
	c := NewClass()
	for _, s := range doc.Students {
		s.texts = make(map[int]string)
		for at, i := range s.Told {
			if i < 0 || i >= len(doc.Texts) {
				return nil, errors.New("it is not the page of a class")
			}
			s.texts[at] = doc.Texts[i]
		}
		if err := c.add(doc.Title, doc.Cases, s); err != nil || len(s.Verdicts) != len(doc.Cases) {
			return nil, errors.New("it is not the page of a class")
		}
	}
	return c, nil
}

//go:embed class.js
var classJS string

// Write writes the page: students and cases as a map, which cases fail most, which known
// mistakes the failures look like, and what there is to say to each student. It loads
// nothing from elsewhere. Its script sorts and filters the map and shows a student's board;
// without a script, the map and the lists are there all the same.
func (c *Class) Write(w io.Writer) error {
	doc := c.doc()
	if err := classTemplate.ExecuteTemplate(w, "head", newClassPage(doc)); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\n"+dataMark+"\n"); err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(doc); err != nil { // with < as \u003c
		return err
	}
	return classTemplate.ExecuteTemplate(w, "tail", nil)
}

// A classPage is what the page shows without its script.
type classPage struct {
	classDoc
	Programs         []classProgram
	Core, Robustness int // points that can be earned
	Extra            int
	Hardest          []hardCase
	Mistakes         []mistakeCount
	Full, NotStarted int // students
}

// A classProgram is a program, with its cases.
type classProgram struct {
	Name  string
	Cases int
}

// A hardCase is a case, with how many it has failed.
type hardCase struct {
	At int // its index
	classCase
	Failed, NotReached int // students
}

// A mistakeCount is a known mistake, with who may have made it.
type mistakeCount struct {
	Program, Title string
	Students       []string
}

func newClassPage(doc classDoc) classPage {
	page := classPage{classDoc: doc}
	for i, c := range doc.Cases {
		if n := len(page.Programs); n == 0 || page.Programs[n-1].Name != c.Program {
			page.Programs = append(page.Programs, classProgram{Name: c.Program})
		}
		page.Programs[len(page.Programs)-1].Cases++
		switch c.Group {
		case suite.Core:
			page.Core += c.Points
		case suite.Robustness:
			page.Robustness += c.Points
		default:
			page.Extra += c.Points
		}
		hard := hardCase{At: i, classCase: c}
		for _, s := range doc.Students {
			switch kindOfCode(s.Verdicts[i]).Class {
			case "f":
				hard.Failed++
			case "o":
				hard.NotReached++
			}
		}
		page.Hardest = append(page.Hardest, hard)
	}
	slices.SortStableFunc(page.Hardest, func(a, b hardCase) int {
		return cmp.Or(-cmp.Compare(a.Failed, b.Failed), -cmp.Compare(a.NotReached, b.NotReached))
	})
	page.Mistakes = mistakesOf(doc.Students)
	for _, s := range doc.Students {
		if s.Core == page.Core {
			page.Full++
		}
	}
	return page
}

// mistakesOf returns which known mistakes programs look like, the most frequent first.
func mistakesOf(students []classStudent) []mistakeCount {
	byTitle := make(map[[2]string][]string)
	for _, s := range students {
		for program, title := range s.Like {
			key := [2]string{program, title}
			byTitle[key] = append(byTitle[key], s.Name)
		}
	}
	var all []mistakeCount
	for key, names := range byTitle {
		all = append(all, mistakeCount{key[0], key[1], names})
	}
	slices.SortFunc(all, func(a, b mistakeCount) int {
		return cmp.Or(-cmp.Compare(len(a.Students), len(b.Students)), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Title, b.Title))
	})
	return all
}

// pageRows is how many rows the page shows at first: a browser lays out no others.
const pageRows = 50

// Rows are the students, with their cells.
func (p classPage) Rows() []classRow {
	var all []classRow
	for i, s := range p.Students {
		all = append(all, classRow{classStudent: s, At: i, Later: i >= pageRows})
	}
	return all
}

// A classRow is a row of the map.
type classRow struct {
	classStudent
	At    int
	Later bool // it is not shown at first
}

// Cells returns the cells of all cases.
func (r classRow) Cells() template.HTML {
	var b strings.Builder
	for i := range len(r.Verdicts) {
		k := kindOfCode(r.Verdicts[i])
		for _, s := range []string{"<td class=", k.Class, ">", k.Mark} {
			b.WriteString(s)
		}
	}
	return template.HTML(b.String())
}

// classFuncs are what the template of the page calls besides funcs.
var classFuncs = template.FuncMap{
	"script": func() template.JS { return template.JS(classJS) },
	"join":   func(names []string) string { return strings.Join(names, ", ") },
}

//go:embed class.html
var classHTML string

var classTemplate = template.Must(template.New("class").Funcs(funcs).Funcs(classFuncs).Parse(classHTML))
