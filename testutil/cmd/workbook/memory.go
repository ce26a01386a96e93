package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/workbook/testutil/grader/report"
)

// A memory is a file that holds, for one exercise of one copy of the workbook, how many
// hints were shown for which failure, as "TestClock/writes_the_time_at_once 2". It stands
// in the user's cache, and if it is lost, the hints merely start again.
type memory struct{ file string } // "" if the user has no cache

func newMemory(top, exercise string) memory {
	cache, err := os.UserCacheDir()
	if err != nil {
		return memory{}
	}
	sum := sha256.Sum256([]byte(top))
	return memory{filepath.Join(cache, "workbook", fmt.Sprintf("hints-%s-%.8x", exercise, sum))}
}

// count returns how many hints were shown for a failure, 0 if it was another that was
// asked about last.
func (m memory) count(failure string) int {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return 0
	}
	last, count, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	n, err := strconv.Atoi(count)
	if last != failure || err != nil {
		return 0
	}
	return max(n, 0)
}

// keep keeps that n hints were shown for a failure, in place of what it has held.
func (m memory) keep(failure string, n int) error {
	if m.file == "" {
		return errors.New("the user has no cache")
	}
	if err := os.MkdirAll(filepath.Dir(m.file), 0o777); err != nil {
		return err
	}
	return report.WriteFile(m.file, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, failure, n)
		return err
	})
}
