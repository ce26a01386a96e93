package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Usage is what a process and all that descend from it take.
type usage struct {
	processes int
	cpu       time.Duration // of all processors, also of those of them that have ended
	memory    int64         // bytes; what several share is divided among them
}

// tick is the unit of times in /proc.
const tick = time.Second / 100

// tree returns the usage of the process pid and its descendants.
func tree(pid int) (usage, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return usage{}, err
	}
	if len(stats) == 0 {
		return usage{}, errors.New("there is no /proc, which tells what a server takes")
	}
	children := make(map[int][]int)
	own, ended := make(map[int]time.Duration), make(map[int]time.Duration) // the time of each, and of its children
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if gone(err) {
			continue
		}
		if err != nil {
			return usage{}, err
		}
		id, parent, ticks, childTicks, err := parseStat(text)
		if err != nil {
			return usage{}, fmt.Errorf("%s: %w", file, err)
		}
		children[parent] = append(children[parent], id)
		own[id], ended[id] = time.Duration(ticks)*tick, time.Duration(childTicks)*tick
	}
	var u usage
	for family := []int{pid}; len(family) > 0; {
		id := family[0]
		family = append(family[1:], children[id]...)
		memory, err := pss(id)
		if err != nil {
			return usage{}, err
		}
		u.processes++
		u.cpu += max(own[id], threads(id)) + ended[id]
		u.memory += memory
	}
	return u, nil
}

// threads returns the time that the threads of a process took, to the nanosecond, or 0 if
// the kernel does not tell. In ticks, sixteen processes that each took half a tick took none.
func threads(id int) (cpu time.Duration) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/[0-9]*/schedstat", id))
	for _, file := range files {
		var nanoseconds int64
		if text, err := os.ReadFile(file); err == nil {
			fmt.Sscan(string(text), &nanoseconds)
		}
		cpu += time.Duration(nanoseconds)
	}
	return cpu
}

// parseStat parses what /proc/pid/stat holds: the number of the process, that of its
// parent, and the ticks that it took, and those of its children who have ended.
func parseStat(text []byte) (id, parent int, own, ended int64, err error) {
	end := bytes.LastIndexByte(text, ')') // of the name, which may hold anything
	fields := strings.Fields(string(text[end+1:]))
	if end < 0 || len(fields) < 15 {
		return 0, 0, 0, 0, fmt.Errorf("%q is not in the form of /proc/pid/stat", text)
	}
	first, _, _ := strings.Cut(string(text), " ")
	numbers := make([]int64, 6)
	for i, field := range []string{first, fields[1], fields[11], fields[12], fields[13], fields[14]} {
		if numbers[i], err = strconv.ParseInt(field, 10, 64); err != nil {
			return 0, 0, 0, 0, err
		}
	}
	return int(numbers[0]), int(numbers[1]), numbers[2] + numbers[3], numbers[4] + numbers[5], nil
}

// pss returns the proportional set size of a process, in bytes, or 0 if it is gone.
func pss(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if gone(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), "\nPss:")
	var kib int64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		return 0, fmt.Errorf("read the Pss of process %d: %w", pid, err)
	}
	return kib << 10, nil
}

// gone reports whether err says that a process has ended.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH)
}

// settled returns the usage of pid as soon as it has no more descendants than before,
// since only of those that have ended does it know what they took. It gives up after
// some seconds.
func settled(ctx context.Context, pid, processes int) (usage, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		u, err := tree(pid)
		if err != nil || u.processes <= processes {
			return u, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return u, nil
		}
	}
}
