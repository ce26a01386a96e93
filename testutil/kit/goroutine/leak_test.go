package goroutine

import (
	"errors"
	"testing"
)

func TestLeak(t *testing.T) {
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
			if got, want := Leak(here(tt.dump)), "exercises/ex8.1/clock2/clock2.go:33 "+tt.want+though; got != want {
				t.Errorf("Leak() = %q, want %q", got, want)
			}
		})
	}
	if got, want := Leak("goroutine 9 [sleep]:\ntime.Sleep(0x3b9aca00)\n"), "leaks a goroutine"; got != want {
		t.Errorf("Leak() of a stranger = %q, want %q", got, want)
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
