package isolate

import (
	"fmt"
	"strings"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// explain returns the verdict on a case that ended without an answer, and the
// sentence that says why.
func explain(end ending) (verdict.Kind, string) {
	switch {
	case end.flooded:
		return verdict.Flooded, goroutine.Flood(end.output)
	case end.stopped != "":
		return verdict.Hung, "was stopped by the signal " + end.stopped
	case end.late:
		return verdict.Hung, explainLate(end)
	case strings.Contains(end.stderr, stuck):
		_, dump, _ := strings.Cut(end.stderr, stuck)
		return goroutine.Stuck(dump)
	case strings.Contains(end.stderr, polls):
		_, block, _ := strings.Cut(end.stderr, polls)
		return verdict.Busy, goroutine.Polls(block)
	case strings.Contains(end.stderr, accepts):
		_, block, _ := strings.Cut(end.stderr, accepts)
		return verdict.Busy, goroutine.Accepts(block)
	case strings.Contains(end.stderr, tooMany):
		return verdict.Busy, goroutine.Accepts("")
	case strings.Contains(end.stderr, busy):
		_, dump, _ := strings.Cut(end.stderr, busy)
		if len(end.output)-len(dump) > aFlood { // how much it can print until it is ended depends on the machine
			return verdict.Flooded, goroutine.Flood(dump)
		}
		return verdict.Busy, goroutine.Busy(dump)
	case strings.Contains(end.stderr, usedUp):
		return verdict.Crashed, "runs out of memory; with the race detector it needs five times as much"
	}
	if kind, sentence := goroutine.Crash(end.stderr); sentence != "" {
		return kind, sentence
	}
	if end.death != program.NotKilled {
		return verdict.Exited, end.death.String()
	}
	if end.status < 0 {
		return verdict.Exited, program.Unexplained.String()
	}
	return verdict.Exited, goroutine.Exit(end.output, end.status)
}

// aFlood is how much a program that is ended in a busy loop may have printed.
const aFlood = 256 << 10

// usedUp is what the race detector says when it gets no more memory. It then ends the
// process.
const usedUp = "ERROR: ThreadSanitizer failed to allocate "

// tooMany is what the race detector says of too many goroutines, before it ends the process.
const tooMany = "race: limit on "

func explainLate(end ending) string {
	sentence := fmt.Sprintf("does not end within %v of real time", limit)
	if !end.began {
		sentence = fmt.Sprintf("does not reach main within %v of real time", limit)
	}
	if doing := goroutine.Doing(end.stderr); doing != "" {
		return sentence + ": " + doing
	}
	return sentence
}
