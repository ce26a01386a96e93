//go:build !linux

package program

// Hide does nothing here.
func Hide() {}
