package isolate

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

// here returns a dump as it would look if the workbook of ann, who printed it,
// stood where this one does.
func here(t *testing.T, dump string) string {
	t.Helper()
	top, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(dump, "/home/ann/workbook", filepath.ToSlash(top))
}

func TestExplain(t *testing.T) {
	const spins = `
goroutine 9 [select]:
example.com/workbook/exercises/ex8.1/clock2.main()
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:12 +0x1d

goroutine 10 [runnable]:
fmt.Println(...)
	/usr/local/go/src/fmt/print.go:314
example.com/workbook/exercises/ex8.1/clock2.spin()
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:21 +0x1d
`
	tests := []struct {
		name    string
		end     ending
		kind    verdict.Kind
		message string
	}{
		{"a_flood", ending{output: "still here\n" + spins, flooded: true}, verdict.Flooded,
			"exercises/ex8.1/clock2/clock2.go:21 prints without end"},
		{"a_flood_of_the_log", ending{output: "2026/11/22 18:38:57 /home/ann/workbook/exercises/ex8.1/clock2/clock2.go:30: EOF\n" + spins, flooded: true}, verdict.Flooded,
			"exercises/ex8.1/clock2/clock2.go:30 prints without end"},
		{"a_flood_from_nowhere", ending{output: "still here\n", flooded: true}, verdict.Flooded,
			"prints without end"},
		{"a_case_that_runs_for_too_long", ending{output: spins, began: true, late: true}, verdict.Hung,
			"does not end within 1m0s of real time: exercises/ex8.1/clock2/clock2.go:21 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails"},
		{"a_case_that_rests_for_too_long", ending{output: strings.ReplaceAll(spins, "runnable", "chan send (nil chan), 1 minutes"), began: true, late: true}, verdict.Hung,
			"does not end within 1m0s of real time: exercises/ex8.1/clock2/clock2.go:12 is blocked on a channel that is a package variable: make it in the function that uses it"},
		{"a_case_that_is_late_and_silent", ending{began: true, late: true}, verdict.Hung,
			"does not end within 1m0s of real time"},
		{"a_program_that_hangs_in_an_init_function", ending{output: strings.NewReplacer("main()", "init.0()", "[select]", "[select (no cases)]", "runnable", "sleep").Replace(spins), late: true}, verdict.Hung,
			"does not reach main within 1m0s of real time: exercises/ex8.1/clock2/clock2.go:12 is blocked in an empty select: return when the work is done"},
		{"a_case_that_gave_up", ending{output: "hello\n" + stuck + strings.ReplaceAll(spins, "runnable", "runnable, synctest bubble 1"), status: 1}, verdict.Busy,
			"exercises/ex8.1/clock2/clock2.go:21 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails"},
		{"a_crash", ending{output: "panic: no clocks\n" + spins, status: 2}, verdict.Crashed,
			"exercises/ex8.1/clock2/clock2.go:12 panics: no clocks"},
		{"memory_that_is_used_up", ending{output: "==1==ERROR: ThreadSanitizer failed to allocate 0x10000000 (268435456) bytes at address 218038000000 (errno: 12)\n", status: 66}, verdict.Crashed,
			"runs out of memory; with the race detector it needs five times as much"},
		{"a_goroutine_for_each_Accept", ending{output: accepts + strings.ReplaceAll(spins, "runnable", "running"), status: 1}, verdict.Busy,
			"exercises/ex8.1/clock2/clock2.go:12 calls Accept in thousands of goroutines at the same time, and the loop around it starts goroutines without an end: call Accept in the loop itself, and use go for what follows"},
		{"more_goroutines_than_the_race_detector_can_count", ending{output: "race: limit on 8128 simultaneously alive goroutines is exceeded, dying\n", status: 66}, verdict.Busy,
			"the program starts goroutines without an end: each round of a loop with go must wait for something, such as Accept"},
		{"an_exit_with_status_0", ending{output: "panic: unexpected call to os.Exit(0) during test\n", status: 2}, verdict.Exited,
			"ends the program (os.Exit)"},
		{"a_signal", ending{status: -1}, verdict.Exited,
			"was killed by a signal: perhaps it used too much memory"},
		{"an_exit", ending{output: "2026/11/22 18:38:57 /home/ann/workbook/exercises/ex8.1/clock2/clock2.go:30: EOF\n", status: 1}, verdict.Exited,
			"exercises/ex8.1/clock2/clock2.go:30 ends the program (log.Fatal: EOF)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.end.output = here(t, tt.end.output)
			tt.end.stderr = tt.end.output
			kind, message := explain(tt.end)
			if kind != tt.kind || message != tt.message {
				t.Errorf("explain() = %s: %s\nwant %s: %s", kind, message, tt.kind, tt.message)
			}
		})
	}
}

// The two streams of a process arrive each on its own, so that a line of one may
// come in the middle of a report on the other.
func TestReportIsReadFromStandardErrorAlone(t *testing.T) {
	const opening, rest = "==================\n", "WARNING: DATA RACE\nWrite at 0x00c000012345 by goroutine 7:\n"
	end := ending{output: opening + "FAIL\n" + rest, stderr: opening + rest}
	const want = "a data race: two goroutines use a variable at the same time, and one writes it"
	if got := resultOf(answer{Races: 1}, true, end).Race; got != want {
		t.Errorf("resultOf() of %q and of %q on standard error has the race\n%q, want\n%q", end.output, end.stderr, got, want)
	}
	end = ending{output: "panic: not really\n", stderr: "bye\n"}
	if got, message := explain(end); got != verdict.Exited {
		t.Errorf("explain() of %q, printed on standard output, = %s: %s, want %s", end.output, got, message, verdict.Exited)
	}
}

func TestExplainBusy(t *testing.T) {
	const own = ":\nmain.serve()\n\t/tmp/main.go:7 +0x1d\n\n"
	tests := []struct{ name, stderr, want string }{
		{"a_loop", busy + "goroutine 8 [sleep (durable), synctest bubble 1]" + own + "goroutine 9 [running, synctest bubble 1]" + own,
			"main.go:7 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails"},
		{"timers", busy + "goroutine 8 [sleep (durable), synctest bubble 1]" + own,
			"main.go:7 or another goroutine is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails"},
		{"a_loop_from_nowhere", busy,
			"the program is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails"},
		{"a_poll", polls + "goroutine 8 [sleep (durable), synctest bubble 1]" + own,
			"main.go:7 wakes up again and again, and does nothing else: sleep for some milliseconds, or wait in a Read or on a channel"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if kind, got := explain(ending{stderr: tt.stderr, status: 1}); kind != verdict.Busy || got != tt.want {
				t.Errorf("explain(%q) = %s: %s\nwant %s: %s", tt.stderr, kind, got, verdict.Busy, tt.want)
			}
		})
	}
}
