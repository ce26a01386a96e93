//go:build !windows

package program

// FollowTZ does nothing here: package time reads TZ by itself.
func FollowTZ() {}
