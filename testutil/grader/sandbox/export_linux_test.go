package sandbox

// LosePatience has EndStrays try each thing once, until restore is called.
func LosePatience() (restore func()) {
	old := patience
	patience = -1
	return func() { patience = old }
}

// FilterSignals has this thread send signals to its own process only.
func FilterSignals() error { return filter(true, false) }
