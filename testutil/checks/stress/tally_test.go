package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableShowsTheVerdictsThatDiffer(t *testing.T) {
	const board = "=== RUN   TestClock\n=== ATTR  TestClock/serves points 2\n=== ATTR  TestClock/serves verdict VERDICT\n" +
		"    --- RESULT: TestClock/serves (0.01s)\n--- RESULT: TestClock (0.01s)\n--- PASS: TestServe (0.01s)\n"
	passed := parse([]byte(strings.NewReplacer("VERDICT", "passed", "RESULT", "PASS").Replace(board)))
	hung := parse([]byte(strings.NewReplacer("VERDICT", "not concurrent", "RESULT", "FAIL").Replace(board)))
	clock := subject{name: "solutions/ex8.1/clock2"}
	wrong := subject{name: "clock2-no-go", mistake: true}
	calm, loaded, raced := condition{2, false, idle}, condition{1, false, busy}, condition{2, true, idle}
	for _, tt := range []struct {
		name string
		runs []run
		want string
	}{
		{"none", []run{{clock, calm, passed}, {clock, loaded, passed}, {wrong, calm, hung}}, `
all verdicts were the same

kind            programs  runs  case runs  that differ
right programs  1         2     2          0
known mistakes  1         1     1          0
`},
		{"one", []run{{clock, calm, passed}, {clock, loaded, hung}, {clock, calm, passed}}, `
program                 test              verdict         runs  in
solutions/ex8.1/clock2  TestClock         PASS            2     
solutions/ex8.1/clock2  TestClock         FAIL            1     GOMAXPROCS=1, busy cores
solutions/ex8.1/clock2  TestClock/serves  passed          2     
solutions/ex8.1/clock2  TestClock/serves  not concurrent  1     GOMAXPROCS=1, busy cores

kind            programs  runs  case runs  that differ
right programs  1         3     3          2
known mistakes  0         0     0          0
`},
		{"a_test_that_did_not_run", []run{{wrong, calm, hung}, {wrong, calm, hung}, {wrong, loaded, map[string]outcome{"TestServe": {verdict: "PASS"}, "TestClock": {verdict: "FAIL"}}}}, `
program       test              verdict         runs  in
clock2-no-go  TestClock/serves  not concurrent  2     
clock2-no-go  TestClock/serves  did not run     1     GOMAXPROCS=1, busy cores

kind            programs  runs  case runs  that differ
right programs  0         0     0          0
known mistakes  1         3     2          1
`},
		{"none_between_builds", []run{{clock, calm, passed}, {clock, raced, hung}}, `
all verdicts were the same

kind            programs  runs  case runs  that differ
right programs  1         2     2          0
known mistakes  0         0     0          0
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var found tally
			for _, r := range tt.runs {
				found.add(r)
			}
			var got strings.Builder
			differ, err := found.write(&got)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Contains(tt.want, "program "); differ != want {
				t.Errorf("write reports that verdicts differ: %t, want %t", differ, want)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), got.String()); diff != "" {
				t.Errorf("the table mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConditionsAreThoseThatTheMachineHas(t *testing.T) {
	for _, tt := range []struct {
		race, halves bool
		want         int
	}{{true, true, 18}, {false, true, 9}, {true, false, 12}} {
		if got := len(conditions(tt.race, tt.halves)); got != tt.want {
			t.Errorf("conditions(%t, %t) returns %d, want %d", tt.race, tt.halves, got, tt.want)
		}
	}
}
