package walltest

import (
	"maps"
	"slices"
)

// Read returns what a person reads off a screen on which a wall has printed some text: the
// newest time that stands with each name; "" if the name is there without one. The
// names are those of first, which has the first line of each clock. What a clock says in
// the hour after that is its own time.
func Read(printed string, first map[string]string) map[string]string {
	var clocks []*clock
	for _, name := range slices.Sorted(maps.Keys(first)) {
		clocks = append(clocks, &clock{name: name, first: first[name]})
	}
	s := newScreen(len(clocks))
	s.Write([]byte(printed))
	return read(s.History(), clocks).shown
}
