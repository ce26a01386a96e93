package program

import (
	"os"
	"os/signal"
	"testing"
	"testing/synctest"
	"time"
)

// Without startSignals in Main, this ends the process with a fatal error.
func TestProgramMayCatchSignalsInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		time.Sleep(time.Second)
		signal.Stop(c)
	})
}
