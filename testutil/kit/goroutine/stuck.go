package goroutine

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

// These are the sentences about a goroutine that waits for what no fake clock can see.
const (
	packageChannel = "is blocked on a channel that is a package variable: make it in the function that uses it"
	realNetwork    = "is blocked on the real network or a real file: use the listener or the dial function that the tests pass"
	otherRun       = "uses a channel of another run or of a goroutine that init started: make both in the function that uses them"
)

// IsOffClock reports whether a message of [Stuck] or [Crash] is about such a goroutine.
func IsOffClock(message string) bool {
	return slices.ContainsFunc([]string{packageChannel, realNetwork, otherRun}, func(text string) bool { return strings.HasSuffix(message, text) })
}

// waits says what a goroutine is blocked on, by the state that the runtime shows,
// when nothing inside its bubble can end that. Mutexes and WaitGroups are more
// difficult.
var waits = map[string]string{
	"chan receive":            packageChannel,
	"chan send":               packageChannel,
	"select":                  packageChannel,
	"chan receive (nil chan)": "is blocked on a nil channel: make the channel with make(chan T)",
	"chan send (nil chan)":    "is blocked on a nil channel: make the channel with make(chan T)",
	"select (no cases)":       "is blocked in an empty select: return when the work is done",
	"IO wait":                 realNetwork,
	"semacquire":              "is blocked on a file or connection that another goroutine reads or writes: let only one of them do that",
	"sleep":                   "sleeps",
	"syscall":                 "is blocked in a system call: use the listener, dial function or writer that the tests pass",
	"running":                 loops,
	"runnable":                loops,
}

const loops = "is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails"

// Stuck returns the verdict on a program whose fake clock has stopped, and the sentence that
// says why. It finds the goroutine that holds the clock: one on it that does not wait for
// something on it.
func Stuck(dump string) (verdict.Kind, string) {
	all := newest(goroutines(dump))
	var stuck goroutine
	for _, g := range all {
		f, own := g.ownFrame()
		switch {
		case g.durable || !own:
		case g.active() && g.state != "syscall":
			return verdict.Busy, f.place() + " " + because(g, all) // others may wait for this one
		default:
			stuck = g
		}
	}
	if f, ok := stuck.ownFrame(); ok {
		return verdict.Hung, f.place() + " " + because(stuck, all)
	}
	return verdict.Hung, "deadlock: all goroutines are blocked"
}

// because says why g, one of all, does not get on.
func because(g goroutine, all []goroutine) string {
	why, known := waits[g.state]
	switch {
	case g.state == "sync.WaitGroup.Wait":
		if readSource(".").hasPackageWaitGroup() {
			return "is blocked on a WaitGroup that is a package variable: make it in the function that uses it"
		}
		return "is blocked on a WaitGroup that never reaches zero: call Done once for each Add, and pass the WaitGroup as a pointer"
	case isLock(g.state):
		return becauseOfLock(g, all)
	case (g.state == "semacquire" || g.state == "syscall") && g.calls("os.(*File).Read"):
		return "reads standard input, where nothing arrives: read only from the connections"
	case known:
		return why
	}
	return "is blocked (" + g.state + ")"
}

// doing says what a goroutine of the program does that may take long, "sleeps".
func (g goroutine) doing() (verb string, ok bool) {
	if _, own := g.ownFrame(); !own {
		return "", false
	}
	switch {
	case g.state == "sleep":
		return "sleeps", true
	case g.reads():
		return "reads", true
	case g.writes():
		return "writes", true
	case isLock(g.state):
		return "waits for another mutex", true
	case g.active() && g.state != "syscall":
		return "", false
	}
	return "waits", true
}

func (g goroutine) reads() bool {
	return g.calls("net.(*pipe).read") || g.calls(module+"testutil/kit/pipenet.(*conn).Read") || g.calls("net.(*conn).Read")
}

func (g goroutine) writes() bool {
	return g.calls("net.(*pipe).write") || g.calls(module+"testutil/kit/pipenet.(*conn).Write") || g.calls("net.(*conn).Write")
}

// Reads returns where the program is in a Read, if its goroutines do nothing else but wait in
// Accept; "" if not.
func Reads(dump string) (place string) {
	for _, g := range goroutines(dump) {
		f, own := g.ownFrame()
		switch {
		case !own || f.inTest() || g.calls(module+"testutil/kit/pipenet.(*Listener).Accept"):
		case !g.reads():
			return ""
		case place == "":
			place = f.place()
		}
	}
	return place
}

// hasPackageWaitGroup reports whether a variable of the package is a WaitGroup, or
// a pointer to one, or may be part of one.
func (src source) hasPackageWaitGroup() bool {
	if len(src.files) == 0 {
		return true
	}
	for _, f := range src.files {
		for _, decl := range f.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok != token.IMPORT {
				for sel := range nodes[*ast.SelectorExpr](gen) {
					if sel.Sel.Name == "WaitGroup" {
						return gen.Tok == token.VAR
					}
				}
			}
		}
	}
	return false
}
