package goroutine

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

func TestStuck(t *testing.T) {
	const place = "\nmain.serve()\n\texample.com/workbook/exercises/ex8.1/clock2/clock2.go:20 +0x1d\n\n"
	tests := []struct {
		name, dump string
		kind       verdict.Kind
		message    string
	}{
		{"names_the_goroutine_that_does_not_wait_for_its_clock",
			`goroutine 1 [chan receive]:
main.main()
	/tmp/main.go:3 +0x1d

goroutine 8 [select (durable), synctest bubble 2]:
main.scan()
	/tmp/main.go:4 +0x1d

goroutine 9 [sync.Mutex.Lock, synctest bubble 2]:
internal/sync.(*Mutex).Lock(...)
	/usr/local/go/src/internal/sync/mutex.go:63
main.serve()
	/tmp/main.go:5 +0x1d
`,
			verdict.Hung, "main.go:5 is blocked on a mutex that another goroutine holds during a sleep, a read or a write: unlock the mutex before that"},
		{"looks_only_at_the_newest_clock",
			"goroutine 8 [running, synctest bubble 1]:" + place + "goroutine 9 [chan send (nil chan), synctest bubble 2]:" + place,
			verdict.Hung, "exercises/ex8.1/clock2/clock2.go:20 is blocked on a nil channel: make the channel with make(chan T)"},
		{"takes_a_system_call_for_a_wait", "goroutine 8 [syscall, synctest bubble 1]:" + place,
			verdict.Hung, "exercises/ex8.1/clock2/clock2.go:20 is blocked in a system call: use the listener, dial function or writer that the tests pass"},
		{"tells_a_loop_from_a_wait", "goroutine 8 [running, synctest bubble 1]:" + place,
			verdict.Busy, "exercises/ex8.1/clock2/clock2.go:20 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails"},
		{"shows_a_state_that_it_does_not_know", "goroutine 8 [coroutine, synctest bubble 1]:" + place,
			verdict.Hung, "exercises/ex8.1/clock2/clock2.go:20 is blocked (coroutine)"},
		{"knows_nothing_if_all_wait_for_the_clock", "goroutine 8 [sleep (durable), synctest bubble 1]:" + place,
			verdict.Hung, "deadlock: all goroutines are blocked"},
		{"knows_nothing_without_a_clock", "goroutine 8 [running]:" + place,
			verdict.Hung, "deadlock: all goroutines are blocked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, message := Stuck(tt.dump)
			if kind != tt.kind || message != tt.message {
				t.Errorf("Stuck() = %s: %s\nwant %s: %s", kind, message, tt.kind, tt.message)
			}
		})
	}
}

// Each program is one file, whose lines are marked with what a goroutine does there.
func TestStuckLooksIntoTheSource(t *testing.T) {
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
			want: "is blocked on a mutex that is never unlocked: call mu.Unlock() in each round of the loop, after the Lock",
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
			name: "for_a_lock_that_another_function_unlocks",
			source: `package main

func (s *session) user() {
	s.srv.mu.Lock() // sync.Mutex.Lock
	s.named = true
}

func (s *session) leave() {
	if s.named {
		s.named = false
		s.srv.mu.Unlock()
	}
}
`,
			want: "is blocked on a mutex that stays locked when its function returns: lock and unlock it in the same function",
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
			want: "is blocked on a mutex that is still locked: unlock it before every return and every new round of a loop",
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
			if kind, got := Stuck(dump.String()); kind != verdict.Hung || got != want {
				t.Errorf("Stuck() = %s: %s\nwant %s: %s\nof\n%s", kind, got, verdict.Hung, want, tt.source)
			}
		})
	}
}

func TestStuckKnowsStandardInput(t *testing.T) {
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
	if kind, got := Stuck(dump); kind != verdict.Hung || got != want {
		t.Errorf("Stuck() = %s: %s\nwant %s: %s", kind, got, verdict.Hung, want)
	}
}

func TestReadsTellsWhereAProgramOnlyReads(t *testing.T) {
	const (
		accepts = "goroutine 7 [select (durable), synctest bubble 1]:\nexample.com/workbook/testutil/kit/pipenet.(*Listener).Accept(0x1)\n\t/w/testutil/kit/pipenet/pipenet.go:150 +0x1\n" +
			"example.com/workbook/exercises/ex8.1/clock2.serve(0x1)\n\t/w/exercises/ex8.1/clock2/clock2.go:30 +0x1\n\n"
		reads = "goroutine 8 [sync.Cond.Wait (durable), synctest bubble 1]:\nexample.com/workbook/testutil/kit/pipenet.(*conn).Read(0x1)\n\t/w/testutil/kit/pipenet/conn.go:50 +0x1\n" +
			"example.com/workbook/exercises/ex8.1/clock2.handleConn(0x1)\n\t/w/exercises/ex8.1/clock2/clock2.go:36 +0x1\n\n"
		sleeps = "goroutine 9 [sleep (durable), synctest bubble 1]:\ntime.Sleep(0x1)\n\t/usr/local/go/src/runtime/time.go:361 +0x145\n" +
			"example.com/workbook/exercises/ex8.1/clock2.handleConn(0x1)\n\t/w/exercises/ex8.1/clock2/clock2.go:40 +0x1\n\n"
	)
	for dump, want := range map[string]string{
		accepts + reads: "clock2.go:36", reads + accepts: "clock2.go:36",
		accepts: "", accepts + reads + sleeps: "", sleeps: "", "": "",
	} {
		if got := Reads(dump); got != want {
			t.Errorf("Reads() = %q, want %q, of\n%s", got, want, dump)
		}
	}
}
