package isolate

import (
	"errors"
	"example.com/workbook/testutil/kit/verdict"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// here returns a dump as it would look if the workbook of ann, who printed it,
// stood where this one does.
func here(dump string) string {
	return strings.ReplaceAll(dump, "/home/ann/workbook", filepath.ToSlash(top()))
}

func TestGoroutinesReadsADump(t *testing.T) {
	tests := []struct {
		name, text string
		want       []goroutine
	}{
		{"without_a_goroutine", "listening on localhost:8000\nexit status 2\n", nil},
		{
			"of_a_panic",
			`panic: assignment to entry in nil map

goroutine 7 [running]:
example.com/workbook/exercises/ex8.1/clock2.handleConn({0x65b4f8, 0xc00009a018})
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:41 +0x1d
created by example.com/workbook/exercises/ex8.1/clock2.serve in goroutine 6
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:33 +0x9e

exit status 2
`,
			[]goroutine{{number: 7, state: "running", frames: []frame{
				{"example.com/workbook/exercises/ex8.1/clock2.handleConn", "/home/ann/workbook/exercises/ex8.1/clock2/clock2.go", 41},
				{"example.com/workbook/exercises/ex8.1/clock2.serve", "/home/ann/workbook/exercises/ex8.1/clock2/clock2.go", 33},
			}}},
		},
		{
			"of_a_fake_clock",
			`goroutine 20 [sleep (durable), 2 minutes, synctest bubble 1]:
time.Sleep(0x3b9aca00)
	/usr/local/go/src/runtime/time.go:368 +0x165

goroutine 21 [sync.Mutex.Lock, synctest bubble 12]:
main.main()
	/tmp/main.go:7 +0x1d
`,
			[]goroutine{
				{number: 20, state: "sleep", durable: true, bubble: 1, frames: []frame{{"time.Sleep", "/usr/local/go/src/runtime/time.go", 368}}},
				{number: 21, state: "sync.Mutex.Lock", bubble: 12, frames: []frame{{"main.main", "/tmp/main.go", 7}}},
			},
		},
		{
			"of_SIGQUIT",
			`SIGQUIT: quit
PC=0x47e8a1 m=0 sigcode=0

goroutine 0 gp=0x6d3e40 m=0 mp=0x6d4ac0 [idle]:
runtime.futex(0x6d4c00, 0x80, 0x0, 0x0, 0x0, 0x0)
	/usr/local/go/src/runtime/sys_linux_amd64.s:557 +0x21 fp=0x7ffc pc=0x47e8a1

goroutine 1 gp=0xc000002380 m=nil [chan receive (nil chan), locked to thread]:
main.main()
	/tmp/main.go:7 +0x1d fp=0xc00007a740 sp=0xc00007a708 pc=0x4a2e1d

goroutine 18 gp=0xc000102700 m=4 mp=0xc00007e008 [running]:
	goroutine running on other thread; stack unavailable
created by main.main in goroutine 1
	/tmp/main.go:5 +0x5a
`,
			[]goroutine{
				{state: "idle", frames: []frame{
					{call: "runtime.futex"},
					{call: "\t/usr/local/go/src/runtime/sys_linux_amd64.s:557 +0x21 fp=0x7ffc pc=0x47e8a1"}, // not Go, not looked at
				}},
				{number: 1, state: "chan receive (nil chan)", frames: []frame{{"main.main", "/tmp/main.go", 7}}},
				{number: 18, state: "running", frames: []frame{
					{call: "\tgoroutine running on other thread; stack unavailable"},
					{"main.main", "/tmp/main.go", 5},
				}},
			},
		},
		{
			"of_Windows",
			"goroutine 1 [IO wait]:\r\nmain.main()\r\n\tC:/Users/Ann Lee/workbook/main.go:7 +0x1d\r\nmain.init()\r\n\tC:\\workbook\\main.go:3\r\n",
			[]goroutine{{number: 1, state: "IO wait", frames: []frame{
				{"main.main", "C:/Users/Ann Lee/workbook/main.go", 7},
				{"main.init", `C:\workbook\main.go`, 3},
			}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, goroutines(tt.text), cmp.AllowUnexported(goroutine{}, frame{})); diff != "" {
				t.Errorf("goroutines() mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCallOf(t *testing.T) {
	tests := []struct{ line, want string }{
		{"main.main()", "main.main"},
		{"main.serve(...)", "main.serve"},
		{"panic({0x51a2c0?, 0x5a3d50?})", "panic"},
		{"net.(*pipe).read(0xc0000a8000, {0xc0000b2000, 0x1000, 0x1000})", "net.(*pipe).read"},
		{"main.clock.show({0x1, {0x2, 0x3}}, 0x4)", "main.clock.show"},
		{"main.(*wall).run.func1.2()", "main.(*wall).run.func1.2"},
		{"main.show[...](0xc00001a0c0)", "main.show[...]"},
		{"main.(*set[go.shape.string]).add()", "main.(*set[go.shape.string]).add"},
		{"created by main.serve in goroutine 7", "main.serve"},
		{"created by main.(*wall).run.func1 in goroutine 1", "main.(*wall).run.func1"},
		{"created by main.serve", "main.serve"},
		{"...12 frames elided...", "...12 frames elided..."},
		{"", ""},
	}
	for _, tt := range tests {
		if got := callOf(tt.line); got != tt.want {
			t.Errorf("callOf(%q) = %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestFrameIsOwn(t *testing.T) {
	tests := []struct {
		call, file string
		want       bool
	}{
		{"main.serve", "/tmp/main.go", true},
		{"command-line-arguments.TestClock", "/tmp/main_test.go", true},
		{"example.com/workbook/exercises/ex8.1/clock2.serve", "clock2.go", true},
		{"example.com/workbook/solutions/ex8.1/clock2.(*clock).tick", "clock2.go", true},
		{"example.com/workbook/testutil/kit/pipenet.(*Listener).Accept", "pipenet.go", false},
		{"example.com/workbook/testutil/isolate_test.TestRun.func1", "isolate_test.go", true},
		{"main.main", "_testmain.go", false},
		{"main.main", "/home/ann/ftpd/my_testmain.go", true},
		{"time.Sleep", "/usr/local/go/src/runtime/time.go", false},
		{"golang.org/x/sync/errgroup.(*Group).Go.func1", "errgroup.go", false},
	}
	for _, tt := range tests {
		if got := (frame{call: tt.call, file: tt.file}).own(); got != tt.want {
			t.Errorf("frame{%s, %s}.own() = %v, want %v", tt.call, tt.file, got, tt.want)
		}
	}
}

func TestRelative(t *testing.T) {
	tests := []struct{ file, want string }{
		{filepath.Join(top(), "exercises", "ex8.1", "clock2", "clock2.go"), "exercises/ex8.1/clock2/clock2.go"},
		{"example.com/workbook/exercises/ex8.1/clock2/clock2.go", "exercises/ex8.1/clock2/clock2.go"}, // -trimpath
		{filepath.Join(filepath.Dir(top()), "other", "main.go"), "main.go"},
		{"/nowhere/go/src/net/pipe.go", "pipe.go"},
		{"net/pipe.go", "pipe.go"},
	}
	for _, tt := range tests {
		if got := relative(tt.file); got != tt.want {
			t.Errorf("relative(%q) = %q, want %q", tt.file, got, tt.want)
		}
	}
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
		{"a_case_that_runs_for_too_long", ending{output: spins, late: true}, verdict.Hung,
			"does not end within 1m0s of real time: exercises/ex8.1/clock2/clock2.go:21 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep"},
		{"a_case_that_rests_for_too_long", ending{output: strings.ReplaceAll(spins, "runnable", "chan send (nil chan), 1 minutes"), late: true}, verdict.Hung,
			"does not end within 1m0s of real time: exercises/ex8.1/clock2/clock2.go:12 is blocked on a channel that is a package variable: make it in the function that uses it"},
		{"a_case_that_is_late_and_silent", ending{late: true}, verdict.Hung,
			"does not end within 1m0s of real time"},
		{"a_case_that_gave_up", ending{output: "hello\n" + stuck + strings.ReplaceAll(spins, "runnable", "runnable, synctest bubble 1"), status: 1}, verdict.Busy,
			"exercises/ex8.1/clock2/clock2.go:21 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep"},
		{"a_crash", ending{output: "panic: no clocks\n" + spins, status: 2}, verdict.Crashed,
			"exercises/ex8.1/clock2/clock2.go:12 panics: no clocks"},
		{"memory_that_is_used_up", ending{output: "==1==ERROR: ThreadSanitizer failed to allocate 0x10000000 (268435456) bytes at address 218038000000 (errno: 12)\n", status: 66}, verdict.Crashed,
			"runs out of memory; with the race detector it needs five times as much"},
		{"an_exit_with_status_0", ending{output: "panic: unexpected call to os.Exit(0) during test\n", status: 2}, verdict.Exited,
			"ends the program (os.Exit)"},
		{"an_exit", ending{output: "2026/11/22 18:38:57 /home/ann/workbook/exercises/ex8.1/clock2/clock2.go:30: EOF\n", status: 1}, verdict.Exited,
			"exercises/ex8.1/clock2/clock2.go:30 ends the program (log.Fatal: EOF)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.end.output = here(tt.end.output)
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
	if got := judge(answer{Races: 1}, true, end).Race; got != want {
		t.Errorf("judge() of %q and of %q on standard error has the race\n%q, want\n%q", end.output, end.stderr, got, want)
	}
	end = ending{output: "panic: not really\n", stderr: "bye\n"}
	if got, message := explain(end); got != verdict.Exited {
		t.Errorf("explain() of %q, printed on standard output, = %s: %s, want %s", end.output, got, message, verdict.Exited)
	}
}

func TestExplainStuck(t *testing.T) {
	const place = "\nmain.serve()\n\texample.com/workbook/exercises/ex8.1/clock2/clock2.go:20 +0x1d\n\n"
	tests := []struct {
		name, dump string
		kind       verdict.Kind
		message    string
	}{
		{"names_the_goroutine_that_does_not_wait_for_its_clock",
			`goroutine 1 [chan receive]:
main.main()
	/tmp/main.go:3 +0x1d

goroutine 8 [select (durable), synctest bubble 2]:
main.scan()
	/tmp/main.go:4 +0x1d

goroutine 9 [sync.Mutex.Lock, synctest bubble 2]:
internal/sync.(*Mutex).Lock(...)
	/usr/local/go/src/internal/sync/mutex.go:63
main.serve()
	/tmp/main.go:5 +0x1d
`,
			verdict.Hung, "main.go:5 is blocked on a mutex that another goroutine holds during a sleep, a read or a write: unlock the mutex before that"},
		{"looks_only_at_the_newest_clock",
			"goroutine 8 [running, synctest bubble 1]:" + place + "goroutine 9 [chan send (nil chan), synctest bubble 2]:" + place,
			verdict.Hung, "exercises/ex8.1/clock2/clock2.go:20 is blocked on a nil channel: make the channel with make(chan T)"},
		{"takes_a_system_call_for_a_wait", "goroutine 8 [syscall, synctest bubble 1]:" + place,
			verdict.Hung, "exercises/ex8.1/clock2/clock2.go:20 is blocked in a system call: use the listener, dial function or writer that the tests pass"},
		{"tells_a_loop_from_a_wait", "goroutine 8 [running, synctest bubble 1]:" + place,
			verdict.Busy, "exercises/ex8.1/clock2/clock2.go:20 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep"},
		{"shows_a_state_that_it_does_not_know", "goroutine 8 [coroutine, synctest bubble 1]:" + place,
			verdict.Hung, "exercises/ex8.1/clock2/clock2.go:20 is blocked (coroutine)"},
		{"knows_nothing_if_all_wait_for_the_clock", "goroutine 8 [sleep (durable), synctest bubble 1]:" + place,
			verdict.Hung, "deadlock: all goroutines are blocked"},
		{"knows_nothing_without_a_clock", "goroutine 8 [running]:" + place,
			verdict.Hung, "deadlock: all goroutines are blocked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, message := explainStuck(tt.dump)
			if kind != tt.kind || message != tt.message {
				t.Errorf("explainStuck() = %s: %s\nwant %s: %s", kind, message, tt.kind, tt.message)
			}
		})
	}
}

func TestExplainCrash(t *testing.T) {
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
	tests := []struct{ name, output, want string }{
		{"is_silent_if_there_is_none", "ok\n" + dump, ""},
		{"shows_a_panic", "--- FAIL: TestClock (0.00s)\npanic: no clocks\n" + dump, place + " panics: no clocks"},
		{"shows_a_panic_that_the_tests_saw", "panic: runtime error: index out of range [0] with length 0 [recovered, repanicked]\n" + dump,
			place + " panics: runtime error: index out of range [0] with length 0"},
		{"shows_the_first_line_of_a_panic", "panic: no clocks\n\tpanic: and no time\n" + dump, place + " panics: no clocks"},
		{"shows_a_fatal_error", "runtime: goroutine stack exceeds 16777216-byte limit\nfatal error: stack overflow\n" + dump, place + " panics: stack overflow"},
		{"shows_a_map_that_is_shared", "fatal error: concurrent map writes\n" + dump, place + " uses a map while another goroutine changes it: guard the map with a sync.Mutex"},
		{"shows_a_map_that_is_read", "fatal error: concurrent map read and map write\n" + dump, place + " uses a map while another goroutine changes it: guard the map with a sync.Mutex"},
		{"shows_a_deadlock", "fatal error: all goroutines are asleep - deadlock!\n" + strings.ReplaceAll(dump, "running", "chan receive"),
			place + " is blocked, as are all other goroutines: deadlock"},
		{"shows_an_exit_with_status_0", "panic: unexpected call to os.Exit(0) during test [recovered, repanicked]\n" + dump, place + " ends the program (os.Exit)"},
		{"explains_a_channel_of_another_clock", "fatal error: select on synctest channel from outside bubble\n" + dump,
			place + " uses a channel that was made in another run: make it in the function that uses it"},
		{"explains_connections_in_memory", "panic: interface conversion: net.Conn is *pipenet.conn, not *net.TCPConn\n" + dump,
			place + " requires a *net.TCPConn, but the tests pass another net.Conn, in memory. Use only the methods of net.Conn, or check first: x, ok := y.(*net.TCPConn)"},
		{"explains_listeners_in_memory", "panic: interface conversion: net.Listener is *pipenet.Listener, not *net.TCPListener\n" + dump,
			place + " requires a *net.TCPListener, but the tests pass another net.Listener, in memory. Use only the methods of net.Listener, or check first: x, ok := y.(*net.TCPListener)"},
		{"explains_writers_in_memory", "panic: interface conversion: io.Writer is *walltest.display, not *os.File\n" + dump,
			place + " requires a *os.File, but the tests pass another io.Writer, in memory. Use only the methods of io.Writer, or check first: x, ok := y.(*os.File)"},
		{"explains_a_method_of_TCP", "panic: interface conversion: *pipenet.conn is not syscall.Conn: missing method SyscallConn\n" + dump,
			place + " requires a syscall.Conn, which connections in memory are not: check first: x, ok := y.(syscall.Conn)"},
		{"leaves_other_conversions_alone", "panic: interface conversion: interface {} is string, not int\n" + dump,
			place + " panics: interface conversion: interface {} is string, not int"},
		{"does_without_a_place", "panic: no clocks\n", "panics: no clocks"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := explainCrash(here(tt.output)); got != tt.want {
				t.Errorf("explainCrash() = %q, want %q", got, tt.want)
			}
		})
	}
	// With or without the race detector, a program with a data race breaks the same rule.
	if kind, _ := explain(ending{stderr: here("fatal error: concurrent map writes\n" + dump)}); kind != verdict.Race {
		t.Errorf("explain() of concurrent map writes = %q, want %q", kind, verdict.Race)
	}
}

func TestExplainRace(t *testing.T) {
	const report = `2026/11/22 18:38:57 listening
==================
WARNING: DATA RACE
Write at 0x00c000014178 by goroutine 9:
  runtime.mapassign_faststr()
      /usr/local/go/src/internal/runtime/maps/runtime_faststr.go:263 +0x0
  example.com/workbook/exercises/ex8.1/clockwall.(*wall).set()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:48 +0x3c
  example.com/workbook/exercises/ex8.1/clockwall.run.func1()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:31 +0x44

Previous read at 0x00c000014178 by main goroutine:
  example.com/workbook/exercises/ex8.1/clockwall.show[go.shape.string]()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:60 +0x64

Goroutine 9 (running) created at:
  example.com/workbook/exercises/ex8.1/clockwall.run()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:30 +0x58
==================
==================
WARNING: DATA RACE
Read at 0x00c000014180 by goroutine 10:
  main.other()
      /tmp/main.go:1 +0x3c
==================
`
	const file = "exercises/ex8.1/clockwall/clockwall.go"
	tests := []struct{ name, output, want string }{
		{"is_silent_if_there_is_none", "ok\n", ""},
		{"names_both_places_of_the_first", report, file + ":48 writes a variable while " + file + ":60 reads it"},
		{"names_one_place_of_two_goroutines_once", strings.Replace(report, "clockwall.go:60", "clockwall.go:48", 1), file + ":48 changes a variable in two goroutines at the same time"},
		{"does_with_one_place", strings.Replace(report, "  example.com/workbook/exercises/ex8.1/clockwall.show[go.shape.string]()\n", "  [failed to restore the stack]\n", 1),
			file + ":48 writes a variable that another goroutine uses at the same time"},
		{"does_without_a_place", "==================\nWARNING: DATA RACE\nRead at 0x00c0 by goroutine 8:\n  [failed to restore the stack]\n",
			"a data race: two goroutines use a variable at the same time, and one writes it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := explainRace(here(tt.output)); got != tt.want {
				t.Errorf("explainRace() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestExplainExit(t *testing.T) {
	const clock2 = `package main

import "os"

func main() { os.Exit(serve()) }

func fail() { os.Exit(3) }
`
	const test = `package main

func TestMain(m *testing.M) { os.Exit(m.Run()) }

func TestClock(t *testing.T) { syscall.Exit(3) }
`
	tests := []struct {
		name   string
		files  map[string]string
		output string
		status int
		want   string
	}{
		{"quotes_the_log", nil, "hello\n2026/11/22 18:38:57 TOP/ex8.1/clock2.go:30: cannot reach London\n", 1,
			"ex8.1/clock2.go:30 ends the program (log.Fatal: cannot reach London)"},
		{"quotes_the_last_line_of_the_log", nil, "clock: example.com/workbook/ex8.1/a.go:1: one\nclock: example.com/workbook/ex8.1/b.go:2: two: 2\n", 1,
			"ex8.1/b.go:2 ends the program (log.Fatal: two: 2)"},
		{"quotes_the_log_of_Windows", nil, "2026/11/22 18:38:57 C:/Users/ann/workbook/clock2.go:30: EOF\n", 1,
			"clock2.go:30 ends the program (log.Fatal: EOF)"},
		{"names_the_Fatal_of_another_logger", map[string]string{"clock2.go": strings.Replace(clock2, "os.Exit(3)", "logger.Fatalf(\"%v\", err)", 1)}, "clock2: EOF\n", 1,
			"ex8.1/clock2.go:7 ends the program (os.Exit or log.Fatal, status 1)"},
		{"quotes_only_a_Fatal", map[string]string{"clock2.go": strings.Replace(clock2, "os.Exit(3)", "log.Print(err); os.Exit(1)", 1) + "\nfunc f() {\n\tlog.Print(1)\n}\n"}, "TOP/ex8.1/clock2.go:10: EOF\n", 1,
			"ex8.1/clock2.go:7 ends the program (os.Exit or log.Fatal, status 1)"},
		{"quotes_a_Fatal", map[string]string{"clock2.go": strings.Replace(clock2, "os.Exit(3)", "log.Fatal(err)", 1)}, "TOP/ex8.1/clock2.go:7: EOF\n", 1,
			"ex8.1/clock2.go:7 ends the program (log.Fatal: EOF)"},
		{"knows_of_a_signal", map[string]string{"clock2.go": clock2}, "", -1,
			"was killed by a signal: perhaps it used too much memory"},
		{"takes_a_log_line_for_no_exit_with_another_status", map[string]string{"clock2.go": clock2}, "TOP/ex8.1/clock2.go:30: EOF\n", 3,
			"ex8.1/clock2.go:7 ends the program (os.Exit, status 3)"},
		{"names_the_program_before_its_tests", map[string]string{"clock2.go": clock2, "clock2_test.go": test}, "", 3,
			"ex8.1/clock2.go:7 ends the program (os.Exit, status 3)"},
		{"names_the_tests_if_only_they_exit", map[string]string{"clock2_test.go": test}, "", 3,
			"ex8.1/clock2_test.go:5 ends the program (os.Exit, status 3)"},
		{"names_all_that_could_be_it", map[string]string{"a.go": clock2, "b.go": clock2, "c.go": "no Go"}, "", 3,
			"ex8.1/a.go:7 or ex8.1/b.go:7 ends the program (os.Exit, status 3)"},
		{"knows_only_the_status", nil, "", 3,
			"the program ended in the middle of the test, with exit status 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			workbook := filepath.Join(t.TempDir(), "Ann Lee")
			dir := filepath.Join(workbook, "ex8.1")
			if err := os.MkdirAll(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(workbook, "go.mod"), "module example.com/workbook\n")
			for name, text := range tt.files {
				write(t, filepath.Join(dir, name), text)
			}
			t.Chdir(dir)
			if got := explainExit(strings.ReplaceAll(tt.output, "TOP", filepath.ToSlash(top())), tt.status); got != tt.want {
				t.Errorf("explainExit(%q, %d) = %q, want %q", tt.output, tt.status, got, tt.want)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestExplainLeak(t *testing.T) {
	const created = `created by example.com/workbook/exercises/ex8.1/clock2.serve in goroutine 7
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:33 +0x9e
`
	const though = " though the test is over"
	tests := []struct{ name, dump, want string }{
		{"a_sleeper", "goroutine 9 [sleep (durable), synctest bubble 1]:\ntime.Sleep(0x3b9aca00)\n\t/go/src/time.go:3\n" + created, "still sleeps"},
		{"a_reader", "goroutine 9 [select (durable), synctest bubble 1]:\nnet.(*pipe).read(0xc0)\n\t/go/src/net/pipe.go:3\n" + created, "still reads"},
		{"a_writer", "goroutine 9 [select (durable), synctest bubble 1]:\nnet.(*pipe).write(0xc0)\n\t/go/src/net/pipe.go:3\n" + created, "still writes"},
		{"a_reader_in_memory", "goroutine 9 [sync.Cond.Wait (durable), synctest bubble 1]:\nexample.com/workbook/testutil/kit/pipenet.(*conn).Read(0xc0)\n\t/w/testutil/kit/pipenet/conn.go:3\n" + created, "still reads"},
		{"a_writer_in_memory", "goroutine 9 [sync.Cond.Wait (durable), synctest bubble 1]:\nexample.com/workbook/testutil/kit/pipenet.(*conn).Write(0xc0)\n\t/w/testutil/kit/pipenet/conn.go:3\n" + created, "still writes"},
		{"one_that_waits_for_others", "goroutine 9 [sync.WaitGroup.Wait (durable), synctest bubble 1]:\n" + created, "still waits for a WaitGroup"},
		{"a_sender", "goroutine 9 [chan send (durable), synctest bubble 1]:\n" + created, "still waits to send on a channel"},
		{"a_receiver", "goroutine 9 [chan receive (nil chan) (durable), synctest bubble 1]:\n" + created, "still waits to receive from a channel"},
		{"another", "goroutine 9 [runnable, synctest bubble 1]:\n" + created, "still runs (runnable)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := explainLeak(here(tt.dump)), "exercises/ex8.1/clock2/clock2.go:33 "+tt.want+though; got != want {
				t.Errorf("explainLeak() = %q, want %q", got, want)
			}
		})
	}
	if got, want := explainLeak("goroutine 9 [sleep]:\ntime.Sleep(0x3b9aca00)\n"), "leaks a goroutine"; got != want {
		t.Errorf("explainLeak() of a stranger = %q, want %q", got, want)
	}
}

func TestLeakErrorSaysWhatElseWentWrong(t *testing.T) {
	if got, want := (&LeakError{Dump: ""}).Error(), "leaks a goroutine"; got != want {
		t.Errorf("Error() of a leak = %q, want %q", got, want)
	}
	wrong := errors.New("client 2 got nothing")
	leak := &LeakError{Err: wrong}
	if got := leak.Error(); got != wrong.Error() || !errors.Is(leak, wrong) {
		t.Errorf("Error() of a leak and an error = %q, want %q", got, wrong)
	}
}
