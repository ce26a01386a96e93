//go:build !unix

package sandbox

// closeOnExec does nothing here: a process inherits only what it is given.
func closeOnExec() {}
