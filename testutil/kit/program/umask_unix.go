//go:build unix

package program

import "syscall"

// SetUmask lets all users read what this process and those that it starts create,
// whatever the user has set.
func SetUmask() { syscall.Umask(0o022) }
