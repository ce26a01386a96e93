package isolate

import (
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

func TestWakingsFindAGoroutineThatIsActiveAndAsleepInTurn(t *testing.T) {
	const (
		own      = ":\nmain.serve()\n\t/tmp/main.go:7 +0x1d\n\n"
		stranger = ":\ntesting.tRunner()\n\t/usr/local/go/src/testing/testing.go:7 +0x1d\n\n"
	)
	tests := []struct {
		name  string
		dumps []string
		want  bool
	}{
		{"asleep_first", []string{"goroutine 9 [sleep (durable), synctest bubble 1]" + own, "goroutine 9 [running, synctest bubble 1]" + own}, true},
		{"active_first", []string{"goroutine 9 [runnable, synctest bubble 1]" + own, "goroutine 9 [select (durable), synctest bubble 1]" + own}, true},
		{"always_active", []string{"goroutine 9 [runnable, synctest bubble 1]" + own, "goroutine 9 [running, synctest bubble 1]" + own}, false},
		{"always_asleep", []string{"goroutine 9 [sleep (durable), synctest bubble 1]" + own, "goroutine 9 [sleep (durable), synctest bubble 1]" + own}, false},
		{"two_goroutines", []string{"goroutine 9 [sleep (durable), synctest bubble 1]" + own, "goroutine 8 [running, synctest bubble 1]" + own}, false},
		{"on_the_real_clock", []string{"goroutine 9 [sleep]" + own, "goroutine 9 [running]" + own}, false},
		{"not_of_the_program", []string{"goroutine 9 [sleep (durable), synctest bubble 1]" + stranger, "goroutine 9 [running, synctest bubble 1]" + stranger}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seen wakings
			got := false
			for _, dump := range tt.dumps {
				_, got = seen.add(dump)
			}
			if got != tt.want {
				t.Errorf("add() of %q = %v, want %v", tt.dumps, got, tt.want)
			}
		})
	}
}

func TestExplainBusy(t *testing.T) {
	const own = ":\nmain.serve()\n\t/tmp/main.go:7 +0x1d\n\n"
	tests := []struct{ name, stderr, want string }{
		{"a_loop", busy + "goroutine 8 [sleep (durable), synctest bubble 1]" + own + "goroutine 9 [running, synctest bubble 1]" + own,
			"main.go:7 is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep"},
		{"timers", busy + "goroutine 8 [sleep (durable), synctest bubble 1]" + own,
			"main.go:7 or another goroutine is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep"},
		{"a_loop_from_nowhere", busy,
			"the program is in a busy loop: make each round wait, in a Read, on a channel or in time.Sleep"},
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
