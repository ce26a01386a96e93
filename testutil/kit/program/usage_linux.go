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

// Runs reports whether a thread of the process of that number runs, or is ready to run, at
// this moment. It is an error if there is no such process, or if the system does not tell.
func Runs(pid int) (bool, error) {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(dir)
	if err != nil {
		return false, fmt.Errorf("threads of process %d: %w", pid, err)
	}
	for _, thread := range threads {
		text, err := os.ReadFile(filepath.Join(dir, thread.Name(), "stat"))
		if err != nil {
			continue // it has ended
		}
		// 4711 (name of the program) R …; the name may hold anything.
		_, state, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
		if strings.HasPrefix(state, "R") {
			return true, nil
		}
	}
	return false, nil
}
