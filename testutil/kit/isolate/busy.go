package isolate

import (
	"os"
	"strings"
	"time"
)

// The last words of a case that called [GiveUpBusy] begin with one of these:
const (
	busy  = "isolate: the case is busy\n"
	polls = "isolate: the case polls\n" // a goroutine was seen at work and asleep in turn
)

// samples is how many times a busy process is looked at.
const samples = 50

// GiveUpBusy ends the process of a case that uses the processor without an end. A dump
// of its goroutines tells Run where.
func GiveUpBusy() {
	var seen wakings
	for range samples {
		time.Sleep(time.Millisecond)
		if asleep, ok := seen.add(dump()); ok {
			os.Stderr.WriteString(polls + asleep + "\n\n")
			os.Exit(1)
		}
	}
	os.Stderr.WriteString(busy + dump())
	os.Exit(1)
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

// explainPolls says where a goroutine is asleep that wakes up too often.
func explainPolls(block string) string {
	const often = "wakes up again and again, and does nothing else: sleep for some milliseconds, or wait in a Read or on a channel"
	for _, g := range goroutines(block) {
		if f, ok := g.ownFrame(); ok {
			return f.place() + " " + often
		}
	}
	return often
}

// explainBusy says where the program is in a dump of a process that is busy.
func explainBusy(dump string) string {
	if g, f, ok := busiest(dump); ok && g.active() {
		return f.place() + " " + loops
	} else if ok {
		return f.place() + " or another goroutine " + loops
	}
	return "the program " + loops
}
