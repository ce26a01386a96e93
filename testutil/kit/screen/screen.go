// Package screen models what a person sees on a terminal: it takes the bytes
// that a program writes and shows the text on the screen.
//
//	s := screen.New(80, 24)
//	cmd.Stdout = s
//	if err := cmd.Run(); err != nil {
//		...
//	}
//	fmt.Println(s)
//
// It behaves like xterm for a program that prints or redraws a table. It wraps and scrolls,
// moves the cursor, erases, and has an alternate screen. A line feed also returns the cursor
// to the first column, like a terminal device of the kernel.
//
// It does not support colors, scroll regions, or modes other than the alternate screen. It
// skips their sequences, and all unknown ones, so that none of their bytes appear as text.
package screen

import (
	"slices"
	"strings"
)

// maxHistory is how many of the rows that scrolled off a screen are kept.
const maxHistory = 10_000

// A Screen is the text on a terminal and the place where the next character
// goes. It is an [io.Writer] for a program's output.
//
// It is not safe for concurrent use.
type Screen struct {
	width, height int

	page          // that shows
	main    *page // to show again after the alternate page, nil while it shows
	history []string
	clips   bool // rows do not wrap: what is too long for one overwrites its last column

	parser
}

// A page is a screenful of text. The main one and the alternate one each have
// a cursor of their own.
type page struct {
	rows   []row
	cursor cursor
	saved  cursor
}

// A cursor is the place where the next character goes.
type cursor struct {
	row, col int

	// wrap means that the last column has just been filled. The cursor stays
	// there, and only the next character, if one comes, goes to the next row.
	wrap bool
}

// New returns an empty screen of width columns and height rows, of each of
// which there is at least one.
func New(width, height int) *Screen {
	s := &Screen{
		width:  max(width, 1),
		height: max(height, 1),
		parser: parser{state: ground},
	}
	s.reset()
	return s
}

// Lines returns the rows that show, from top to bottom, without blanks at the
// end of a row and without empty rows at the end of the screen. Combining marks
// are missing from them.
func (s *Screen) Lines() []string {
	rows := s.rows
	for len(rows) > 0 && rows[len(rows)-1].String() == "" {
		rows = rows[:len(rows)-1]
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.String())
	}
	return lines
}

// String returns the lines of the screen, joined by newlines.
func (s *Screen) String() string {
	return strings.Join(s.Lines(), "\n")
}

// History returns what a person sees who scrolls back: the rows that went off
// the top of the main screen, of which the last 10,000 are kept, and then the
// lines of the screen that shows.
func (s *Screen) History() []string {
	return slices.Concat(s.history, s.Lines())
}

// reset makes the screen as good as new.
func (s *Screen) reset() {
	s.page = page{rows: blankRows(s.height, s.width)}
	s.main = nil
	s.history = nil
	s.clips = false
}

// put shows r at the cursor.
func (s *Screen) put(r rune) {
	n := Columns(r)
	if n == 0 || n > s.width {
		return
	}
	switch {
	case s.clips:
		s.cursor.col = min(s.cursor.col, s.width-n)
	case s.cursor.wrap || s.cursor.col+n > s.width:
		s.newLine()
	}
	s.rows[s.cursor.row].put(s.cursor.col, r, n)
	s.cursor.col += n
	if s.cursor.col == s.width {
		s.cursor.col--
		s.cursor.wrap = !s.clips
	}
}

// moveTo moves the cursor to row and col, or as near as the screen allows.
func (s *Screen) moveTo(row, col int) {
	s.cursor = cursor{
		row: min(max(row, 0), s.height-1),
		col: min(max(col, 0), s.width-1),
	}
}

// tab moves the cursor to the next multiple of 8 columns.
func (s *Screen) tab() {
	s.cursor.col = min(s.cursor.col/8*8+8, s.width-1)
}

// newLine moves the cursor to the start of the next row.
func (s *Screen) newLine() {
	s.lineFeed()
	s.moveTo(s.cursor.row, 0)
}

