package goroutine

import "strings"

// A LeakError is what a case returns that has left goroutines behind.
type LeakError struct {
	Err  error  // what else there is to say of the case, or nil
	Dump string // the goroutines, as [runtime.Stack] prints them
}

func (e *LeakError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return Leak(e.Dump)
}

func (e *LeakError) Unwrap() error { return e.Err }

// Leak says where the goroutines of a dump are.
func Leak(dump string) string {
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
