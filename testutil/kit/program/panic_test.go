package program_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

func TestPanicSaysWhereAndWhyTheRuntimeHasEndedAProcess(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"a_log", "clock2: listening on 127.0.0.1:8010\nwhy panic: it goes on\n", ""},
		{"no_trace", "clock2: listening\npanic: runtime error: index out of range [0] with length 0\n", "panic: runtime error: index out of range [0] with length 0"},
		{"a_panic_again", "panic: oh [recovered, repanicked]\n", "panic: oh"},
		{"a_fatal_error", "fatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.cwd()\n\t/a/dir.go:7 +0x1\n", "dir.go:7: fatal error: concurrent map writes"},
		{"a_program_of_the_workbook", "panic: oh\n\ngoroutine 7 [running]:\nexample.com/workbook/exercises/ex8.1/clock2.handleConn({0x1, 0x2})\n\t/w/exercises/ex8.1/clock2/clock2.go:35 +0x1\n", "clock2.go:35: panic: oh"},
		{"a_place_in_the_tests", "panic: oh\n\ngoroutine 7 [running]:\nexample.com/workbook/testutil/kit/program.Main(0x1)\n\t/w/testutil/kit/program/program.go:35 +0x1\n", "panic: oh"},
	} {
		got, ok := program.Panic(tt.text)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: Panic(%q) = %q, %t, want %q", tt.name, tt.text, got, ok, tt.want)
		}
	}
}

func TestCrashedKnowsThePlace(t *testing.T) {
	for why, place := range map[string]string{"clock2.go:35: panic: oh": "clock2.go:35", "panic: oh": ""} {
		got := verdict.Of(program.Crashed("clock2 has ended", why))
		want := verdict.Verdict{Kind: verdict.Crashed, Message: "clock2 has ended: " + why, Place: place}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Crashed(%q) mismatch (-want +got):\n%s", why, diff)
		}
	}
}
