package suite

// For the tests outside the package.
const RaceDetector = raceDetector

var (
	PatienceOfEnvironment = patience
	Stub                  = stub
	Wrap                  = wrap
)
