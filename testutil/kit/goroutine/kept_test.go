package goroutine_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/goroutine"
)

// A ledger is what a server remembers of its clients.
type ledger struct {
	mu    sync.Mutex
	lines []string
	last  [10]string
	seats map[int]chan string
	pool  sync.Pool
	n     int
}

const clients = 100

func TestKeptFindsWhereMemoryIsAllocated(t *testing.T) {
	tests := []struct {
		name  string
		visit func(l *ledger)
		want  string // in the place; "" if nothing is kept
	}{
		{"nothing", func(l *ledger) { l.n++ }, ""},
		{"the last ten lines", func(l *ledger) { l.last[l.n%10] = strings.Clone("230 user logged in"); l.n++ }, ""},
		{"buffers of a pool", func(l *ledger) { l.pool.Put(bytes.NewBuffer(make([]byte, 512))) }, ""},
		{"a channel as long as a client stays", func(l *ledger) { l.seats[l.n] = make(chan string); delete(l.seats, l.n); l.n++ }, ""},
		{"timers", func(l *ledger) { time.AfterFunc(time.Hour, func() {}).Stop(); time.After(time.Hour) }, ""},
		{"contexts with a time", func(l *ledger) { _, cancel := context.WithTimeout(context.Background(), time.Minute); _ = cancel }, ""},
		{"each line", func(l *ledger) { l.lines = append(l.lines, strings.Clone("230 user logged in")) }, "kept_test.go:"},
		{"each short line", func(l *ledger) { l.lines = append(l.lines, strings.Clone("15:04:05")) }, "kept_test.go:"},
		{"a channel of each client", func(l *ledger) { l.seats[l.n] = make(chan string); l.n++ }, "kept_test.go:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &ledger{seats: make(map[int]chan string)}
			for range 3 {
				place, n, err := goroutine.Kept(func() error {
					for range clients {
						l.mu.Lock()
						tt.visit(l)
						l.mu.Unlock()
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if kept := n >= clients/4; kept != (tt.want != "") || kept && !strings.Contains(place, tt.want) {
					t.Errorf("Kept() = %q, %d objects, want %q", place, n, tt.want)
				}
			}
		})
	}
}
