package sandbox

import (
	"fmt"
	"syscall"
)

// The limits of each process. Where a hard limit of the machine is lower, that one holds.
const (
	maxMemory  = 2 << 30   // bytes of data, of which the race detector takes most
	maxFile    = 256 << 20 // bytes of one file
	maxScratch = "256m"    // of all files
	maxThreads = 1024      // of all processes
	maxOpen    = 4096      // files, sockets and pipes
)

// The limits of the resources of the machine that a grading needs.
var needs = []struct {
	resource int
	name     string
	option   string // of ulimit
	least    uint64
	unit     uint64 // of ulimit
}{
	{syscall.RLIMIT_NOFILE, "open files", "-n", 1024, 1},
	{rlimitNproc, "processes", "-u", 512, 1},
	{syscall.RLIMIT_FSIZE, "the size of a file", "-f", 100 << 20, 1 << 10},
	{syscall.RLIMIT_DATA, "the data of a process", "-d", 1 << 30, 1 << 10},
	{syscall.RLIMIT_AS, "the address space of a process", "-v", 4 << 30, 1 << 10},
	{syscall.RLIMIT_CPU, "the processor time of a process", "-t", 600, 1},
}

// rlimitNproc limits the processes and threads of the user.
const rlimitNproc = 6

// Limits returns an error if a limit of this process, which what it starts inherits, is
// lower than what a grading needs.
func Limits() error {
	for _, n := range needs {
		var limit syscall.Rlimit
		if err := syscall.Getrlimit(n.resource, &limit); err != nil {
			return fmt.Errorf("read the limit of %s: %w", n.name, err)
		}
		if limit.Max < n.least {
			return fmt.Errorf("the limit of %s (ulimit %s) is %d, and a grading needs %d", n.name, n.option, limit.Max/n.unit, n.least/n.unit)
		}
		if limit.Cur < n.least { // as the user may
			limit.Cur = limit.Max
			if err := syscall.Setrlimit(n.resource, &limit); err != nil {
				return fmt.Errorf("raise the limit of %s: %w", n.name, err)
			}
		}
	}
	return nil
}
