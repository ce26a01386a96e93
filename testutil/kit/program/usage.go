package program

// Usage is what a process holds.
type Usage struct {
	Memory  int64 // bytes of it that are in memory now (RSS)
	Files   int   // files and connections that are open; pipes, which package net keeps for later, do not count
	Threads int   // of the operating system
}
