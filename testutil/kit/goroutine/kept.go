package goroutine

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

// Kept returns where the program under test allocates memory that it keeps: it calls visit
// twice, and compares what is in use after the first call and after the second. The result
// is the place with the most new objects, and how many there are.
//
// A slice or a map that grows is one object, so only what it points to is counted. Nor are
// timers: on a fake clock, package time keeps them as long as they run.
func Kept(visit func() error) (place string, objects int, err error) {
	rate := runtime.MemProfileRate
	runtime.MemProfileRate = 1 // each object
	defer func() { runtime.MemProfileRate = rate }()
	if err := visit(); err != nil {
		return "", 0, err
	}
	before := inUse()
	if err := visit(); err != nil {
		return "", 0, err
	}
	for f, n := range inUse() {
		if more := n - before[f]; more > objects || more == objects && f.place() < place {
			place, objects = f.place(), more
		}
	}
	return place, objects, nil
}

// Growth returns the error about a program that allocates memory at a place for each client,
// and keeps that of some clients that have left.
func Growth(place string, clients int) error {
	return &verdict.Error{Kind: verdict.Wrong, Place: place, Err: fmt.Errorf(
		"%s allocates memory for each client, and after %d clients have left, all of it is in use: delete what is kept for each", place, clients)}
}

// inUse returns how many objects are in use that the program under test has allocated, by
// its lines.
func inUse() map[frame]int {
	for range 3 { // an object in a sync.Pool is garbage after the second
		runtime.GC()
	}
	var records []runtime.MemProfileRecord
	n, ok := runtime.MemProfile(nil, false)
	for !ok {
		records = make([]runtime.MemProfileRecord, n+50)
		n, ok = runtime.MemProfile(records, false)
	}
	objects := make(map[frame]int)
	for _, r := range records[:n] {
		if f, ok := allocator(r.Stack()); ok {
			objects[f] += int(r.InUseObjects())
		}
	}
	return objects
}

// allocator returns the innermost frame of a stack that has allocated an object, if it is one
// of the program under test.
func allocator(stack []uintptr) (f frame, ok bool) {
	frames := runtime.CallersFrames(stack)
	for more := true; more; {
		var r runtime.Frame
		r, more = frames.Next()
		if slices.Contains(timed, r.Function) {
			return frame{}, false
		}
		at := frame{r.Function, r.File, r.Line}
		if !ok && strings.HasPrefix(r.Function, module) && !at.own() {
			return frame{}, false // by the test kit
		}
		if !ok && at.own() {
			f, ok = at, true
		}
	}
	return f, ok
}

// timed are functions whose memory package time keeps until a time that they are given.
var timed = []string{
	"time.newTimer", "time.NewTimer", "time.NewTicker", "time.Tick", "time.After", "time.AfterFunc",
	"context.WithTimeout", "context.WithTimeoutCause", "context.WithDeadline", "context.WithDeadlineCause",
}
