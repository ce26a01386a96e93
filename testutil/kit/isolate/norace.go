//go:build !race

package isolate

// races returns 0: without the race detector there are no reports.
func races() int { return 0 }
