//go:build !linux

package isolate

// Hide does nothing here.
func Hide() {}
