//go:build race

package isolate

import "runtime"

// races returns how many data races the race detector has found in this process.
func races() int { return runtime.RaceErrors() }
