package program

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// UsageOf returns what the process of that number holds. It is an error if there
// is none, or if the system does not tell, as only Linux does.
func UsageOf(pid int) (Usage, error) {
	var u Usage
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	files, err := os.ReadDir(dir)
	if err != nil {
		return u, fmt.Errorf("files of process %d: %w", pid, err)
	}
	for _, f := range files {
		if to, err := os.Readlink(filepath.Join(dir, f.Name())); err == nil && !strings.HasPrefix(to, "pipe:") {
			u.Files++
		}
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, fmt.Errorf("status of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(text)) {
		var n int64
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "VmRSS":
			fmt.Sscan(value, &n)
			u.Memory = n << 10
		case "Threads":
			fmt.Sscan(value, &u.Threads)
		}
	}
	if u.Memory == 0 || u.Threads == 0 {
		return u, fmt.Errorf("status of process %d: it has ended", pid)
	}
	return u, nil
}
