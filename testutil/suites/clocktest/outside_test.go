package clocktest

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// servesEnv tells a process of this test binary, which may be started as a program of any
// shape, to listen, and to serve clients or not.
const servesEnv = "CLOCKTEST_SERVES"

// serveAs is a program that listens at the port after its first argument, or picks one.
func serveAs(how string) {
	port := "0"
	if len(os.Args) > 2 {
		port = os.Args[2]
	}
	ln, err := net.Listen("tcp", net.JoinHostPort("localhost", port))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())
	serveTime(ln, how)
}

// serveTime serves until ln is closed.
func serveTime(ln net.Listener, how string) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			if how == "nothing" {
				io.Copy(io.Discard, conn) // until the client leaves
			}
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

// A clock whose command has no {port} is asked where it listens.
func TestClockOnItsOwnPortIsGraded(t *testing.T) {
	port, err := program.FreePort("localhost")
	if err != nil {
		t.Fatal(err)
	}
	test(t, program.Target{Command: []string{os.Args[0], "-port", port}}, "time")
	want := map[string]verdict.Kind{
		"picks_a_port_when_given_0_and_says_which": verdict.NotChecked,
		"listens_on_the_port_that_it_is_given":     verdict.NotChecked,
		"listens_on_port_8000_by_default":          verdict.NotChecked,
		"refuses_a_port_that_is_not_a_number":      verdict.NotChecked,
		"refuses_a_port_that_is_out_of_range":      verdict.NotChecked,
		"takes_its_zone_from_TZ":                   verdict.Wrong, // it shows UTC
		"embeds_the_time_zone_database":            verdict.Wrong,
		"refuses_an_unknown_time_zone":             verdict.Wrong,
		"logs_a_failed_Accept":                     verdict.NotChecked,
	}
	for _, c := range Port().Cases {
		kind := cmp.Or(want[c.Name], verdict.Passed)
		if v := verdict.Of(c.Run(t.Context())); v.Kind != kind {
			t.Errorf("%s of a clock on its own port is %s: %s, want %s", c.Name, v.Kind, v.Message, kind)
		}
	}
}
