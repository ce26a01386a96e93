package sidebyside

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A row is what stands beside each other: a line of the left text and one of the right,
// by their indexes. One of them is none if the other stands alone.
type row struct{ left, right int }

const none = -1

// align returns rows in which each line of both texts stands once, in order, and those
// that belong together stand beside each other as far as their order allows. Between
// them, what is different stands side by side, line by line. It takes time and memory
// in proportion to the product of the numbers of lines.
func align(left, right []string) []row {
	var rows []row
	i, j := 0, 0
	pairs := append(pair(left, right), row{len(left), len(right)})
	for _, p := range pairs {
		for ; i < p.left || j < p.right; i, j = i+1, j+1 {
			rows = append(rows, row{before(i, p.left), before(j, p.right)})
		}
		if p.left < len(left) {
			rows = append(rows, p)
		}
		i, j = p.left+1, p.right+1
	}
	return rows
}

// before returns i if that is less than end, and otherwise none.
func before(i, end int) int {
	if i < end {
		return i
	}
	return none
}

// pair returns, in order, the pairs of lines that belong together, of which the sum of
// weights is largest. It is a longest common subsequence, were all weights the same.
func pair(left, right []string) []row {
	a, b := newLines(left), newLines(right)
	best := make([][]int, len(a)+1) // best[i][j] is the largest sum in a[i:] and b[j:]
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := range slices.Backward(a) {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if w := weight(a[i], b[j]); w > 0 {
				best[i][j] = max(best[i][j], w+best[i+1][j+1])
			}
		}
	}
	var pairs []row
	last := row{none, none} // of pairs
	for i, j := 0, 0; i < len(a) && j < len(b); {
		w := weight(a[i], b[j])
		skipLeft, skipRight := best[i][j] == best[i+1][j], best[i][j] == best[i][j+1]
		switch {
		case w > 0 && best[i][j] == w+best[i+1][j+1]:
			last = row{i, j}
			pairs = append(pairs, last)
			i, j = i+1, j+1
		case skipLeft && (!skipRight || i-last.left <= j-last.right): // of two ways, the level one
			i++
		default:
			j++
		}
	}
	return pairs
}

// A line is what there is to know of one to find its place.
type line struct {
	text  string // without spaces at its end
	words string // without spaces at its beginning either
	plain bool   // without a letter: a lone brace, or nothing
	mark  string // what it declares, "func serve", or ends, "end of func serve"; or ""
}

func newLines(texts []string) []line {
	var all []line
	open := "" // the last declaration
	for _, text := range texts {
		l := line{text: strings.TrimRightFunc(text, unicode.IsSpace)}
		l.words = strings.TrimLeftFunc(l.text, unicode.IsSpace)
		l.plain = !strings.ContainsFunc(l.text, unicode.IsLetter)
		if l.text == "}" || l.text == ")" {
			l.mark = "end of " + open
		} else if l.mark = declared(l.text); l.mark != "" {
			open = l.mark
		}
		all = append(all, l)
	}
	return all
}

// declaration matches the first line of a declaration at the left margin. The receiver
// of a method is not looked at, as it may well have another name.
var declaration = regexp.MustCompile(`^(func|type|var|const|import)\s+(?:\([^)]*\)\s*)?(\w+|\()`)

// declared returns what a line declares: "func serve", "import (", or "" if nothing.
func declared(text string) string {
	if m := declaration.FindStringSubmatch(text); m != nil {
		return m[1] + " " + m[2]
	}
	return ""
}

// weight returns how much it is worth that two lines stand beside each other: most if
// they declare or end the same, and little for braces and empty lines, which are many.
// It is 0 if they do not belong together.
func weight(a, b line) int {
	switch same := a.text == b.text; {
	case a.mark != b.mark:
		return 0
	case a.mark != "" && same:
		return 101
	case a.mark != "":
		return 100
	case same && a.plain:
		return 1
	case same:
		return 5
	case a.words == b.words && !a.plain:
		return 4
	}
	return 0
}
