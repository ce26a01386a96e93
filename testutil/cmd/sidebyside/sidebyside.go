// Package sidebyside shows two texts of a Go program in two columns, in which what
// belongs together stands beside each other.
//
//	text := sidebyside.Format(
//		sidebyside.Text{Title: "exercises/ex8.1/clock2/clock2.go", Body: mine},
//		sidebyside.Text{Title: "solutions/ex8.1/clock2/clock2.go", Body: theirs},
//		sidebyside.Style{Width: 80})
//
// The same functions stand beside each other, and in them the same lines:
//
//	func serve(ln net.Listener) error {      func serve(ln net.Listener) error {
//	    for {                                    for {
//	        conn, err := ln.Accept()                 conn, err := ln.Accept()
//	        if err != nil {               |          if errors.Is(err, net.ErrClosed) {
//	            return err                |              return nil
//	        }                                        }
//	                                      >          if err != nil {
package sidebyside

import (
	"strconv"
	"strings"
	"unicode"

	"example.com/workbook/testutil/kit/screen"
)

// A Text is one of two to show.
type Text struct {
	Title string // "exercises/ex8.1/clock2/clock2.go"
	Body  string
}

// A Style says how the texts are to look.
type Style struct {
	Width int  // how many columns there are, at least 40
	Color bool // what stands in one text only is colored
	ASCII bool // other characters are written as Go does in quotes, \u2026
}

// minWidth is how many columns two texts need.
const minWidth = 40

// The marks between lines: of those that are the same, that are not, and that only
// one text has.
const (
	alike     = "   "
	different = " | "
	leftOnly  = " < "
	rightOnly = " > "
)

// Format returns two texts side by side, below their titles. Lines that are too long
// for their column go on in the next row, further in.
func Format(left, right Text, style Style) string {
	p := &page{Style: style, column: (max(style.Width, minWidth) - len(alike)) / 2}
	p.row(p.visible(left.Title), alike, p.visible(right.Title), bold, bold)
	rule := strings.Repeat("-", p.column)
	p.row(rule, alike, rule, faint, faint)
	a, b := lines(left.Body), lines(right.Body)
	for _, r := range align(a, b) {
		switch {
		case r.right == none:
			p.row(p.visible(a[r.left]), leftOnly, "", cyan, "")
		case r.left == none:
			p.row("", rightOnly, p.visible(b[r.right]), "", green)
		case p.visible(a[r.left]) == p.visible(b[r.right]):
			p.row(p.visible(a[r.left]), alike, p.visible(b[r.right]), "", "")
		default:
			p.row(p.visible(a[r.left]), different, p.visible(b[r.right]), cyan, green)
		}
	}
	return p.text.String()
}

// lines returns the lines of a text, without their ends.
func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		all = append(all, strings.TrimRight(line, "\r\n"))
	}
	return all
}

// A page is a text in two columns that grows.
type page struct {
	Style
	column int // how many columns of the screen one of the two takes
	text   strings.Builder
}

// row writes two lines beside each other, each in its color.
func (p *page) row(left, mark, right, leftColor, rightColor string) {
	a, b := wrap(left, p.column), wrap(right, p.column)
	for i := range max(len(a), len(b)) {
		l, r := at(a, i), at(b, i)
		margin := strings.Repeat(" ", p.column-width(l))
		row := p.paint(leftColor, l) + margin + p.paint(faint, mark) + p.paint(rightColor, r)
		p.text.WriteString(strings.TrimRight(row, " "))
		p.text.WriteByte('\n')
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// The colors, by their numbers in an escape sequence.
const (
	bold  = "1"
	faint = "2"
	green = "32"
	cyan  = "36"
)

func (p *page) paint(color, text string) string {
	if !p.Color || color == "" || strings.Trim(text, " ") == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[m"
}

// visible returns a line as it can stand on a screen: without spaces at its end,
// with spaces for tabs, and with an escape sequence of Go for whatever would not
// show as one character.
func (p *page) visible(line string) string {
	var b strings.Builder
	column := 0
	for _, r := range strings.TrimRightFunc(line, unicode.IsSpace) {
		text := string(r)
		switch {
		case r == '\t':
			text = strings.Repeat(" ", tab-column%tab)
		case !unicode.IsGraphic(r), p.ASCII && r > unicode.MaxASCII:
			text = strings.Trim(strconv.QuoteRuneToASCII(r), "'")
		}
		column += width(text)
		b.WriteString(text)
	}
	return b.String()
}

// tab is how many columns there are between tab stops. Half of the usual is enough
// in half of a screen.
const tab = 4

// wrap breaks a line into pieces of at most column columns: at a space or similar character, if
// there is one far enough. All but the first begin further in than the line does.
func wrap(line string, column int) []string {
	inner := len(line) - len(strings.TrimLeft(line, " ")) + tab
	margin := strings.Repeat(" ", min(inner, column/2))
	var pieces []string
	for width(line) > column {
		end := fitting(line, column)
		if i := strings.LastIndexAny(line[:end], " (,."); i > 2*end/3 && line[end] != ' ' {
			end = i + 1
		}
		pieces = append(pieces, strings.TrimRight(line[:end], " "))
		line = margin + strings.TrimLeft(line[end:], " ")
	}
	return append(pieces, line)
}

// fitting returns how many bytes of text fit into so many columns.
func fitting(text string, columns int) int {
	for i, r := range text {
		if columns -= screen.Columns(r); columns < 0 {
			return i
		}
	}
	return len(text)
}

// width returns how many columns a text takes on a screen.
func width(text string) int {
	n := 0
	for _, r := range text {
		n += screen.Columns(r)
	}
	return n
}
