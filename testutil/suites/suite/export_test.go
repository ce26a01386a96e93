package suite

// For the tests outside the package.
const RaceDetector = raceDetector

var (
	Stub = stub
	Wrap = wrap
)
