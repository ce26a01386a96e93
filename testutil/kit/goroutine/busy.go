package goroutine

import (
	"fmt"
	"strings"
	"time"
)

// samples is how many times a busy process is looked at.
const samples = 50

// Polling looks at this process, which is busy, for some time. It returns the dump of a
// goroutine of the program that was seen at work and asleep in turn; "" if there is none.
func Polling() string {
	var seen wakings
	for range samples {
		time.Sleep(time.Millisecond)
		if asleep, ok := seen.add(Dump()); ok {
			return asleep
		}
	}
	return ""
}

// wakings are the goroutines of the program that were seen in dumps of one process, by
// their numbers.
type wakings struct {
	active map[int]bool
	asleep map[int]string // the part of the dump
}

// add looks at one more dump. It returns the part of a goroutine that was seen asleep,
// and active as well, if there is one.
func (w *wakings) add(dump string) (asleep string, ok bool) {
	if w.active == nil {
		w.active, w.asleep = make(map[int]bool), make(map[int]string)
	}
	for block := range strings.SplitSeq(dump, "\n\n") {
		for _, g := range goroutines(block) {
			if _, own := g.ownFrame(); !own || g.bubble == 0 {
				continue
			}
			if g.active() {
				w.active[g.number] = true
			} else if g.durable {
				w.asleep[g.number] = block
			}
			if w.active[g.number] && w.asleep[g.number] != "" {
				return w.asleep[g.number], true
			}
		}
	}
	return "", false
}

// Polls says where a goroutine is asleep that wakes up too often, from what [Polling] returned.
func Polls(block string) string {
	const often = "wakes up again and again, and does nothing else: sleep for some milliseconds, or wait in a Read or on a channel"
	for _, g := range goroutines(block) {
		if f, ok := g.ownFrame(); ok {
			return f.place() + " " + often
		}
	}
	return often
}

// Accepts says where a program calls Accept in too many goroutines, from the stack of one.
func Accepts(stack string) string {
	const (
		flood  = "starts goroutines without an end"
		advice = "call Accept in the loop itself, and use go for what follows"
	)
	for _, g := range goroutines(stack) {
		if f, ok := g.ownFrame(); ok {
			return fmt.Sprintf("%s calls Accept in thousands of goroutines at the same time, and the loop around it %s: %s", f.place(), flood, advice)
		}
	}
	return fmt.Sprintf("the program %s: each round of a loop with go must wait for something, such as Accept", flood)
}

// Busy says where the program is in a dump of a process that is busy.
func Busy(dump string) string {
	if g, f, ok := busiest(dump); ok && g.active() {
		return f.place() + " " + loops
	} else if ok {
		return f.place() + " or another goroutine " + loops
	}
	return "the program " + loops
}

// Flood says where the program is that has printed output, without end.
func Flood(output string) string {
	const sentence = "prints without end"
	if place, _, ok := logged(output); ok {
		return place + " " + sentence
	}
	if _, f, ok := busiest(output); ok {
		return f.place() + " " + sentence
	}
	return sentence
}

// Doing says what the program does, or waits for, in a dump at the end of output: "clock2.go:20
// is blocked on a nil channel: …"; "" if that does not show.
func Doing(output string) string {
	if g, f, ok := busiest(output); ok {
		return f.place() + " " + because(g, goroutines(output))
	}
	return ""
}

// busiest returns the goroutine of the program under test, and where it is: one that
// runs, or else any but those that wait for the network, as a server does most of the time.
func busiest(dump string) (busy goroutine, f frame, ok bool) {
	for _, g := range goroutines(dump) {
		own, isOwn := g.ownFrame()
		switch {
		case !isOwn:
		case g.active():
			return g, own, true
		case !ok && g.state != "IO wait" && !own.inTest(): // a test waits for the others
			busy, f, ok = g, own, true
		}
	}
	return busy, f, ok
}
