package goroutine

import (
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

// What package synctest says when it ends the process of a test.
const (
	leftOver  = "panic: deadlock: main bubble goroutine has exited but blocked goroutines remain"
	noneAwake = "panic: deadlock: all goroutines in bubble are blocked"
)

// Synctest returns the verdict on a test that package [testing/synctest] has ended, and the
// sentence that says why, from the output of its process; "" if it has not ended one.
func Synctest(output string) (verdict.Kind, string) {
	if _, dump, ok := strings.Cut(output, leftOver); ok {
		return verdict.Leak, Leak(ofBubbles(dump))
	}
	if _, dump, ok := strings.Cut(output, noneAwake); ok {
		return verdict.Hung, explainDeadlock(ofBubbles(dump))
	}
	return "", ""
}

// ofBubbles returns the goroutines in a dump that are on a fake clock. The test itself is
// not: it waits for its end.
func ofBubbles(dump string) string {
	var blocks []string
	for block := range strings.SplitSeq(dump, "\n\n") {
		if header, _, _ := strings.Cut(strings.TrimSpace(block), "\n"); strings.Contains(header, "synctest bubble") {
			blocks = append(blocks, block)
		}
	}
	return strings.Join(blocks, "\n\n")
}

// explainDeadlock says where the goroutines of a dump wait for each other.
func explainDeadlock(dump string) string {
	for _, g := range goroutines(dump) {
		if f, ok := g.ownFrame(); ok && !f.inTest() {
			return f.place() + " " + strings.Replace(stays(g), "still ", "", 1) + ", and all other goroutines are blocked: deadlock"
		}
	}
	return "deadlock: all goroutines are blocked"
}
