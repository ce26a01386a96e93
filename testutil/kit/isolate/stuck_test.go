package isolate

import (
	"example.com/workbook/testutil/kit/verdict"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each program is one file, whose lines are marked with what a goroutine does there.
func TestExplainStuckLooksIntoTheSource(t *testing.T) {
	tests := []struct {
		name, source string
		want         string // after "clock2.go:N "
	}{
		{
			name: "for_a_lock_without_an_unlock",
			source: `package main

func handleConn(conn net.Conn) {
	for {
		mu.Lock() // sync.Mutex.Lock
		n++
		time.Sleep(time.Second) // sleep (durable)
	}
}
`,
			want: "is blocked on a mutex that is never unlocked: put defer mu.Unlock() after the Lock",
		},
		{
			name: "for_a_lock_without_an_unlock_in_another_function",
			source: `package main

func (s *server) add() {
	s.mu.Lock()
	s.n++
}

func (s *server) show() {
	s.mu.Lock() // sync.Mutex.Lock
	defer s.mu.Unlock()
	print(s.n)
}
`,
			want: "is blocked on a mutex that is never unlocked: put defer s.mu.Unlock() after clock2.go:4",
		},
		{
			name: "for_a_lock_that_is_read",
			source: `package main

func show() {
	mu.RLock()
	print(n)
}

func set() {
	mu.Lock() // sync.RWMutex.Lock
	defer mu.Unlock()
}
`,
			want: "is blocked on a mutex that is never unlocked: put defer mu.RUnlock() after clock2.go:4",
		},
		{
			name: "for_a_lock_over_a_sleep",
			source: `package main

func handleConn(conn net.Conn) {
	mu.Lock() // sync.Mutex.Lock
	time.Sleep(time.Second) // sleep (durable)
	mu.Unlock()
}

func other() {
	mu.Lock()
	mu.Unlock()
	time.Sleep(time.Second) // sleep (durable)
}
`,
			want: "is blocked on a mutex that another goroutine holds while it sleeps, at clock2.go:5: unlock the mutex before that",
		},
		{
			name: "for_an_unlock_before_a_return",
			source: `package main

func handleConn(conn net.Conn) {
	for {
		mu.Lock() // sync.Mutex.Lock
		if err := write(conn); err != nil {
			mu.Unlock()
			return
		}
		time.Sleep(time.Second) // sleep (durable)
		mu.Unlock()
	}
}
`,
			want: "is blocked on a mutex that another goroutine holds while it sleeps, at clock2.go:10: unlock the mutex before that",
		},
		{
			name: "for_a_deferred_unlock",
			source: `package main

func handleConn(conn net.Conn) {
	mu.Lock() // sync.Mutex.Lock
	defer func() {
		n--
		mu.Unlock()
	}()
	n++
	time.Sleep(time.Second) // sleep (durable)
}
`,
			want: "is blocked on a mutex that another goroutine holds while it sleeps, at clock2.go:10: unlock the mutex before that",
		},
		{
			name: "for_a_lock_over_Accept",
			source: `package main

func serve(ln net.Listener) error {
	for {
		mu.Lock()
		conn, err := ln.Accept() // select (durable)
		mu.Unlock()
		go func() {
			mu.Lock() // sync.Mutex.Lock
			defer mu.Unlock()
		}()
	}
}
`,
			want: "is blocked on a mutex that another goroutine holds while it waits, at clock2.go:6: unlock the mutex before that",
		},
		{
			name: "for_a_lock_of_its_own",
			source: `package main

func show() {
	mu.Lock()
	defer mu.Unlock()
	n++
	mu.Lock() // sync.Mutex.Lock
	defer mu.Unlock()
}
`,
			want: "is blocked on a mutex that the same goroutine has locked at clock2.go:4: call mu.Unlock() before",
		},
		{
			name: "for_a_return_without_an_unlock",
			source: `package main

func (w *wall) lock() { w.mu.Lock() }

func handleConn(conn net.Conn) {
	mu.Lock() // sync.Mutex.Lock
	if n == 0 {
		return
	}
	mu.Unlock()
	time.Sleep(time.Second) // sleep (durable)
}
`,
			want: "is blocked on a mutex that is not unlocked before every return: put defer mu.Unlock() after each mu.Lock()",
		},
		{
			name: "for_a_WaitGroup_of_the_package",
			source: `package main

var clients = &sync.WaitGroup{}

func serve() {
	clients.Wait() // sync.WaitGroup.Wait
}
`,
			want: "is blocked on a WaitGroup that is a package variable: make it in the function that uses it",
		},
		{
			name: "for_a_WaitGroup_without_Done",
			source: `package main

func serve() {
	var clients sync.WaitGroup
	clients.Add(1)
	clients.Wait() // sync.WaitGroup.Wait
}
`,
			want: "is blocked on a WaitGroup that never reaches zero: call Done once for each Add, and pass the WaitGroup as a pointer",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "clock2.go"), tt.source)
			t.Chdir(dir)
			var dump strings.Builder
			var stuckAt int
			for i, line := range strings.Split(tt.source, "\n") {
				if _, state, ok := strings.Cut(line, " // "); ok {
					fmt.Fprintf(&dump, "goroutine %d [%s, synctest bubble 1]:\nmain.f()\n\t%s/clock2.go:%d +0x1d\n\n", i+1, state, filepath.ToSlash(dir), i+1)
					if !strings.Contains(state, "durable") {
						stuckAt = i + 1
					}
				}
			}
			want := fmt.Sprintf("clock2.go:%d %s", stuckAt, tt.want)
			if kind, got := explainStuck(dump.String()); kind != verdict.Hung || got != want {
				t.Errorf("explainStuck() = %s: %s\nwant %s: %s\nof\n%s", kind, got, verdict.Hung, want, tt.source)
			}
		})
	}
}

func TestExplainStuckKnowsStandardInput(t *testing.T) {
	const dump = `goroutine 9 [semacquire, synctest bubble 1]:
internal/poll.runtime_Semacquire(0xc0)
	/usr/local/go/src/runtime/sema.go:72 +0x25
internal/poll.(*fdMutex).rwlock(0xc0, 0x1)
	/usr/local/go/src/internal/poll/fd_mutex.go:154 +0x9e
os.(*File).Read(0xc0, {0xc0, 0x1, 0x1})
	/usr/local/go/src/os/file.go:140 +0x4e
main.serve()
	/tmp/main.go:7 +0x1d
`
	const want = "main.go:7 reads standard input, where nothing arrives: read only from the connections"
	if kind, got := explainStuck(dump); kind != verdict.Hung || got != want {
		t.Errorf("explainStuck() = %s: %s\nwant %s: %s", kind, got, verdict.Hung, want)
	}
}

// A submission is not in the workbook, but its programs are in folders of the same names.
func TestPlaceInASubmission(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "submission", "exercises", "ex8.1", "clock2")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "clock2.go"), "package main\n\nfunc serve() { os.Exit(3) }\n")
	t.Chdir(dir)
	const want = "exercises/ex8.1/clock2/clock2.go:3 ends the program (os.Exit, status 3)"
	if got := explainExit("", 3); got != want {
		t.Errorf("explainExit() = %q, want %q", got, want)
	}
}
