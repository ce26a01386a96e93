package isolate

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/verdict"
)

// What package synctest says when it ends the process of a test.
const (
	leftOver  = "panic: deadlock: main bubble goroutine has exited but blocked goroutines remain"
	noneAwake = "panic: deadlock: all goroutines in bubble are blocked"
)

const (
	rowName = "TestServe/leaves_at_once"
	rowRuns = "\x16=== RUN   TestServe\n\x16=== RUN   TestServe/leaves_at_once\n"
	rowFail = "\x16--- FAIL: TestServe/leaves_at_once (0.00s)\n\x16=== NAME  TestServe\n\x16--- FAIL: TestServe (0.00s)\n\x16=== NAME  \n\x16FAIL\n"
)

// rowDump is how a process ends in which clock2.go:20 is left behind.
const rowDump = ` [recovered, repanicked]

goroutine 6 [running]:
testing/synctest.Test(0x1757154086c8, 0x1757154642d0)
	/usr/local/go/src/testing/synctest/synctest.go:290 +0x90
example.com/workbook/exercises/ex8.1/clock2.TestServe.func3(0x1757154086c8)
	/home/ann/workbook/exercises/ex8.1/clock2/clock2_test.go:84 +0xf9
testing.tRunner(0x1757154086c8, 0x1757154641e0)
	/usr/local/go/src/testing/testing.go:2036 +0xea

goroutine 11 [sleep (durable), synctest bubble 1]:
time.Sleep(0x3b9aca00)
	/usr/local/go/src/runtime/time.go:361 +0x145
example.com/workbook/exercises/ex8.1/clock2.handleConn({0x8b5658, 0x175715464410})
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:20 +0xa5
created by example.com/workbook/exercises/ex8.1/clock2.serve in goroutine 9
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:12 +0x13f
`

func TestRowVerdict(t *testing.T) {
	top, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	const file = "exercises/ex8.1/clock2/clock2.go"
	for _, tt := range []struct {
		name string
		end  ending
		want verdict.Verdict
	}{
		{"of_a_row_that_passes",
			ending{stdout: rowRuns + "listening\n\x16--- PASS: TestServe/leaves_at_once (0.00s)\n\x16--- PASS: TestServe (0.00s)\n\x16PASS\n"},
			verdict.Verdict{Kind: verdict.Passed}},
		{"of_a_row_that_fails",
			ending{stdout: rowRuns + "    clock2_test.go:109: clients saw (-want +got):\n        - a\n        + b\n" + rowFail, status: 1},
			verdict.Verdict{Kind: verdict.Wrong, Message: "clock2_test.go:109: clients saw (-want +got):\n    - a\n    + b"}},
		{"of_a_row_that_is_skipped",
			ending{stdout: rowRuns + "    clock2_test.go:115: not started\n\x16--- SKIP: TestServe/leaves_at_once (0.00s)\n\x16--- PASS: TestServe (0.00s)\n"},
			verdict.Verdict{Kind: verdict.NotRun, Message: "clock2_test.go:115: not started"}},
		{"of_a_row_that_leaves_a_goroutine",
			ending{stdout: rowRuns + rowFail, stderr: leftOver + rowDump, status: 2},
			verdict.Verdict{Kind: verdict.Leak, Message: file + ":20 still sleeps though the test is over", Place: file + ":20"}},
		{"of_a_row_that_fails_and_leaves_a_goroutine",
			ending{stdout: rowRuns + "    clock2_test.go:109: wrong\n" + rowFail, stderr: leftOver + rowDump, status: 2},
			verdict.Verdict{Kind: verdict.Leak, Message: file + ":20 still sleeps though the test is over\nclock2_test.go:109: wrong", Place: file + ":20"}},
		{"of_a_deadlock",
			ending{stdout: rowRuns + rowFail, stderr: noneAwake + rowDump, status: 2},
			verdict.Verdict{Kind: verdict.Hung, Message: file + ":20 sleeps, and all other goroutines are blocked: deadlock", Place: file + ":20"}},
		{"of_a_row_that_does_not_end",
			ending{stdout: rowRuns, status: 2, stderr: tooLate + `10s
	running tests:
		TestServe/leaves_at_once (10s)

goroutine 12 [runnable, synctest bubble 1]:
example.com/workbook/exercises/ex8.1/clock2.handleConn({0x65b4f8, 0xc00009a018})
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:20 +0x1d
`},
			verdict.Verdict{Kind: verdict.Busy, Message: file + ":20 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep, and end it when Read fails", Place: file + ":20"}},
		{"of_a_panic",
			ending{stdout: rowRuns, status: 2, stderr: `panic: assignment to entry in nil map

goroutine 7 [running]:
example.com/workbook/exercises/ex8.1/clock2.handleConn({0x65b4f8, 0xc00009a018})
	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:20 +0x1d
`},
			verdict.Verdict{Kind: verdict.Crashed, Message: file + ":20 panics: assignment to entry in nil map", Place: file + ":20"}},
		{"of_an_exit",
			ending{stdout: rowRuns, status: 3},
			verdict.Verdict{Kind: verdict.Exited, Message: "the program ended in the middle of the test, with exit status 3"}},
		{"of_a_row_that_is_not_there",
			ending{stdout: "\x16PASS\n"},
			verdict.Verdict{Kind: verdict.NotRun, Message: "go test finds no row of that name"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.end.stderr = here(t, tt.end.stderr)
			t.Chdir(t.TempDir()) // where there is no source to explain an exit
			t.Setenv(goroutine.TopEnv, top)
			if diff := cmp.Diff(tt.want, rowVerdict(rowName, tt.end)); diff != "" {
				t.Errorf("rowVerdict mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
