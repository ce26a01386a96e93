package isolate

import (
	"os"

	"example.com/workbook/testutil/kit/goroutine"
)

// The last words of a case that called [GiveUpBusy] begin with one of these:
const (
	busy  = "isolate: the case is busy\n"
	polls = "isolate: the case polls\n" // a goroutine was seen at work and asleep in turn
)

// GiveUpBusy ends the process of a case that uses the processor without an end. A dump
// of its goroutines tells Run where.
func GiveUpBusy() {
	if polling := goroutine.Polling(); polling != "" {
		os.Stderr.WriteString(polls + polling + "\n\n")
	} else {
		os.Stderr.WriteString(busy + goroutine.Dump())
	}
	os.Exit(1)
}
