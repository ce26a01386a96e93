package ftptest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// group returns the processes of the group that pid leads, where the system tells them,
// and pid. A script that starts a server hides nothing of it.
func group(pid int) []int {
	all := []int{pid}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return all
	}
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// 4711 (name) S parent group …; the name may hold anything.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if len(fields) > 2 && fields[2] == strconv.Itoa(pid) && n != pid {
			all = append(all, n)
		}
	}
	return all
}

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
