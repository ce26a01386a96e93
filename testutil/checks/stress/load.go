package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// begin puts the load on the machine until stop is called.
func (l load) begin() (stop func()) {
	if l != busy {
		return func() {}
	}
	ctx, stop := context.WithCancel(context.Background())
	for range runtime.NumCPU() {
		go compute(ctx)
	}
	return stop
}

// compute keeps a processor busy until ctx ends.
func compute(ctx context.Context) {
	for ctx.Err() == nil {
	}
}

// Halves are control groups of Linux, whose processes together have half a core each.
type halves struct {
	free chan group
	all  []group
}

type group struct {
	dir   string
	procs string // the file that moves a process into the group
	from  *halves
}

// newHalves makes n of them. That needs root.
func newHalves(n int) (*halves, error) {
	h := &halves{free: make(chan group, n)}
	for i := range n {
		g, err := newGroup(fmt.Sprintf("stress-%d-%d", os.Getpid(), i))
		if err != nil {
			h.Close()
			return nil, err
		}
		g.from = h
		h.all = append(h.all, g)
		h.free <- g
	}
	return h, nil
}

// newGroup makes a control group of a name: in version 2 of control groups, which has one tree
// for all resources, or in version 1.
func newGroup(name string) (group, error) {
	const top = "/sys/fs/cgroup"
	dir, file, text := filepath.Join(top, "cpu", name), "cpu.cfs_quota_us", "50000"
	if _, err := os.Stat(filepath.Join(top, "cgroup.controllers")); err == nil {
		dir, file, text = filepath.Join(top, name), "cpu.max", "50000 100000"
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return group{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0); err != nil {
		os.Remove(dir)
		return group{}, err
	}
	return group{dir: dir, procs: filepath.Join(dir, "cgroup.procs")}, nil
}

// take returns a group that no other run has.
func (h *halves) take() group { return <-h.free }

// giveBack lets another run have g.
func (g group) giveBack() { g.from.free <- g }

// Close removes the groups, in which no process is left.
func (h *halves) Close() {
	if h == nil {
		return
	}
	for _, g := range h.all {
		os.Remove(g.dir)
	}
}
