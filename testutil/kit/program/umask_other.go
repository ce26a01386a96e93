//go:build !unix

package program

// SetUmask does nothing here.
func SetUmask() {}
