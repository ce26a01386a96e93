package walltest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A table is what a person reads off a screen of names and times.
type table struct {
	shown     map[string]string // the latest time with each name; "" if it has none
	named     int               // rows with a name
	unnamed   []string          // times without a name
	order     []string          // the names in their order on the screen, again and again
	columns   bool              // names are above their times, or under them, in columns
	mixed     []string          // two times of one clock that are on one row
	mixedName string            // the name of that clock
}

// A word is a name or a time on a row.
type word struct {
	text       string
	start, end int // columns
	name       bool
}

var timeOfDay = regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`)

// read reads a screen that shows some of the clocks. A time belongs to a
// name if it is on the same row, and nearer to it than to others, or in a
// column with it. Later rows count for more than earlier ones.
func read(screen []string, clocks []*clock) table {
	var lines []line
	for _, text := range screen {
		lines = append(lines, wordsOn(text, clocks))
	}
	return readLines(lines, clocks)
}

// readLines is read of lines whose words have been found.
func readLines(lines []line, clocks []*clock) table {
	lines = newestLast(lines, clocks)
	best := namesOver(lines, clocks, false)
	for _, t := range []table{namesOver(lines, clocks, true), namesUnder(lines, clocks)} {
		if cmp.Or(cmp.Compare(t.own(clocks), best.own(clocks)), cmp.Compare(len(t.shown), len(best.shown))) > 0 {
			best = t
		}
	}
	return best
}

// own counts the names that have a time of their own.
func (t table) own(clocks []*clock) int {
	n := 0
	for _, c := range clocks {
		if _, ok := c.number(t.shown[c.name]); ok {
			n++
		}
	}
	return n
}

// namesOver reads a screen on which a line of names is over the times. Under a line of several
// names, a line with one is a remark about a clock, or in a grid the last of the lines of names.
func namesOver(lines []line, clocks []*clock, grid bool) table {
	t := table{shown: make(map[string]string)}
	var head words
	for _, l := range lines {
		names, times := t.row(l, clocks)
		switch {
		case len(names.all) == 1 && len(head.all) > 1 && !grid:
			// not a header: a remark
		case len(names.all) == 1:
			head = names
			t.put(names, nil, clocks) // a clock without a time
		case len(names.all) > 1:
			head = names
			t.fill(names, nil, clocks)
		case len(times.all) > 0 && len(head.all) > 0:
			t.columns = t.columns || len(head.all) > 1 || len(clocks) == 1
			t.fill(head, inColumns(head, times), clocks)
		default:
			for _, w := range times.all {
				t.unnamed = append(t.unnamed, w.text)
			}
		}
	}
	return t
}

// namesUnder reads a screen on which a line of names is under the times.
func namesUnder(lines []line, clocks []*clock) table {
	t := table{shown: make(map[string]string)}
	var times words
	for _, l := range lines {
		names, more := t.row(l, clocks)
		switch {
		case len(more.all) > 0:
			times = more
		case len(names.all) > 0:
			t.columns = t.columns || len(names.all) > 1
			t.put(names, inColumns(names, times), clocks)
			times = words{}
		}
	}
	return t
}

// row reads what a line says by itself, and returns the names on it
// without times, or the times without names.
func (t *table) row(l line, clocks []*clock) (names, times words) {
	names, times = l.names, l.times
	t.note(names)
	t.findMixed(times, clocks)
	if len(names.all) > 0 && len(times.all) > 0 {
		t.put(names, onRow(names, times, clocks), clocks)
		return words{}, words{}
	}
	return names, times
}

// words are the names, or the times, on a line.
type words struct {
	line string
	all  []word
}

// A line is what is on one of the screen, from left to right.
type line struct{ names, times words }

// wordsOn returns the names and the times on a line of text, these as a clock sends
// them. Times that no clock can have shown are left out: a program may add its own.
func wordsOn(text string, clocks []*clock) line {
	names, times := words{line: text}, words{line: text}
	for _, c := range clocks {
		for _, at := range c.nameOn(text) {
			names.all = append(names.all, wordAt(text, at, at+len(c.name), c.name, true))
		}
	}
	slices.SortFunc(names.all, func(a, b word) int { return cmp.Compare(a.start, b.start) })
	for _, w := range timesOn(text) {
		if owner(w.time, clocks) != nil {
			times.all = append(times.all, wordAt(text, w.from, w.to, w.time, false))
		}
	}
	return line{names, times}
}

// nameOn returns where the clock's name is on a line as a word, in any case.
func (c *clock) nameOn(line string) []int {
	var all []int
	for at := 0; at+len(c.name) <= len(line); at++ {
		if strings.EqualFold(line[at:at+len(c.name)], c.name) &&
			!endsInWord(line[:at]) && !startsWithWord(line[at+len(c.name):]) {
			all = append(all, at)
		}
	}
	return all
}

func endsInWord(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func startsWithWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func wordAt(line string, from, to int, text string, name bool) word {
	start := utf8.RuneCountInString(line[:from])
	return word{text: text, start: start, end: start + utf8.RuneCountInString(line[from:to]), name: name}
}

// owner returns the clock that can have shown a time, or nil.
func owner(text string, clocks []*clock) *clock {
	for _, c := range clocks {
		if _, ok := c.number(text); ok {
			return c
		}
	}
	return nil
}

// note keeps the order of names.
func (t *table) note(names words) {
	if len(names.all) > 0 {
		t.named++
	}
	for _, w := range names.all {
		t.order = append(t.order, w.text)
	}
}

// findMixed looks for two times of one clock on a row.
func (t *table) findMixed(times words, clocks []*clock) {
	seen := make(map[*clock]string)
	for _, w := range times.all {
		c := owner(w.text, clocks)
		if old, ok := seen[c]; ok && old != w.text && t.mixed == nil {
			t.mixed, t.mixedName = []string{old, w.text}, c.name
		}
		seen[c] = w.text
	}
}

// put shows, for each of the names, its times. Of several,
// its own counts.
func (t *table) put(names words, with map[string][]string, clocks []*clock) {
	for _, w := range names.all {
		t.shown[w.text] = ""
		for _, text := range with[w.text] {
			if t.shown[w.text] == "" || owner(text, clocks).name == w.text {
				t.shown[w.text] = text
			}
		}
	}
}

// fill is put for names over columns. A row may have times for some of them; the others
// keep what is above.
func (t *table) fill(names words, with map[string][]string, clocks []*clock) {
	var filled words
	for _, w := range names.all {
		if _, ok := t.shown[w.text]; !ok || len(with[w.text]) > 0 {
			filled.all = append(filled.all, w)
		}
	}
	t.put(filled, with, clocks)
}

// inColumns gives each time to the name in its column: that with as many
// separators before it, if both lines have the same number of them, or else the
// nearest.
func inColumns(names, times words) map[string][]string {
	with := make(map[string][]string)
	for i, w := range times.all {
		var name word
		switch sep, ok := separator(names.line, times.line); {
		case ok:
			for _, n := range names.all {
				if cellOf(names.line, n, sep) == cellOf(times.line, w, sep) {
					name = n
				}
			}
		case len(times.all) == len(names.all):
			name = names.all[i]
		default:
			name = slices.MinFunc(names.all, func(a, b word) int {
				return cmp.Or(cmp.Compare(gap(a, w), gap(b, w)), cmp.Compare(offCentre(a, w), offCentre(b, w)))
			})
		}
		with[name.text] = append(with[name.text], w.text)
	}
	return with
}

// separator returns what separates the cells of two lines.
func separator(a, b string) (sep string, ok bool) {
	for _, sep := range []string{",", ";", "|", "│", "┃", "║"} {
		if n := strings.Count(a, sep); n > 0 && n == strings.Count(b, sep) {
			return sep, true
		}
	}
	return "", false
}

// cellOf returns in which of the cells of a line a word is.
func cellOf(line string, w word, sep string) int {
	return strings.Count(string([]rune(line)[:w.start]), sep)
}

// gap returns how many columns lie between two words.
func gap(a, b word) int { return max(0, a.start-b.end, b.start-a.end) }

// offCentre returns twice the distance of the middles of two words.
func offCentre(a, b word) int {
	d := a.start + a.end - b.start - b.end
	return max(d, -d)
}

// onRow gives each time to the name before it, or if that suits the clocks
// better, to the name after it.
func onRow(names, times words, clocks []*clock) map[string][]string {
	row := slices.Concat(names.all, times.all)
	slices.SortFunc(row, func(a, b word) int { return cmp.Compare(a.start, b.start) })
	before := toTheNameBefore(row)
	slices.Reverse(row)
	after := toTheNameBefore(row)
	if matches(after, clocks) > matches(before, clocks) {
		return after
	}
	return before
}

func toTheNameBefore(row []word) map[string][]string {
	with := make(map[string][]string)
	name := ""
	for _, w := range row {
		if w.name {
			name = w.text
		} else if name != "" {
			with[name] = append(with[name], w.text)
		}
	}
	return with
}

// matches counts the names that have a time of their own.
func matches(with map[string][]string, clocks []*clock) int {
	n := 0
	for _, c := range clocks {
		if slices.ContainsFunc(with[c.name], func(text string) bool { _, ok := c.number(text); return ok }) {
			n++
		}
	}
	return n
}

// isTable reports whether the names are as in a table: above their columns,
// once each, or all of them again and again in the same order. It is not a
// table if lines are added for one clock or another, as they come.
func (t table) isTable(clocks int) bool {
	if t.columns || len(t.order) <= clocks {
		return true
	}
	order := t.recent(clocks)
	for i := range order {
		if i+clocks < len(order) && order[i] != order[i+clocks] {
			return false
		}
	}
	return allDifferent(order[:clocks])
}

// shuffles reports whether all names come again and again, and their order changes.
func (t table) shuffles(clocks int) bool {
	if t.isTable(clocks) {
		return false
	}
	order := t.recent(clocks)
	for first := range clocks { // the first frame may lack a clock that was late
		whole := true
		for i := first; i+clocks <= len(order) && whole; i += clocks {
			whole = allDifferent(order[i : i+clocks])
		}
		if whole {
			return true
		}
	}
	return false
}

// recent returns the names in their order, of some of the last frames.
func (t table) recent(clocks int) []string {
	const frames = 40
	first := max(0, len(t.order)/clocks-frames) * clocks
	return t.order[first:]
}

func allDifferent(names []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(names)))) == len(names)
}

// newestLast returns lines with the order of the rows of times under a line of names turned round, if
// the newest of them is at the top.
func newestLast(lines []line, clocks []*clock) []line {
	lines = slices.Clone(lines)
	for i := 0; i < len(lines); {
		end := i
		for end < len(lines) && len(lines[end].names.all) == 0 {
			end++
		}
		if rows := lines[i:end]; descend(rows, clocks) {
			slices.Reverse(rows)
		}
		i = end + 1
	}
	return lines
}

// descend reports whether rows have times only, and no clock has a later one under an
// earlier one, but at least one an earlier one under a later one.
func descend(rows []line, clocks []*clock) bool {
	last := make(map[*clock]int)
	down := false
	for _, l := range rows {
		for _, w := range l.times.all {
			c := owner(w.text, clocks)
			k, _ := c.number(w.text)
			if old, ok := last[c]; ok {
				if k > old {
					return false
				}
				down = down || k < old
			}
			last[c] = k
		}
	}
	return down
}
