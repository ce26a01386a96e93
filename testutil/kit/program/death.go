package program

import "sync"

// A Death says who has ended a process by a signal, as far as that can be told.
type Death int

// The deaths.
const (
	NotKilled   Death = iota // it ended by itself, or Stop has ended it
	Unexplained              // perhaps it did so itself
	TooLarge                 // the system did so, since the process used too much memory
	NoMemory                 // the system did so, since others used too much memory
	Outside                  // another process did so: it cannot do that itself
)

// Blameless reports whether the process had no part in its death.
func (d Death) Blameless() bool { return d == NoMemory || d == Outside }

// String returns what there is to say of it: "was killed …".
func (d Death) String() string {
	switch d {
	case NotKilled:
		return "ended by itself"
	case TooLarge:
		return "was killed, since it used too much memory"
	case NoMemory:
		return "was killed, since this machine was out of memory"
	case Outside:
		return "was killed from outside"
	}
	return "was killed by a signal: perhaps it used too much memory"
}

// MaxKilled is how many times a case is run of which a process is killed. A system that
// runs out of memory may kill any process. One that is killed each time has brought it
// about itself, unless its death is blameless.
const MaxKilled = 3

// deaths holds the last death of a process that was not [NotKilled].
var deaths struct {
	sync.Mutex
	last Death
}

// LastDeath returns how the last process was killed since it was called last.
func LastDeath() Death {
	deaths.Lock()
	defer deaths.Unlock()
	last := deaths.last
	deaths.last = NotKilled
	return last
}

// Death returns how the process has ended, once the channel that Done returns is closed.
func (p *Process) Death() Death { return p.death }

// A kill is what is known of a process that a signal has ended.
type kill struct {
	certain bool  // the signal was SIGKILL
	memory  int64 // bytes that the process held at most
	ooms    int   // how many processes the system has killed in its time, since there was no memory
	sealed  bool  // it cannot send itself SIGKILL
}

// maxInnocent is far more memory than a right program uses, even with the race detector.
const maxInnocent = 1 << 30 // bytes

// death returns what follows from that.
func (k kill) death() Death {
	switch {
	case !k.certain:
		return Unexplained
	case k.memory > maxInnocent:
		return TooLarge
	case k.ooms > 0:
		return NoMemory
	case k.sealed:
		return Outside
	}
	return Unexplained
}
