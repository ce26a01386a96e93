package isolate

import (
	"fmt"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

// waits says what a goroutine is blocked on, by the state that the runtime shows,
// when nothing inside its bubble can end that. Mutexes and WaitGroups are more
// difficult.
var waits = map[string]string{
	"chan receive":            "is blocked on a channel that is a package variable: make it in the function that uses it",
	"chan send":               "is blocked on a channel that is a package variable: make it in the function that uses it",
	"select":                  "is blocked on a channel that is a package variable: make it in the function that uses it",
	"chan receive (nil chan)": "is blocked on a nil channel: make the channel with make(chan T)",
	"chan send (nil chan)":    "is blocked on a nil channel: make the channel with make(chan T)",
	"select (no cases)":       "is blocked in an empty select: return when the work is done",
	"IO wait":                 "is blocked on the real network or a real file: use the listener or the dial function that the tests pass",
	"semacquire":              "is blocked on a file or connection that another goroutine reads or writes: let only one of them do that",
	"syscall":                 "is blocked in a system call: use the listener, dial function or writer that the tests pass",
	"running":                 loops,
	"runnable":                loops,
}

const loops = "is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep"

// explainStuck finds the goroutine that holds the fake clock: one on it that
// does not wait for something on it.
func explainStuck(dump string) (verdict.Kind, string) {
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

func isLock(state string) bool {
	return strings.HasPrefix(state, "sync.Mutex.") || strings.HasPrefix(state, "sync.RWMutex.")
}

// becauseOfLock says why g, one of all, does not get a lock. A dump does not tell who
// has it, so that is looked up in the source.
func becauseOfLock(g goroutine, all []goroutine) string {
	src := readSource(".")
	own, _ := g.ownFrame()
	if src.files[base(own.file)] == nil {
		return "is blocked on a mutex that another goroutine holds during a sleep, a read or a write: unlock the mutex before that"
	}
	if forgotten := src.forgottenLocks(); len(forgotten) > 0 {
		const never = "is blocked on a mutex that is never unlocked: put defer %s after "
		for _, l := range forgotten {
			if l.place == own.place() {
				return fmt.Sprintf(never+"the Lock", l.unlock)
			}
		}
		return fmt.Sprintf(never+"%s", forgotten[0].unlock, forgotten[0].place)
	}
	for _, other := range all {
		doing, ok := other.doing()
		if !ok || other.number == g.number {
			continue
		}
		for _, f := range other.frames {
			if _, held := src.heldAt(f.file, f.line); held && f.own() {
				return fmt.Sprintf("is blocked on a mutex that another goroutine holds while it %s, at %s: unlock the mutex before that", doing, f.place())
			}
		}
	}
	for _, f := range g.frames {
		if l, held := src.heldAt(f.file, f.line); held && f.own() {
			return fmt.Sprintf("is blocked on a mutex that the same goroutine has locked at %s: call %s before", l.place, l.unlock)
		}
	}
	return "is blocked on a mutex that is not unlocked before every return: put defer mu.Unlock() after each mu.Lock()"
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
