package goroutine

import (
	"regexp"
	"strings"
)

// raced opens a report of the race detector.
const raced = "==================\nWARNING: DATA RACE\n"

// Race returns the sentence about the first data race in output, of a process that has
// found n of them; "" if there is none.
func Race(output string, n int) string {
	race := explainRace(output)
	if race == "" && n > 0 {
		return "the race detector has found a data race; where is unknown, since the program has closed or replaced standard error"
	}
	return race
}

var access = regexp.MustCompile(`(?m)^(?:Previous )?(?:atomic )?([Rr]ead|[Ww]rite) at 0x`)

// explainRace returns the sentence about the first data race in output,
// or "" if there is none.
func explainRace(output string) string {
	_, report, ok := strings.Cut(output, raced)
	if !ok {
		return ""
	}
	report, _, _ = strings.Cut(report, "\n==================")
	var stacks []goroutine
	var all []string // the verb of each
	for _, m := range access.FindAllStringSubmatchIndex(report, -1) {
		stack, _, _ := strings.Cut(report[m[1]:], "\n\n")
		stacks, all = append(stacks, raceStack(stack)), append(all, strings.ToLower(report[m[2]:m[3]])+"s")
	}
	var places, verbs []string
	for i, g := range stacks {
		f, ok := g.ownFrame()
		if g.lacksReader() {
			f, ok = reader(f, stacks[len(stacks)-1-i])
		}
		if ok {
			places, verbs = append(places, f.place()), append(verbs, all[i])
		}
	}
	switch {
	case len(places) == 0:
		return "a data race: two goroutines use a variable at the same time, and one writes it"
	case len(places) == 1:
		return places[0] + " " + verbs[0] + " a variable that another goroutine uses at the same time"
	case places[0] == places[1]: // who has read or written there is by chance
		return places[0] + " changes a variable in two goroutines at the same time"
	}
	return places[0] + " " + verbs[0] + " a variable while " + places[1] + " " + verbs[1] + " it"
}

// raceStack returns the frames of one stack of a report by the race detector.
func raceStack(stack string) goroutine {
	g := goroutine{}
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\r\n")
		if g.place(line) {
			continue
		}
		if call := strings.TrimSpace(line); strings.HasSuffix(call, ")") {
			g.frames = append(g.frames, frame{call: callOf(call)})
		}
	}
	return g
}

// lacksReader reports whether a stack is that of a read of a map in Go 1.27: there, the frame
// of the runtime's second function is in place of the one that reads.
func (g goroutine) lacksReader() bool {
	return len(g.frames) > 1 && strings.HasPrefix(g.frames[0].call, "runtime.mapaccess2") && strings.HasPrefix(g.frames[1].call, "runtime.mapaccess1")
}

// reader returns the frame that reads a map, which a stack lacks, if the other stack of the
// report has the same caller: then both are of one function.
func reader(caller frame, other goroutine) (frame, bool) {
	f, ok := other.ownFrame()
	for i, g := range other.frames {
		if ok && g == f && i+1 < len(other.frames) {
			return f, other.frames[i+1] == caller
		}
	}
	return frame{}, false
}