// lineFeed moves the cursor down, and at the bottom the text up instead.
func (s *Screen) lineFeed() {
	if s.cursor.row == s.height-1 {
		s.scroll(1)
	}
	s.moveTo(s.cursor.row+1, s.cursor.col)
}

// reverseLineFeed moves the cursor up, and at the top the text down instead.
func (s *Screen) reverseLineFeed() {
	if s.cursor.row == 0 {
		s.insertRows(0, 1)
	}
	s.moveTo(s.cursor.row-1, s.cursor.col)
}

// scroll moves the text up by n rows. Those that go off the main page become
// history; the alternate page has none.
func (s *Screen) scroll(n int) {
	n = min(n, s.height)
	if s.main == nil {
		for _, r := range s.rows[:n] {
			s.history = append(s.history, r.String())
		}
		s.history = s.history[max(len(s.history)-maxHistory, 0):]
	}
	s.deleteRows(0, n)
}

// insertRows moves the rows from at on down by n.
func (s *Screen) insertRows(at, n int) {
	n = min(n, s.height-at)
	kept := slices.Delete(s.rows, s.height-n, s.height)
	s.rows = slices.Insert(kept, at, blankRows(n, s.width)...)
}

// deleteRows moves the rows after the n at at up into their place.
func (s *Screen) deleteRows(at, n int) {
	n = min(n, s.height-at)
	kept := slices.Delete(s.rows, at, at+n)
	s.rows = append(kept, blankRows(n, s.width)...)
}

// insertCells moves the text from the cursor on right by n columns.
func (s *Screen) insertCells(n int) {
	s.rows[s.cursor.row].insert(s.cursor.col, n)
	s.cursor.wrap = false
}

// deleteCells moves the text after the n columns at the cursor left into their
// place.
func (s *Screen) deleteCells(n int) {
	s.rows[s.cursor.row].delete(s.cursor.col, n)
	s.cursor.wrap = false
}

// eraseCells blanks n columns from the cursor on.
func (s *Screen) eraseCells(n int) {
	s.rows[s.cursor.row].erase(s.cursor.col, s.cursor.col+n)
	s.cursor.wrap = false
}

// An extent is what to erase of a row or of the screen.
// Its values are those of the parameter of CSI J and CSI K.
type extent int

const (
	toEnd     extent = iota // from the cursor on
	fromStart               // up to and including the cursor
	whole
	scrollback // which only the screen has
)

// eraseRow blanks a part of the cursor's row.
func (s *Screen) eraseRow(e extent) {
	r := s.rows[s.cursor.row]
	switch e {
	case toEnd:
		r.erase(s.cursor.col, s.width)
	case fromStart:
		r.erase(0, s.cursor.col+1)
	case whole:
		r.erase(0, s.width)
	}
	s.cursor.wrap = false
}

// eraseScreen blanks a part of the screen, or forgets its history.
func (s *Screen) eraseScreen(e extent) {
	var rows []row // besides the cursor's
	switch e {
	case toEnd:
		rows = s.rows[s.cursor.row+1:]
	case fromStart:
		rows = s.rows[:s.cursor.row]
	case whole:
		rows = s.rows
	case scrollback:
		s.history = nil
		return
	}
	for _, r := range rows {
		r.erase(0, s.width)
	}
	s.eraseRow(e)
}

func (s *Screen) saveCursor() {
	s.saved = s.cursor
}

func (s *Screen) restoreCursor() {
	s.cursor = s.saved
}

// enterAlternate shows an empty alternate page. The cursor stays where it is.
func (s *Screen) enterAlternate() {
	at := s.cursor
	if s.main == nil {
		main := s.page
		s.main = &main
	}
	s.page = page{rows: blankRows(s.height, s.width)}
	s.moveTo(at.row, at.col)
}

// leaveAlternate shows the main page again, with its cursor where it was.
func (s *Screen) leaveAlternate() {
	if s.main != nil {
		s.page = *s.main
		s.main = nil
	}
}
