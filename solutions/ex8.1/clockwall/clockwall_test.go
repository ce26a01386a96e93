package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/walltest"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestWall(t *testing.T) { walltest.Test(t, run) }

func TestProgram(t *testing.T) { walltest.TestProgram(t) }

// What run prints in 4.5 seconds of a fake clock. It connects to each clock by a pipe:
// run has one end, and the test writes to the other end, in place of the clock.
func TestRun(t *testing.T) {
	type clock struct {
		name  string
		lines string // one a second; then the clock is silent
	}
	tests := []struct {
		name   string
		clocks []clock
		want   string // the names, and the newest row
	}{
		{"shows_the_newest_time_of_each_clock", []clock{
			{"NewYork", "08:00:00 08:00:01 08:00:02"},
			{"London", "13:00:00 13:00:01 13:00:02"},
			{"Johannesburg", "15:00:00 15:00:01 15:00:02"},
		}, `
NewYork   London    Johannesburg
08:00:02  13:00:02  15:00:02
`},
		{"goes_on_beside_a_clock_that_stops_sending", []clock{
			{"NewYork", "08:00:00"},
			{"London", "13:00:00 13:00:01 13:00:02"},
			{"Johannesburg", "15:00:00 15:00:01 15:00:02"},
		}, `
NewYork   London    Johannesburg
08:00:00  13:00:02  15:00:02
`},
		{"goes_on_beside_a_clock_that_says_nothing", []clock{
			{"NewYork", ""},
			{"London", "13:00:00 13:00:01 13:00:02"},
			{"Johannesburg", "15:00:00 15:00:01 15:00:02"},
		}, `
NewYork   London    Johannesburg
--:--:--  13:00:02  15:00:02
`},
		{"shows_a_single_clock_over_midnight", []clock{
			{"Tokyo", "23:59:58 23:59:59 00:00:00 00:00:01"},
		}, `
Tokyo
00:00:01
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 4500*time.Millisecond)
				defer cancel()

				var args []string
				lines := make(map[string]string) // by address
				for _, c := range tt.clocks {
					address := c.name + ":8000"
					args = append(args, c.name+"="+address)
					lines[address] = c.lines
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
				if err != nil {
					t.Errorf("run returned %v, want nil", err)
				}
				if err := clocks.Wait(); err != nil {
					t.Error(err)
				}
				screen := strings.SplitAfter(out.String(), "\n")
				screen = slices.Delete(screen, 1, max(1, len(screen)-2)) // the older rows
				got := "\n" + strings.Join(screen, "")
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("the wall shows (-want +got):\n%s", diff)
				}
			})
		})
	}
}
