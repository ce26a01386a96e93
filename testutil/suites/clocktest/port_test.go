package clocktest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

func TestMain(m *testing.M) {
	if how := os.Getenv(servesEnv); how != "" {
		serveAs(how)
	}
	program.Main(m, panicsWhenServing)
}

// panicsWhenServing is a clock server that says where it listens and panics when
// a client comes, after it has disconnected the client.
func panicsWhenServing() {
	port := flag.String("port", "8000", "")
	end := flag.String("end", "\n", "the end of the line that it prints")
	flag.Parse()
	ln, err := net.Listen("tcp", net.JoinHostPort("localhost", *port))
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %v%s", ln.Addr(), *end)
	for {
		conn, err := ln.Accept()
		if err != nil {
			panic(err)
		}
		go func() {
			conn.Close()
			panic("what a day")
		}()
	}
}

func TestPanicIsTheReasonThatAClientGetsNothing(t *testing.T) {
	for _, c := range port {
		switch c.Name {
		case "picks_a_port_when_given_0_and_says_which", "listens_on_the_port_that_it_is_given", "takes_its_zone_from_TZ":
			t.Run(c.Name, func(t *testing.T) {
				err := c.Run(t.Context(), start)
				if want := "ended: panic: what a day"; err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("a server that panics: got %v, want an error with %q", err, want)
				}
			})
		}
	}
}

// The port was free a moment ago, and another program may have been faster.
func TestServerIsNotBlamedForAPortThatAnotherHasTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for conn, err := ln.Accept(); err == nil; conn, err = ln.Accept() {
			conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	if err := listensOn(t.Context(), start, port); !errors.Is(err, errInUse) {
		t.Errorf("listensOn(%s), where another program listens, = %v, want %v", port, err, errInUse)
	}
}

// The student's own clock2 may run in another terminal, and another grader on the machine.
func TestPort8000IsJudgedTheSameWhoeverHasIt(t *testing.T) {
	other, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("another program has the port, and may leave it at any moment: %v", err)
	}
	defer other.Close()
	go serveTime(other, "")
	t.Setenv(servesEnv, "time")
	for _, tc := range []struct {
		name    string
		foreign bool
		args    []string
		want    string // a part of the error
	}{
		{"default_of_8000", false, []string{"-port", "8000"}, ""},
		{"default_of_8000_of_any_program", true, []string{"-port", "8000"}, ""},
		{"another_default", false, nil, "want it to listen on localhost:8000"},
		{"another_default_of_any_program", true, nil, "another program listens on localhost:8000"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.want != "" { // which takes as long as the patience, at least
				t.Setenv("WORKBOOK_PATIENCE", "1s")
			}
			if tc.foreign {
				test(t, program.Target{Program: os.Args[0]}, "time")
			}
			start := func([]string, ...string) (*program.Process, error) {
				return program.Start(exec.Command(os.Args[0], tc.args...))
			}
			err := listensOn8000(t.Context(), start)
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("listensOn8000 of %v = %v, want an error with %q", tc.args, err, tc.want)
			}
		})
	}
}

// Whether the hours go up to 12 or 24 is for a case on the fake clock to tell: the verdict of a case
// on the real one is the same at every time of the day.
func TestHoursUpToTwelveAreNotToldByTheTimeOfTheDay(t *testing.T) {
	for hour := range 24 {
		now := time.Date(2026, time.November, 30, hour, 50, 7, 0, time.UTC)
		for _, line := range []string{now.Format("15:04:05"), now.Format("03:04:05"), fmt.Sprintf("%02d:50:07", hour%12)} {
			if !shows(line, now, now, time.UTC) {
				t.Errorf("shows(%q) at %s = false, want true", line, now.Format(layout))
			}
		}
		if line := fmt.Sprintf("%02d:51:07", hour); shows(line, now, now, time.UTC) {
			t.Errorf("shows(%q) at %s = true, want false", line, now.Format(layout))
		}
	}
}

func TestMissingNewlineIsNamed(t *testing.T) {
	p, err := start([]string{"-port", "0", "-end", ""})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	saysWhere := func(text string) bool {
		_, ok := program.Address(text)
		return ok
	}
	if err := p.Await(t.Context(), saysWhere); err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = prints(late, p, saysWhere)
	if want := "want a newline after it"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("prints() of a line without a newline = %v, want an error with %q", err, want)
	}
}

func TestPortZeroIsReported(t *testing.T) {
	start := func(args []string, env ...string) (*program.Process, error) {
		return program.Start(exec.Command("echo", "listening on 127.0.0.1:0"))
	}
	if _, err := exec.LookPath("echo"); err != nil {
		t.Skip(err)
	}
	p, _, err := announcing(t.Context(), start, nil, nil)
	if err == nil {
		p.Stop()
	}
	if err == nil || !strings.Contains(err.Error(), "it printed port 0") {
		t.Errorf("announcing of a program that prints port 0 = %v, want an error that says so", err)
	}
}

// A script has no database in its file, and may have one all the same.
func TestZoneDatabaseOfAScriptIsNotChecked(t *testing.T) {
	clock := filepath.Join(t.TempDir(), "clock")
	if err := os.WriteFile(clock, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	name, value, _ := strings.Cut(program.Target{Program: clock}.Environ(), "=")
	t.Setenv(name, value)
	if v := verdict.Of(carriesZones(t.Context(), start)); v.Kind != verdict.NotChecked {
		t.Errorf("the zone database of a script: %q %s, want it not checked", v.Kind, v.Message)
	}
}
