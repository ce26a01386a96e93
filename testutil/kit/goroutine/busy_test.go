package goroutine

import "testing"

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
