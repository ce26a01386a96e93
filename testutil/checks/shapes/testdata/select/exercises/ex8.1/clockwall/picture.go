package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// picture returns the wall: the names over the times, in boxes.
func picture(clocks []*clock) string {
	var names, times, bars []string
	for _, c := range clocks {
		width := max(utf8.RuneCountInString(c.name), len("15:04:05"))
		names = append(names, fmt.Sprintf(" %-*s ", width, c.name))
		times = append(times, fmt.Sprintf(" %-*s ", width, c.text()))
		bars = append(bars, strings.Repeat("─", width+2))
	}
	return "┌" + strings.Join(bars, "┬") + "┐\n" +
		"│" + strings.Join(names, "│") + "│\n" +
		"├" + strings.Join(bars, "┼") + "┤\n" +
		"│" + strings.Join(times, "│") + "│\n" +
		"└" + strings.Join(bars, "┴") + "┘\n"
}
