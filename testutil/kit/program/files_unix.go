//go:build unix

package program

import (
	"fmt"
	"syscall"
)

// limitFiles lets this process have n files open.
func limitFiles(n uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("read the limit of open files: %w", err)
	}
	setSoft(&limit.Cur, n)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("limit open files to %d: %w", n, err)
	}
	return nil
}

// setSoft sets a soft limit, whose type differs between systems.
func setSoft[T int64 | uint64](limit *T, n uint64) { *limit = T(n) }
