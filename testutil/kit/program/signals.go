package program

import (
	"os"
	"os/signal"
	"syscall"
)

// startSignals starts the goroutine of package os/signal that receives signals, which
// the first call of [signal.Notify] does. If the program under test made that call in a
// bubble of [testing/synctest], the goroutine would belong to the bubble, and end this
// process. Stop restores what happened before.
func startSignals() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	signal.Stop(c)
}
