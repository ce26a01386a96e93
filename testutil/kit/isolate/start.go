package isolate

import "sync"

// A program may hang before main, in an init function or in the value of a package variable.
// Then no process of a case comes as far as its case, and each would wait for all of [limit].

// maxHungStarts is how many processes in a row may hang before their case. After that,
// no other case is run, and all have the verdict of the last one.
const maxHungStarts = 2

// starts says how processes have started.
var starts struct {
	sync.Mutex
	hung int    // how many of the last ones hung before their case
	last ending // of the last of these
}

// noteStart notes how a process has started that ended in the way of end.
func noteStart(end ending) {
	starts.Lock()
	defer starts.Unlock()
	switch {
	case end.began:
		starts.hung = 0
	case end.late:
		starts.hung++
		starts.last = end
	}
}

// hangsAtStart returns how a process of the program ends, if it hangs each time before its case.
func hangsAtStart() (end ending, hangs bool) {
	starts.Lock()
	defer starts.Unlock()
	return starts.last, starts.hung >= maxHungStarts
}
