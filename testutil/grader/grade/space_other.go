//go:build !(linux || darwin || freebsd)

package grade

// freeSpace cannot tell here.
func freeSpace(string) (free int64, ok bool) { return 0, false }
