package isolate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// explain returns the verdict on a case that ended without an answer, and the
// sentence that says why.
func explain(end ending) (verdict.Kind, string) {
	switch {
	case end.flooded:
		return verdict.Flooded, explainFlood(end.output)
	case end.stopped != "":
		return verdict.Hung, "was stopped by the signal " + end.stopped
	case end.late:
		return verdict.Hung, explainLate(end.stderr)
	case strings.Contains(end.stderr, stuck):
		_, dump, _ := strings.Cut(end.stderr, stuck)
		return explainStuck(dump)
	case strings.Contains(end.stderr, polls):
		_, block, _ := strings.Cut(end.stderr, polls)
		return verdict.Busy, explainPolls(block)
	case strings.Contains(end.stderr, busy):
		_, dump, _ := strings.Cut(end.stderr, busy)
		if len(end.output)-len(dump) > aFlood { // how much it can print until it is ended depends on the machine
			return verdict.Flooded, explainFlood(dump)
		}
		return verdict.Busy, explainBusy(dump)
	case strings.Contains(end.stderr, usedUp):
		return verdict.Crashed, "runs out of memory; with the race detector it needs five times as much"
	}
	if sentence := explainCrash(end.stderr); strings.HasSuffix(sentence, exits) {
		return verdict.Exited, sentence
	} else if strings.HasSuffix(sentence, mapRace) {
		return verdict.Race, sentence
	} else if sentence != "" {
		return verdict.Crashed, sentence
	}
	if end.death != program.NotKilled {
		return verdict.Exited, end.death.String()
	}
	return verdict.Exited, explainExit(end.output, end.status)
}

// aFlood is how much a program that is ended in a busy loop may have printed.
const aFlood = 256 << 10

// usedUp is what the race detector says when it gets no more memory. It then ends the
// process.
const usedUp = "ERROR: ThreadSanitizer failed to allocate "

func explainLate(output string) string {
	sentence := fmt.Sprintf("does not end within %v of real time", Limit)
	if g, f, ok := busiest(output); ok {
		return fmt.Sprintf("%s: %s %s", sentence, f.place(), because(g, goroutines(output)))
	}
	return sentence
}

func explainFlood(output string) string {
	const sentence = "prints without end"
	if place, _, ok := logged(output); ok {
		return place + " " + sentence
	}
	if _, f, ok := busiest(output); ok {
		return f.place() + " " + sentence
	}
	return sentence
}

// busiest returns the goroutine of the program under test, and where it is: one that
// runs, or else any.
func busiest(dump string) (busy goroutine, f frame, ok bool) {
	for _, g := range goroutines(dump) {
		own, isOwn := g.ownFrame()
		if !isOwn {
			continue
		}
		if g.active() {
			return g, own, true
		}
		if !ok {
			busy, f, ok = g, own, true
		}
	}
	return busy, f, ok
}

// explainLeak says where the goroutines of a dump are.
func explainLeak(dump string) string {
	for _, g := range goroutines(dump) {
		if f, ok := g.ownFrame(); ok {
			return f.place() + " " + stays(g) + " though the test is over"
		}
	}
	return "leaks a goroutine"
}

// stays says what a goroutine does that should have ended.
func stays(g goroutine) string {
	switch {
	case g.state == "sleep":
		return "still sleeps"
	case g.reads():
		return "still reads"
	case g.writes():
		return "still writes"
	case g.state == "sync.WaitGroup.Wait":
		return "still waits for a WaitGroup"
	case strings.HasPrefix(g.state, "chan send"):
		return "still waits to send on a channel"
	case strings.HasPrefix(g.state, "chan receive"):
		return "still waits to receive from a channel"
	}
	return "still runs (" + g.state + ")"
}

