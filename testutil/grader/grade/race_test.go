//go:build race

package grade_test

// raceDetector is whether the programs under test are built with it, as this is.
const raceDetector = true
