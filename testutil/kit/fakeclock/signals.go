package fakeclock

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// startSignals starts the goroutine of package os/signal that receives signals, which
// the first call of [signal.Notify] does. If the program under test made that call on a
// fake clock, the goroutine would belong to the clock, and its wait would stop it.
// No signal is kept from the program: Stop restores what happened before.
var startSignals = sync.OnceFunc(func() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	signal.Stop(c)
})
