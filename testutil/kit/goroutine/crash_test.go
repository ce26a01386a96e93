package goroutine

import (
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

func TestCrash(t *testing.T) {
	const dump = `
goroutine 20 [running]:
testing.tRunner.func1.2({0x5d4a40, 0x6a5f60})
	/usr/local/go/src/testing/testing.go:1872 +0x237
panic({0x5d4a40?, 0x6a5f60?})
	/usr/local/go/src/runtime/panic.go:783 +0x132
example.com/workbook/testutil/kit/crowd.(*Client).ReadLine(0xc000012345)
	/home/ann/workbook/testutil/kit/crowd/crowd.go:90 +0x1d
example.com/workbook/exercises/ex8.1/clock2.(*clock).tick(...)
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:20
example.com/workbook/exercises/ex8.1/clock2.TestClock(0xc000003a40)
	/home/ann/workbook/exercises/ex8.1/clock2/clock2_test.go:12 +0x1d
`
	const place = "exercises/ex8.1/clock2/clock2.go:20"
	tests := []struct {
		name, output string
		kind         verdict.Kind
		want         string
	}{
		{"is_silent_if_there_is_none", "ok\n" + dump, "", ""},
		{"shows_a_panic", "--- FAIL: TestClock (0.00s)\npanic: no clocks\n" + dump, verdict.Crashed, place + " panics: no clocks"},
		{"shows_a_panic_that_the_tests_saw", "panic: runtime error: index out of range [0] with length 0 [recovered, repanicked]\n" + dump, verdict.Crashed,
			place + " panics: runtime error: index out of range [0] with length 0"},
		{"shows_the_first_line_of_a_panic", "panic: no clocks\n\tpanic: and no time\n" + dump, verdict.Crashed, place + " panics: no clocks"},
		{"shows_a_fatal_error", "runtime: goroutine stack exceeds 16777216-byte limit\nfatal error: stack overflow\n" + dump, verdict.Crashed, place + " panics: stack overflow"},
		// With or without the race detector, a program with a data race breaks the same rule.
		{"shows_a_map_that_is_shared", "fatal error: concurrent map writes\n" + dump, verdict.Race, place + " uses a map while another goroutine changes it: guard the map with a sync.Mutex"},
		{"shows_a_map_that_is_read", "fatal error: concurrent map read and map write\n" + dump, verdict.Race, place + " uses a map while another goroutine changes it: guard the map with a sync.Mutex"},
		{"shows_a_deadlock", "fatal error: all goroutines are asleep - deadlock!\n" + strings.ReplaceAll(dump, "running", "chan receive"), verdict.Crashed,
			place + " is blocked, as are all other goroutines: deadlock"},
		{"shows_an_exit_with_status_0", "panic: unexpected call to os.Exit(0) during test [recovered, repanicked]\n" + dump, verdict.Exited, place + " ends the program (os.Exit)"},
		{"explains_a_channel_of_another_clock", "fatal error: select on synctest channel from outside bubble\n" + dump, verdict.Crashed,
			place + " uses a channel of another run or of a goroutine that init started: make both in the function that uses them"},
		{"explains_connections_in_memory", "panic: interface conversion: net.Conn is *pipenet.conn, not *net.TCPConn\n" + dump, verdict.Crashed,
			place + " requires a *net.TCPConn, but the tests pass another net.Conn, in memory. Use only the methods of net.Conn, or check first: x, ok := y.(*net.TCPConn)"},
		{"explains_listeners_in_memory", "panic: interface conversion: net.Listener is *pipenet.Listener, not *net.TCPListener\n" + dump, verdict.Crashed,
			place + " requires a *net.TCPListener, but the tests pass another net.Listener, in memory. Use only the methods of net.Listener, or check first: x, ok := y.(*net.TCPListener)"},
		{"explains_writers_in_memory", "panic: interface conversion: io.Writer is *walltest.display, not *os.File\n" + dump, verdict.Crashed,
			place + " requires a *os.File, but the tests pass another io.Writer, in memory. Use only the methods of io.Writer, or check first: x, ok := y.(*os.File)"},
		{"explains_a_method_of_TCP", "panic: interface conversion: *pipenet.conn is not syscall.Conn: missing method SyscallConn\n" + dump, verdict.Crashed,
			place + " requires a syscall.Conn, which connections in memory are not: check first: x, ok := y.(syscall.Conn)"},
		{"leaves_other_conversions_alone", "panic: interface conversion: interface {} is string, not int\n" + dump, verdict.Crashed,
			place + " panics: interface conversion: interface {} is string, not int"},
		{"does_without_a_place", "panic: no clocks\n", verdict.Crashed, "panics: no clocks"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, got := Crash(here(tt.output))
			if kind != tt.kind || got != tt.want {
				t.Errorf("Crash() = %s: %q, want %s: %q", kind, got, tt.kind, tt.want)
			}
		})
	}
}
