package goroutine

import (
	"strings"
	"testing"
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

func TestDoingOfASlowProgram(t *testing.T) {
	const (
		test     = "goroutine 1 [chan receive, 1 minutes]:\ntesting.(*T).Run(0x1)\n\t/usr/local/go/src/testing/testing.go:7 +0x1d\nmain.TestFTP(0x1)\n\t/tmp/main_test.go:25 +0x1d\n\n"
		accepts  = "goroutine 5 [IO wait]:\nnet.(*TCPListener).Accept(0x1)\n\t/usr/local/go/src/net/tcpsock.go:7 +0x1d\nmain.serve(0x1)\n\t/tmp/main.go:30 +0x1d\n\n"
		sleeps   = "goroutine 6 [sleep]:\ntime.Sleep(0x1)\n\t/usr/local/go/src/runtime/time.go:7 +0x1d\nmain.handleConn(0x1)\n\t/tmp/main.go:40 +0x1d\n\n"
		computes = "goroutine 7 [running]:\nmain.spin(0x1)\n\t/tmp/main.go:50 +0x1d\n\n"
	)
	for _, tt := range []struct{ name, dump, want string }{
		{"that_only_waits", test + accepts, ""},
		{"that_sleeps", test + accepts + sleeps, "main.go:40 sleeps"},
		{"that_computes", test + accepts + sleeps + computes, "main.go:50 " + loops},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Doing(tt.dump); got != tt.want && !strings.HasSuffix(got, "/"+tt.want) {
				t.Errorf("Doing() = %q, want %q", got, tt.want)
			}
		})
	}
}