var (
	crash  = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.*)$`)
	access = regexp.MustCompile(`(?m)^(?:Previous )?(?:atomic )?([Rr]ead|[Ww]rite) at 0x`)
)

// exits says of os.Exit(0) what it does: package testing makes a panic of it.
const exits = "ends the program (os.Exit)"

// mapRace says of the fatal errors "concurrent map writes" and similar what they are about. The
// runtime notices some data races by itself.
const mapRace = "uses a map while another goroutine changes it: guard the map with a sync.Mutex"

// explainCrash finds a panic or a fatal error of the runtime in output.
func explainCrash(output string) string {
	at := crash.FindStringSubmatchIndex(output)
	if at == nil {
		return ""
	}
	message := strings.TrimSuffix(output[at[2]:at[3]], " [recovered, repanicked]")
	var place string
	for _, g := range goroutines(output[at[1]:]) {
		if f, ok := g.ownFrame(); ok {
			place = f.place() + " "
			break
		}
	}
	switch {
	case strings.HasPrefix(message, "unexpected call to os.Exit(0)"):
		return place + exits
	case strings.HasPrefix(message, "concurrent map"):
		return place + mapRace
	case strings.HasSuffix(message, "of synctest channel from outside bubble"), strings.HasSuffix(message, "on synctest channel from outside bubble"):
		return place + "uses a channel that was made in another run: make it in the function that uses it"
	case strings.HasPrefix(message, "all goroutines are asleep"):
		return place + "is blocked, as are all other goroutines: deadlock"
	}
	if sentence := explainConversion(message); sentence != "" {
		return place + sentence
	}
	return place + "panics: " + message
}

// conversion is the panic of a type assertion on a connection, a listener or a writer
// that the tests pass. Their packages have no part in the names of other types.
var conversion = regexp.MustCompile(`^interface conversion: (\S+) is \*?(?:` + ours + `)\.\S+, not (\S+)$`)

// missing is the same for an interface.
var missing = regexp.MustCompile(`^interface conversion: \*?(?:` + ours + `)\.\S+ is not (\S+): missing method \S+$`)

const ours = "clocktest|ftptest|pipenet|walltest"

// explainConversion explains a panic about a type that only TCP or the terminal has.
func explainConversion(message string) string {
	if m := conversion.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("requires a %s, but the tests pass another %s, in memory. Use only the methods of %[2]s, or check first: x, ok := y.(%[1]s)", m[2], m[1])
	}
	if m := missing.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("requires a %s, which connections in memory are not: check first: x, ok := y.(%[1]s)", m[1])
	}
	return ""
}

// raced opens a report of the race detector.
const raced = "==================\nWARNING: DATA RACE\n"

// raceIn returns the sentence about the first data race in output, of a process that has
// found n of them; "" if there is none.
func raceIn(output string, n int) string {
	race := explainRace(output)
	if race == "" && n > 0 {
		return "the race detector has found a data race; where is unknown, since the program has closed or replaced standard error"
	}
	return race
}

// explainRace returns the sentence about the first data race in output,
// or "" if there is none.
func explainRace(output string) string {
	_, report, ok := strings.Cut(output, raced)
	if !ok {
		return ""
	}
	report, _, _ = strings.Cut(report, "\n==================")
	var places, verbs []string
	for _, m := range access.FindAllStringSubmatchIndex(report, -1) {
		verb := strings.ToLower(report[m[2]:m[3]]) + "s"
		stack, _, _ := strings.Cut(report[m[1]:], "\n\n")
		if f, ok := raceFrame(stack); ok {
			places, verbs = append(places, f.place()), append(verbs, verb)
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

// raceFrame returns the innermost frame of the program in one stack of a
// report by the race detector.
func raceFrame(stack string) (frame, bool) {
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
	return g.ownFrame()
}

// logLine is a line of package log that says where it was printed. The path may
// hold spaces if it is a full one.
var logLine = regexp.MustCompile(`^.*?((?:(?:[A-Za-z]:)?[/\\][^:]*|[^ :]*)\.go):(\d+): (.*)$`)

// logged returns the place and text of the last line that was logged.
func logged(output string) (place, text string, ok bool) {
	for _, line := range slices.Backward(strings.Split(output, "\n")) {
		if !strings.Contains(line, ".go:") {
			continue // the regexp takes long to say no
		}
		if m := logLine.FindStringSubmatch(line); m != nil {
			return relative(m[1]) + ":" + m[2], m[3], true
		}
	}
	return "", "", false
}

// explainExit says why the process of a case ended before the case did.
func explainExit(output string, status int) string {
	if status < 0 {
		return program.Unexplained.String()
	}
	src := readSource(".")
	if place, text, ok := logged(output); ok && status == 1 {
		file, line, _ := strings.Cut(place, ":")
		if n, err := strconv.Atoi(line); err == nil && src.mayBeFatal(file, n) {
			return fmt.Sprintf("%s ends the program (log.Fatal: %s)", place, text)
		}
	}
	if places := src.exits(status); len(places) > 0 {
		by := "os.Exit"
		if status == 1 {
			by = "os.Exit or log.Fatal"
		}
		return fmt.Sprintf("%s ends the program (%s, status %d)", strings.Join(places, " or "), by, status)
	}
	return fmt.Sprintf("the program ended in the middle of the test, with exit status %d", status)
}
