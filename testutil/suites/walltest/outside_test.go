package walltest

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// Each case is asked from outside, or it is said why it cannot be.
func TestCaseIsAskedFromOutsideOrSaysWhyNot(t *testing.T) {
	for _, c := range cases {
		if asked, why := outside[c.Name] != nil, hidden[c.Name]; asked == (why != "") {
			t.Errorf("%s is asked from outside: %v, and why not: %q, want one of them", c.Name, asked, why)
		}
	}
	known := func(name string) bool {
		return slices.ContainsFunc(cases, func(c suite.Case[Run]) bool { return c.Name == name })
	}
	for name := range outside {
		if !known(name) {
			t.Errorf("outside[%q] is not a case", name)
		}
	}
	for name := range hidden {
		if !known(name) {
			t.Errorf("hidden[%q] is not a case", name)
		}
	}
}

// A program that does not know its arguments ends, and is told what they are.
func TestProgramThatRefusesItsArgumentsIsToldHowItIsStarted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows starts no shell script")
	}
	wall := filepath.Join(t.TempDir(), "wall")
	if err := os.WriteFile(wall, []byte("#!/bin/sh\necho 'usage: wall -n NAME -a ADDRESS' >&2\nexit 2\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		target program.Target
		want   string
	}{
		{program.Target{Program: wall}, "-command 'PROG {clocks}'"},
		{program.Target{Command: []string{wall, "{clocks}"}}, "a command of its own, in which {clocks} stands for"},
	} {
		name, value, _ := strings.Cut(tt.target.Environ(), "=")
		t.Setenv(name, value)
		for _, c := range []string{"connects_to_the_addresses_that_it_is_given", "shows_a_single_clock"} {
			err := outside[c](t.Context(), start)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s of a wall that takes other arguments: %v, want an error with %q", c, err, tt.want)
			}
		}
	}
}

// Where a wall shows a time is found out once, for all of its tests: one that shows none is waited
// for.
func TestWallIsTriedOnATerminalOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows starts no shell script")
	}
	dir := t.TempDir()
	wall, starts := filepath.Join(dir, "wall"), filepath.Join(dir, "starts")
	if err := program.WriteExecutable(wall, []byte("#!/bin/sh\necho x >>'"+starts+"'\nexit 2\n")); err != nil {
		t.Fatal(err)
	}
	name, value, _ := strings.Cut(program.Target{Program: wall}.Environ(), "=")
	t.Setenv(name, value)
	for range 2 {
		for _, c := range Program().Cases {
			if c.Name == "prints_its_usage_without_arguments" {
				c.Run(t.Context())
			}
		}
	}
	text, err := os.ReadFile(starts)
	if err != nil {
		t.Fatal(err)
	}
	if got, most := strings.Count(string(text), "\n"), 4; got > most {
		t.Errorf("a wall was started %d times, want at most %d: twice to see where it shows a time, and in two cases", got, most)
	}
}
