// Package fakeclock runs a test case on a fake clock, in a process of its own.
//
// The clock is that of [testing/synctest]. It starts at midnight UTC of 2000-01-01. It
// advances only when every goroutine of the case is blocked, and then immediately. So a
// simulated day takes milliseconds, and is the same every time. The program under test
// calls time.Now and time.Sleep as usual.
//
//	result := fakeclock.Run(t, func(ctx context.Context) error {
//		start := time.Now()
//		time.Sleep(24 * time.Hour)
//		if took := time.Since(start); took != 24*time.Hour {
//			return fmt.Errorf("slept for %v", took)
//		}
//		return nil
//	})
//
// Run detects and ends a case that stops the clock. That may be a busy loop, the real
// network, or a wait for a lock that another goroutine holds while it sleeps.
// Package [testing/synctest] says when the clock advances. Run also detects a goroutine leak.
package fakeclock

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
)

// Grace is how much fake time passes between the return of a case and the
// search for goroutines that it has left behind.
const Grace = 2 * time.Second

// Run runs f on a fake clock in a process of its own, as [isolate.Run] does,
// with env added to its environment (e.g., "TZ=Asia/Tokyo"). When f returns, all
// that it started must end within [Grace]; ctx ends then too.
func Run(t *testing.T, f func(ctx context.Context) error, env ...string) isolate.Result {
	t.Helper()
	return isolate.Run(t, func() error {
		var clock atomic.Int64 // moves with the fake clock
		stop := make(chan struct{})
		defer close(stop)
		if !isolate.InProcess() {
			go watch(&clock, stop)
		}
		startSignals()
		done := make(chan error, 1)
		never := make(chan struct{})
		go synctest.Test(t, func(t *testing.T) {
			tick(&clock)
			var helpers goroutines
			err := try(context.WithValue(t.Context(), helpersKey{}, &helpers), f)
			synctest.Wait()
			if dump := helpers.without(goroutine.Others()); dump != "" {
				err = &goroutine.LeakError{Err: err, Dump: dump}
			}
			done <- err
			<-never // a test that ends while others still run would panic
		})
		return <-done
	}, append(slices.Clip(env), Environ()...)...)
}

// Settled waits until the program under test, which has just been started, is blocked. The
// goroutines that it has then may go on when the case is over: they belong to the program,
// and not to one of its clients. ctx is that of the case; with another, Settled returns immediately.
func Settled(ctx context.Context) {
	if g, ok := ctx.Value(helpersKey{}).(*goroutines); ok {
		synctest.Wait()
		g.add(goroutine.Others())
	}
}

// Begun is [Settled] for a call by the program itself, which does not wait.
func Begun(ctx context.Context) {
	if g, ok := ctx.Value(helpersKey{}).(*goroutines); ok {
		g.add(goroutine.Others())
	}
}

type helpersKey struct{}

// goroutines are known by their numbers. It is safe for use by several goroutines.
type goroutines struct {
	mu    sync.Mutex
	known map[string]bool
}

func (g *goroutines) add(dump string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.known == nil {
		g.known = make(map[string]bool)
	}
	for block := range strings.SplitSeq(dump, "\n\n") {
		g.known[number(block)] = true
	}
}

// without returns the rest of a dump.
func (g *goroutines) without(dump string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	blocks := slices.DeleteFunc(strings.Split(dump, "\n\n"), func(block string) bool { return g.known[number(block)] })
	return strings.Join(blocks, "\n\n")
}

// number returns the beginning of a goroutine in a dump: "goroutine 7".
func number(block string) string {
	before, _, _ := strings.Cut(block, " [")
	return before
}

// Environ returns what Run adds to the environment. One processor makes a case of many
// goroutines, of which each wakes another, a third faster. Its clock moves when all of them
// wait, however many run at a time.
func Environ() []string { return []string{"GOMAXPROCS=1"} }

// try returns what f returns, when all that it started has had time to end.
func try(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	err := f(ctx)
	isolate.Answer(err)
	cancel()
	time.Sleep(Grace)
	return err
}

// beat is how much fake time passes between two signs that the clock moves.
const beat = time.Minute

// A program may print isolate's limit of output once in so many beats: in ten minutes.
const beatsOfProgress = 60

// tick shows that the clock moves. A timer, unlike a goroutine, is not left
// behind at the end.
func tick(clock *atomic.Int64) {
	if clock.Add(1)%beatsOfProgress == 0 {
		isolate.Progress()
	}
	time.AfterFunc(beat, func() { tick(clock) })
}
