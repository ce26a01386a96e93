package clocktest

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// servesEnv tells a process of this test binary, which may be started as a program of any
// shape, to listen, and to serve clients or not.
const servesEnv = "CLOCKTEST_SERVES"

// serveAs is a program that listens at the port after its first argument.
func serveAs(how string) {
	ln, err := net.Listen("tcp", net.JoinHostPort("localhost", os.Args[2]))
	if err != nil {
		panic(err)
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			panic(err)
		}
		if how == "nothing" {
			defer conn.Close()
			continue
		}
		go func() {
			defer conn.Close()
			for {
				if _, err := conn.Write([]byte(time.Now().UTC().Format(layout + "\n"))); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
	}
}

// test makes this test binary the program under test, one that serves in some way.
func test(t *testing.T, target program.Target, how string) {
	t.Helper()
	name, value, _ := strings.Cut(target.Environ(), "=")
	t.Setenv(name, value)
	t.Setenv(servesEnv, how)
}

// limits runs the cases of some suites, and returns how long they were allowed to take, without
// those that did not take as long.
func limits(t *testing.T, suites ...suite.Suite) (total time.Duration) {
	t.Helper()
	g := new(suite.Grading)
	for _, s := range suites {
		for _, c := range s.Cases {
			c.Runner(t, g, func(ctx context.Context) error {
				end, _ := ctx.Deadline()
				limit := time.Until(end)
				err := c.Run(ctx)
				if ctx.Err() != nil {
					total += limit
				}
				return err
			})
		}
	}
	return total
}

// A clock that sends nothing is told in a third of the time that it took when each case waited.
func TestSilentClockIsToldSoon(t *testing.T) {
	const patience = 400 * time.Millisecond
	t.Setenv("WORKBOOK_PATIENCE", patience.String())
	test(t, program.Target{Program: os.Args[0]}, "nothing")
	if total := limits(t, fromOutside(), Port()); total > 2*patience {
		t.Errorf("the cases of a clock that sends nothing wait for %v in all, want at most %v", total, 2*patience)
	}
}
