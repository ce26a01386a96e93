package screen

import "strings"

const (
	blank = ' '
	tail  = -1 // the second half of the wide rune to the left
)

// A row holds the rune in each column.
type row []rune

// blankRows returns n rows of width blanks.
func blankRows(n, width int) []row {
	rows := make([]row, n)
	for i := range rows {
		rows[i] = make(row, width)
		rows[i].clear()
	}
	return rows
}

// String returns the text of r without the blanks at its end.
func (r row) String() string {
	var b strings.Builder
	for _, c := range r {
		if c != tail {
			b.WriteRune(c)
		}
	}
	return strings.TrimRight(b.String(), string(blank))
}

// put sets the columns at col to c, which takes n of them.
func (r row) put(col int, c rune, n int) {
	r.erase(col, col+n)
	r[col] = c
	if n == 2 {
		r[col+1] = tail
	}
}

// erase blanks the columns from from up to to.
func (r row) erase(from, to int) {
	to = min(to, len(r))
	r.split(from)
	r.split(to)
	r[from:to].clear()
}

// clear blanks all of r.
func (r row) clear() {
	for i := range r {
		r[i] = blank
	}
}

// insert moves the columns from col on right by n.
func (r row) insert(col, n int) {
	n = min(n, len(r)-col)
	r.split(col)
	r.split(len(r) - n)
	copy(r[col+n:], r[col:])
	r[col : col+n].clear()
}

// delete moves the columns after the n at col left into their place.
func (r row) delete(col, n int) {
	n = min(n, len(r)-col)
	r.split(col)
	r.split(col + n)
	copy(r[col:], r[col+n:])
	r[len(r)-n:].clear()
}

// split blanks the wide rune, if any, that has its second half in col:
// something is about to come between its halves.
func (r row) split(col int) {
	if col < len(r) && r[col] == tail {
		r[col-1], r[col] = blank, blank
	}
}
