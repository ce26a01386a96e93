package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// The program tries to reach what belongs to others, and says what it has reached.
func main() { reach() }

func serve(ln net.Listener) error {
	reach()
	return nil
}

func reach() {
	var reached []string
	note := func(what string, err error) {
		if err == nil {
			reached = append(reached, what)
		}
	}
	for _, name := range found("/dev/tty", "/dev/pts/[0-9]*") {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		note("the terminal "+name, err)
		f.Close()
	}
	for _, name := range sockets() {
		conn, err := net.Dial("unix", name)
		note("the socket "+name, err)
		if err == nil {
			conn.Close()
		}
	}
	for _, name := range found("/tmp/hostile*/secret") {
		_, err := os.ReadFile(name)
		note("the file "+name, err)
	}
	for _, name := range found("/proc/[0-9]*/environ") {
		if name != fmt.Sprintf("/proc/%d/environ", os.Getpid()) {
			text, err := os.ReadFile(name)
			if len(text) > 0 {
				note("the environment "+name, err)
			}
		}
	}
	for _, e := range os.Environ() {
		if strings.Contains(e, "SECRET") {
			note("the variable "+e, nil)
		}
	}
	for _, dir := range found("/home/*", "/root", "/tmp", "/var/tmp", "/dev/shm", "/run", "/etc", "/usr") {
		name := filepath.Join(dir, fmt.Sprint("hostile-86399-", os.Getpid()))
		if os.WriteFile(name, nil, 0o666) == nil && !strings.HasPrefix(os.TempDir(), dir+"/") {
			os.Remove(name)
			note("the folder "+dir, nil)
		}
	}
	if len(reached) == 0 {
		reached = append(reached, "nothing of others")
	}
	panic("reaches " + strings.Join(reached, ", "))
}

func found(patterns ...string) (names []string) {
	for _, p := range patterns {
		if !strings.ContainsAny(p, "*") {
			names = append(names, p)
		}
		matches, _ := filepath.Glob(p)
		names = append(names, matches...)
	}
	return names
}

// sockets returns the names of all sockets that others listen on.
func sockets() (names []string) {
	text, _ := os.ReadFile("/proc/net/unix")
	for line := range bytes.Lines(text) {
		if fields := bytes.Fields(line); len(fields) == 8 && (fields[7][0] == '/' || bytes.HasPrefix(fields[7], []byte("@/tmp/hostile"))) {
			names = append(names, string(fields[7]))
		}
	}
	return append(names, found("/run/*.sock", "/run/*/*.sock", "/tmp/*/socket")...)
}
