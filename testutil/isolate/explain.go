package isolate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/testutil/program"
)

// explain returns the verdict on a case that ended without an answer, and the
// sentence that says why.
func explain(end ending) (Verdict, string) {
	switch {
	case end.flooded:
		return Flooded, explainFlood(end.output)
	case end.late:
		return Hung, explainLate(end.stderr)
	case strings.Contains(end.stderr, stuck):
		_, dump, _ := strings.Cut(end.stderr, stuck)
		return explainStuck(dump)
	case strings.Contains(end.stderr, usedUp):
		return Crashed, "takes more memory than there is; with the race detector it needs five times as much"
	}
	if sentence := explainCrash(end.stderr); strings.HasSuffix(sentence, exits) {
		return Exited, sentence
	} else if sentence != "" {
		return Crashed, sentence
	}
	return Exited, explainExit(end.output, end.status)
}

// usedUp is what the race detector says when it gets no more memory. It then ends the
// process.
const usedUp = "ERROR: ThreadSanitizer failed to allocate "

// waits says what a goroutine waits for, by the state that the runtime shows,
// when nothing inside its bubble can bring it about.
var waits = map[string]string{
	"sync.Mutex.Lock":         "waits for a lock that another goroutine keeps while it sleeps, reads or writes",
	"sync.RWMutex.Lock":       "waits for a lock that another goroutine keeps while it sleeps, reads or writes",
	"sync.RWMutex.RLock":      "waits for a lock that another goroutine keeps while it sleeps, reads or writes",
	"sync.WaitGroup.Wait":     "waits for a WaitGroup that is a package variable: make it in the function that uses it",
	"semacquire":              "waits for a WaitGroup or lock that is a package variable: make it in the function that uses it",
	"chan receive":            "waits for a channel that is a package variable: make it in the function that uses it",
	"chan send":               "waits for a channel that is a package variable: make it in the function that uses it",
	"select":                  "waits for a channel that is a package variable: make it in the function that uses it",
	"chan receive (nil chan)": "waits for a channel that was never made",
	"chan send (nil chan)":    "waits for a channel that was never made",
	"select (no cases)":       "waits for ever in an empty select",
	"IO wait":                 "waits for the real network or a real file: use the listener or the dial function that you are given",
	"syscall":                 "waits for the operating system: use the listener, dial function or writer that you are given",
	"running":                 "loops without ever waiting: block on a read, a channel or a sleep",
	"runnable":                "loops without ever waiting: block on a read, a channel or a sleep",
}

// explainStuck finds the goroutine that holds the fake clock: one on it that
// does not wait for something on it.
func explainStuck(dump string) (Verdict, string) {
	sentence := "nothing moves any more"
	for _, g := range newest(goroutines(dump)) {
		f, own := g.ownFrame()
		switch {
		case g.durable || !own:
		case g.active() && g.state != "syscall":
			return Busy, f.place() + " " + because(g.state) // others may wait for this one
		default:
			sentence = f.place() + " " + because(g.state)
		}
	}
	return Hung, sentence
}

func because(state string) string {
	if why, ok := waits[state]; ok {
		return why
	}
	return "never goes on (" + state + ")"
}

func explainLate(output string) string {
	sentence := fmt.Sprintf("does not end within %v of real time", Limit)
	if f, state, ok := busiest(output); ok {
		return fmt.Sprintf("%s: %s %s", sentence, f.place(), because(state))
	}
	return sentence
}

func explainFlood(output string) string {
	sentence := fmt.Sprintf("prints without end, more than %d MiB", maxSilent*program.Limit>>20)
	if place, _, ok := logged(output); ok {
		return place + " " + sentence
	}
	if f, _, ok := busiest(output); ok {
		return f.place() + " " + sentence
	}
	return sentence
}

// busiest returns where the program under test is in a dump: in a goroutine
// that runs, or else in any.
func busiest(dump string) (f frame, state string, ok bool) {
	for _, g := range goroutines(dump) {
		own, isOwn := g.ownFrame()
		if !isOwn {
			continue
		}
		if g.active() {
			return own, g.state, true
		}
		if !ok {
			f, state, ok = own, g.state, true
		}
	}
	return f, state, ok
}

// explainLeak says where the goroutines of a dump are.
func explainLeak(dump string) string {
	for _, g := range goroutines(dump) {
		if f, ok := g.ownFrame(); ok {
			return f.place() + " " + stays(g) + " though the test is over"
		}
	}
	return "leaves a goroutine behind"
}

// stays says what a goroutine does that should have ended.
func stays(g goroutine) string {
	switch {
	case g.state == "sleep":
		return "still sleeps"
	case g.calls("net.(*pipe).read"), g.calls(module + "testutil/pipenet.(*conn).Read"):
		return "still reads"
	case g.calls("net.(*pipe).write"), g.calls(module + "testutil/pipenet.(*conn).Write"):
		return "still writes"
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
const exits = "ends the whole program (os.Exit)"

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
		return place + "uses a map while another goroutine changes it"
	case strings.HasSuffix(message, "of synctest channel from outside bubble"), strings.HasSuffix(message, "on synctest channel from outside bubble"):
		return place + "shares a channel with what is not on the clock of the tests, such as the signals of the system: listen to those in main"
	case strings.HasSuffix(message, "is *pipenet.conn, not *net.TCPConn"):
		return place + "wants a *net.TCPConn, and the tests connect in memory: do with the methods of net.Conn, or ask first, with c, ok := conn.(*net.TCPConn)"
	case strings.HasPrefix(message, "all goroutines are asleep"):
		return place + "waits for something that never comes: all goroutines are asleep"
	}
	return place + "panics: " + message
}

// raced opens a report of the race detector.
const raced = "==================\nWARNING: DATA RACE\n"

// raceIn returns the sentence about the first data race in output, of a process that has
// found n of them; "" if there is none.
func raceIn(output string, n int) string {
	race := explainRace(output)
	if race == "" && n > 0 {
		return "the race detector has found a data race, but the program gives standard error away meanwhile, so that nobody can see where"
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
	var parties []string
	for _, m := range access.FindAllStringSubmatchIndex(report, -1) {
		verb := strings.ToLower(report[m[2]:m[3]]) + "s"
		stack, _, _ := strings.Cut(report[m[1]:], "\n\n")
		if f, ok := raceFrame(stack); ok {
			parties = append(parties, f.place()+" "+verb)
		}
	}
	switch len(parties) {
	case 0:
		return "a data race: two goroutines use a variable at the same time, and one writes it"
	case 1:
		return parties[0] + " a variable that another goroutine uses at the same time"
	}
	return parties[0] + " a variable while " + parties[1] + " it"
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

// explainExit speaks of a case whose process ended before its time.
func explainExit(output string, status int) string {
	if status < 0 {
		return "was killed by a signal: perhaps it used too much memory"
	}
	if place, text, ok := logged(output); ok && status == 1 {
		return fmt.Sprintf("%s ends the whole program (log.Fatal: %s)", place, text)
	}
	if places := exitCalls("."); len(places) > 0 {
		return fmt.Sprintf("%s ends the whole program (os.Exit, status %d)", strings.Join(places, " or "), status)
	}
	return fmt.Sprintf("the program ended in the middle of the test, with exit status %d", status)
}
