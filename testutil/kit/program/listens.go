package program

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Group returns the processes of the group that pid leads, where the system tells them,
// and pid. A script that starts a server hides nothing of it.
func Group(pid int) []int {
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

// ListensAt returns the TCP ports at which processes listen, in order. It is an error if
// the system does not tell, as only Linux does. Of processes of another user it may tell nothing.
func ListensAt(pids []int) ([]int, error) {
	unknown := errors.New("this system does not tell who listens")
	if runtime.GOOS != "linux" { // in Wine, a program for Windows sees /proc, and has other numbers
		return nil, unknown
	}
	inodes := make(map[string]bool)
	for _, pid := range pids {
		links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		if err != nil {
			return nil, err
		}
		for _, link := range links {
			to, _ := os.Readlink(link) // it may be closed by now
			if inode, ok := strings.CutPrefix(to, "socket:["); ok {
				inodes[strings.TrimSuffix(inode, "]")] = true
			}
		}
	}
	var ports []int
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue // there may be no IPv6
		}
		unknown = nil
		lines := bufio.NewScanner(f)
		lines.Scan() // the names of the columns
		for lines.Scan() {
			// 0: 0100007F:1F55 00000000:0000 0A … inode …, with 0A for a listener
			fields := strings.Fields(lines.Text())
			if len(fields) < 10 || fields[3] != "0A" {
				break // Linux lists the listeners first; of connections there may be ten thousands
			}
			_, hex, _ := strings.Cut(fields[1], ":")
			port, err := strconv.ParseInt(hex, 16, 32)
			if err == nil && inodes[fields[9]] && !slices.Contains(ports, int(port)) {
				ports = append(ports, int(port))
			}
		}
		f.Close()
	}
	slices.Sort(ports)
	return ports, unknown
}

// Find waits until p, a program of any shape, listens, and returns where. It is asked to
// listen at want, where port 0 stands for any. If there are two ports, and want is not one of
// them, what it prints decides; that is all that there is where the system tells no ports.
func Find(ctx context.Context, p *Process, want string) (string, error) {
	anyPort := strings.HasSuffix(want, ":0")
	const looks = 10 // for a program that has yet to print which port it is
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for seen := 0; ; {
		printed, says := Address(p.Output())
		ports, err := ListensAt(Group(p.Pid()))
		switch {
		case err != nil && !anyPort && accepts(ctx, want):
			return want, nil
		case err != nil && says && accepts(ctx, printed):
			return printed, nil
		case len(ports) > 0:
			seen++
			for _, port := range ports {
				if address := net.JoinHostPort("localhost", strconv.Itoa(port)); address == want || address == printed && anyPort || seen == looks {
					return address, nil
				}
			}
		}
		select {
		case <-again.C:
		case <-p.Done():
			return "", fmt.Errorf("%s has ended, and listens nowhere; it printed %s", p, Quoted(p.Output()))
		case <-ctx.Done():
			if printed, says = Address(p.Output()); says {
				return "", fmt.Errorf("%s says that it listens at %s, and does not listen there: %w", p, printed, ctx.Err())
			}
			return "", fmt.Errorf("%s listens nowhere; it printed %s: %w", p, Quoted(p.Output()), ctx.Err())
		}
	}
}

// accepts reports whether a process listens at an address.
func accepts(ctx context.Context, address string) bool {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
