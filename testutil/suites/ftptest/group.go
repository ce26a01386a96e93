package ftptest

import (
	"fmt"
	"os"
)

// memoryOf returns how many bytes of memory the processes use, without those that they
// share with files.
func memoryOf(pids []int) (int, error) {
	total := 0
	var first error
	for i, pid := range pids {
		var size, resident, shared int
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err == nil {
			_, err = fmt.Sscan(string(text), &size, &resident, &shared)
		}
		if i == 0 {
			first = err // the others may have ended
		}
		total += (resident - shared) * os.Getpagesize()
	}
	return total, first
}
