package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// noTime stands for the time of a clock that has not spoken yet or is lost.
	noTime = "--:--:--"

	// Clocks that were dialed together tick together. All rows but the first come
	// this much after their ticks, so that no row finds half of the clocks a second behind.
	settle = 50 * time.Millisecond
)

// A table holds the newest reading of each clock. It belongs to one goroutine.
type table struct {
	clocks []clock
	latest map[string]reading // by name; none for a clock that is being dialed for the first time
}

func newTable(clocks []clock) *table {
	return &table{clocks, make(map[string]reading)}
}

// printRows prints the names of the clocks to out, and then, once a second
// until ctx ends, a row of their times.
func (t *table) printRows(ctx context.Context, out io.Writer, readings <-chan reading) error {
	if _, err := io.WriteString(out, t.header()); err != nil {
		return fmt.Errorf("writing the names of the clocks: %w", err)
	}
	next := time.NewTimer(time.Second) // till the next row is due
	defer next.Stop()
	gap := time.Second + settle // from the first row to the second
	started := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case r := <-readings:
			if r.time == "" && r.err == nil {
				continue // connected: no news for a row
			}
			if r.err != nil && t.latest[r.name].err == nil {
				log.Printf("%s: %v; trying again in %v", r.name, r.err, r.wait)
			}
			t.latest[r.name] = r
			if started || !t.complete() {
				continue
			}
		case <-next.C:
		}
		next.Reset(gap)
		gap, started = time.Second, true
		if _, err := io.WriteString(out, t.row()); err != nil {
			return fmt.Errorf("writing the times: %w", err)
		}
	}
}

// complete reports whether every clock has spoken or is lost.
func (t *table) complete() bool {
	for _, c := range t.clocks {
		if r := t.latest[c.name]; r.time == "" && r.err == nil {
			return false
		}
	}
	return true
}

// header returns the names of the clocks, each at the head of its column.
func (t *table) header() string {
	return t.columns(func(c clock) string { return c.name })
}

// row returns the times of the clocks, each in its column.
func (t *table) row() string {
	return t.columns(t.time)
}

// columns returns a line with a cell for each clock.
func (t *table) columns(cell func(clock) string) string {
	var b strings.Builder
	for _, c := range t.clocks {
		width := max(utf8.RuneCountInString(c.name), len(noTime))
		fmt.Fprintf(&b, "%-*s  ", width, cell(c))
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// time returns the time that c tells, or noTime.
func (t *table) time(c clock) string {
	if r := t.latest[c.name]; r.time != "" {
		return r.time
	}
	return noTime
}
