//go:build !linux

package program

// awaitStop does not notice it on this system.
func awaitStop(int) (signal string) { return "" }
