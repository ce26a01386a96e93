//go:build race

package suite

// raceDetector is whether the race detector watches this test.
const raceDetector = true
