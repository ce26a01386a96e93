//go:build race

package mistakes_test

// raceDetector is whether the race detector watches these tests.
const raceDetector = true
