package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/walltest"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestWall(t *testing.T) { walltest.Test(t, run) }

func TestProgram(t *testing.T) { walltest.TestProgram(t) }

// What run prints in 4.5 seconds of a fake clock. It connects to each clock by a pipe:
// run has one end, and the test writes to the other end, in place of the clock. Your own
// rows have no points.
//
// If the test ends in a panic about a deadlock, a goroutine has not ended: the text below
// the panic shows where it waits.
func TestRun(t *testing.T) {
	type clock struct {
		name  string
		lines string // one a second; then the clock is silent
	}
	tests := []struct {
		name   string
		clocks []clock
		want   map[string]string // the time beside each name on the screen
	}{
		{"shows_the_newest_time_of_each_clock", []clock{
			{"NewYork", "08:00:00 08:00:01 08:00:02"},
			{"London", "13:00:00 13:00:01 13:00:02"},
			{"Johannesburg", "15:00:00 15:00:01 15:00:02"},
		}, map[string]string{"NewYork": "08:00:02", "London": "13:00:02", "Johannesburg": "15:00:02"}},
		{"goes_on_beside_a_clock_that_stops_sending", []clock{
			{"NewYork", "08:00:00"},
			{"London", "13:00:00 13:00:01 13:00:02"},
			{"Johannesburg", "15:00:00 15:00:01 15:00:02"},
		}, map[string]string{"NewYork": "08:00:00", "London": "13:00:02", "Johannesburg": "15:00:02"}},

		// Add your own rows. What does your wall show for a clock that sends nothing, or
		// that sends a word instead of a time?
	}
	limit := time.AfterFunc(30*time.Second, func() { panic("the fake clock has stopped: go test -timeout 10s shows where") })
	defer limit.Stop()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			started := true
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 4500*time.Millisecond)
				defer cancel()

				var args []string
				lines := make(map[string]string) // by address
				first := make(map[string]string) // the first line of each clock, by name
				for _, c := range tt.clocks {
					address := c.name + ":8000"
					args = append(args, c.name+"="+address)
					lines[address] = c.lines
					first[c.name], _, _ = strings.Cut(c.lines, " ")
				}
				var clocks errgroup.Group
				dial := func(_ context.Context, _, address string) (net.Conn, error) {
					conn, clock := net.Pipe()
					clocks.Go(func() error { // disconnects a second after the end of ctx
						<-ctx.Done()
						time.Sleep(time.Second)
						return clock.Close()
					})
					clocks.Go(func() error {
						for line := range strings.FieldsSeq(lines[address]) {
							if _, err := fmt.Fprintln(clock, line); err != nil {
								return fmt.Errorf("clock at %s: %w", address, err)
							}
							time.Sleep(time.Second)
						}
						return nil
					})
					return conn, nil
				}

				var out bytes.Buffer
				err := run(ctx, dial, args, &out)
				if errors.Is(err, exercises.ErrNotStarted) {
					started = false
					return
				}
				if err != nil {
					t.Errorf("run returned %v, want nil", err)
				}
				if err := clocks.Wait(); err != nil {
					t.Error(err)
				}
				got := walltest.Read(out.String(), first)
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("the wall shows (-want +got):\n%s", diff)
				}
			})
			if !started {
				t.Skip("not started")
			}
		})
	}
}
