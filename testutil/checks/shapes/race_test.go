//go:build race

package shapes

// raceDetector is whether the race detector watches these tests.
const raceDetector = true
