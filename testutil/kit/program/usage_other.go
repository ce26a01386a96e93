//go:build !linux

package program

import (
	"errors"
	"fmt"
	"runtime"
)

// UsageOf returns what the process of that number holds. It is an error if there
// is none, or if the system does not tell, as only Linux does.
func UsageOf(pid int) (Usage, error) {
	return Usage{}, fmt.Errorf("usage of process %d: %w on %s", pid, errors.ErrUnsupported, runtime.GOOS)
}

// Runs reports whether a thread of the process of that number runs, or is ready to run, at
// this moment. It is an error if there is no such process, or if the system does not tell.
func Runs(pid int) (bool, error) {
	return false, fmt.Errorf("state of process %d: %w on %s", pid, errors.ErrUnsupported, runtime.GOOS)
}
