package fakeclock

import (
	"sync/atomic"
	"time"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/pipenet"
)

// A case whose clock does not advance is ended, by evidence that does not depend
// on how busy the machine is:
const (
	// maxCPU is how much time of the processor a case may use within one
	// beat of the fake clock. It is many times what any case needs. In a
	// trial, after which the case gets another chance, it is a quarter.
	maxCPU = 2 * time.Second

	// maxBlocked is how many times in a row a case is found with every
	// goroutine blocked and the clock stopped. Once would be enough if the
	// runtime advanced the clock in the same instant.
	maxBlocked = 3

	interval = 100 * time.Millisecond // real time
)

// watch ends the process if the clock stops permanently, until stop is closed.
func watch(clock *atomic.Int64, stop <-chan struct{}) {
	look := time.NewTicker(interval)
	defer look.Stop()
	most := maxCPU
	if isolate.Trying() {
		most /= 4
	}
	var last int64
	var cpu time.Duration // when the clock last moved
	blocked := 0
	for {
		select {
		case <-look.C:
		case <-stop:
			return
		}
		// A program that reads from the network gets on too, however slowly.
		if now := clock.Load() + pipenet.Traffic(); now != last {
			last, cpu, blocked = now, cpuTime(), 0
			continue
		}
		if goroutine.Blocked() {
			blocked++
		} else {
			blocked = 0
		}
		if blocked == maxBlocked {
			isolate.GiveUp()
		}
		if cpuTime()-cpu > most {
			isolate.GiveUpBusy()
		}
	}
}
