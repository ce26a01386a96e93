package goroutine

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// Dump returns the goroutines of this process, as a crash would print them.
func Dump() string {
	for size := 16 << 10; ; size *= 4 {
		text := make([]byte, size)
		if n := runtime.Stack(text, true); n < size {
			return string(text[:n])
		}
	}
}

// Blocked reports whether the newest fake clock is stopped permanently: a goroutine
// on it waits for something that the clock cannot cause, and none goes on.
func Blocked() bool {
	blocked := false
	for _, g := range newest(goroutines(Dump())) {
		if g.active() {
			return false
		}
		blocked = blocked || !g.durable
	}
	return blocked
}

// Others returns a dump of the goroutines on the caller's clock, fake or real, that
// the program under test has started, without the caller; "" if there are none. One
// that waits for a client in Accept of package pipenet is left out: its listener is
// open. So are those of package testing.
func Others() string {
	caller, text, _ := strings.Cut(Dump(), "\n\n")
	clock := goroutines(caller)[0].bubble
	bubble := fmt.Sprintf("synctest bubble %d", clock)
	var others []string
	for block := range strings.SplitSeq(text, "\n\n") {
		if clock != 0 && !strings.Contains(block, bubble) {
			continue // to read all of them would take long
		}
		for _, g := range goroutines(block) {
			_, own := g.ownFrame()
			testing := clock == 0 && (g.calls("testing.tRunner") || g.calls("testing.(*M).Run"))
			if own && g.bubble == clock && !testing && !g.calls(module+"testutil/kit/pipenet.(*Listener).Accept") {
				others = append(others, block)
			}
		}
	}
	return strings.Join(others, "\n\n")
}

// newest returns the goroutines on the fake clock that was started last. Those
// on older ones have ended.
func newest(all []goroutine) []goroutine {
	clock := 0
	for _, g := range all {
		clock = max(clock, g.bubble)
	}
	return slices.DeleteFunc(all, func(g goroutine) bool { return clock == 0 || g.bubble != clock })
}
