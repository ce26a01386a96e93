package fakeclock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/verdict"
)

func TestClockStartsAtMidnightOfTheYear2000(t *testing.T) {
	result := fakeclock.Run(t, func(context.Context) error {
		if got, want := time.Now().UTC().Format(time.RFC3339), "2000-01-01T00:00:00Z"; got != want {
			return fmt.Errorf("it is %s, want %s", got, want)
		}
		return nil
	})
	want(t, result, verdict.Passed, "")
}

func TestClockPassesADayInAnInstant(t *testing.T) {
	result := fakeclock.Run(t, func(context.Context) error {
		start := time.Now()
		time.Sleep(24 * time.Hour)
		if took := time.Since(start); took != 24*time.Hour {
			return fmt.Errorf("Sleep(24h) took %v", took)
		}
		return nil
	})
	want(t, result, verdict.Passed, "")
}

func TestClockShowsTheZoneOfTheEnvironment(t *testing.T) {
	result := fakeclock.Run(t, func(context.Context) error {
		if got, want := time.Now().Format("15:04:05"), "09:00:00"; got != want {
			return fmt.Errorf("local time is %s, want %s", got, want)
		}
		return nil
	}, "TZ=Asia/Tokyo")
	want(t, result, verdict.Passed, "")
}

// want reports a result of another verdict, or with a message that does not
// match the pattern.
func want(t *testing.T, got isolate.Result, verdict verdict.Kind, pattern string) {
	t.Helper()
	if got.Verdict.Kind != verdict || !regexp.MustCompile(`^(?:`+pattern+`)$`).MatchString(got.Verdict.Message) {
		t.Errorf("Run() = %s: %q, want %s: match for %q", got.Verdict, got.Verdict.Message, verdict, pattern)
		t.Logf("the process printed:\n%.2000s", got.Output)
	}
}

// placeOf returns a pattern for the line of this file that ends in mark.
func placeOf(mark string) string {
	text, err := os.ReadFile("fakeclock_test.go")
	if err != nil {
		panic(err)
	}
	before, _, _ := strings.Cut(string(text), mark+"\n")
	return fmt.Sprintf(`testutil/kit/fakeclock/fakeclock_test.go:%d`, strings.Count(before, "\n")+1)
}

// outside is a channel that was made before the fake clock.
var outside = make(chan int)

// deaths are the ways in which a program under test dies or misbehaves.
var deaths = []struct {
	name    string
	run     func(ctx context.Context) error
	verdict verdict.Kind
	message string // pattern
	leak    string // pattern
}{
	{
		name:    "returns_an_error",
		run:     func(context.Context) error { return errors.New("client 2 got nothing") },
		verdict: verdict.Wrong,
		message: "client 2 got nothing",
	},
	{
		name:    "is_not_started",
		run:     func(context.Context) error { return fmt.Errorf("serve: %w", exercises.ErrNotStarted) },
		verdict: verdict.NotStarted,
		message: "serve: not started",
	},
	{
		name: "holds_a_lock_while_it_sleeps",
		run: func(context.Context) error {
			var mu sync.Mutex
			go func() {
				mu.Lock()
				time.Sleep(time.Second)
				mu.Unlock()
			}()
			time.Sleep(time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			return nil
		},
		verdict: verdict.Hung,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ is blocked on a mutex that another goroutine holds while it sleeps, at testutil/kit/fakeclock/fakeclock_test.go:\d+: unlock the mutex before that`,
	},
	{
		name: "listens_to_signals",
		run: func(ctx context.Context) error {
			ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
			defer stop()
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(time.Hour):
				return nil
			}
		},
		verdict: verdict.Passed,
	},
	{
		name: "loops_without_waiting",
		run: func(context.Context) error {
			for start := time.Now(); time.Since(start) < time.Second; {
			}
			return nil
		},
		verdict: verdict.Busy,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ is in a busy loop: .*`,
	},
	{
		name: "calls_Accept_in_a_new_goroutine_each_round",
		run: func(ctx context.Context) error {
			for {
				go func() {
					isolate.Accepts()
					<-ctx.Done()
				}()
			}
		},
		verdict: verdict.Busy,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ calls Accept in thousands of goroutines .*`,
	},
	{
		name: "sleeps_for_a_nanosecond_in_a_loop",
		run: func(context.Context) error {
			go func() {
				for start := time.Now(); time.Since(start) < time.Hour; {
					time.Sleep(time.Nanosecond) // here
				}
			}()
			time.Sleep(time.Hour)
			return nil
		},
		verdict: verdict.Busy,
		message: placeOf("// here") + ` wakes up again and again, .*`,
	},
	{
		name: "waits_for_a_nanosecond_in_a_loop",
		run: func(context.Context) error {
			never := make(chan bool)
			for start := time.Now(); time.Since(start) < time.Hour; {
				select { // there
				case <-never:
				case <-time.After(time.Nanosecond):
				}
			}
			return nil
		},
		verdict: verdict.Busy,
		message: placeOf("// there") + ` wakes up again and again, .*`,
	},
	{
		name: "listens_on_the_real_network",
		run: func(context.Context) error {
			ln, err := net.Listen("tcp", "localhost:0")
			if err != nil {
				return err
			}
			_, err = ln.Accept()
			return err
		},
		verdict: verdict.Hung,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ is blocked on the real network .*`,
	},
	{
		name: "waits_for_a_channel_of_the_package",
		run: func(context.Context) error {
			<-outside
			return nil
		},
		verdict: verdict.Hung,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ is blocked on a channel that is a package variable.*`,
	},
	{
		name: "panics_in_a_goroutine",
		run: func(context.Context) error {
			go func(table map[string]int) { table["London"]++ }(nil)
			time.Sleep(time.Second)
			return nil
		},
		verdict: verdict.Crashed,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ panics: assignment to entry in nil map`,
	},
	{
		name: "panics_itself",
		run: func(context.Context) error {
			args := []string{}
			_ = args[len(os.Args[0])*0]
			return nil
		},
		verdict: verdict.Crashed,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ panics: runtime error: index out of range \[0\] with length 0`,
	},
	{
		name: "recurses_for_ever",
		run: func(context.Context) error {
			var f func(n int) int
			f = func(n int) int { return f(n+1) + 1 }
			f(0)
			return nil
		},
		verdict: verdict.Crashed,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ panics: stack overflow`,
	},
	{
		name:    "logs_a_fatal_error",
		run:     func(context.Context) error { log.Fatal("cannot reach London"); return nil },
		verdict: verdict.Exited,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ ends the program \(log.Fatal: cannot reach London\)`,
	},
	{
		name:    "exits_with_status_0",
		run:     func(context.Context) error { os.Exit(0); return nil },
		verdict: verdict.Exited,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ ends the program \(os.Exit\)`,
	},
	{
		name:    "exits_with_status_3",
		run:     func(context.Context) error { os.Exit(3); return nil },
		verdict: verdict.Exited,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+.* ends the program \(os.Exit, status 3\)`,
	},
	{
		name: "leaves_a_goroutine_asleep",
		run: func(context.Context) error {
			go time.Sleep(time.Hour)
			return nil
		},
		verdict: verdict.Passed,
		leak:    `testutil/kit/fakeclock/fakeclock_test.go:\d+ still sleeps though the test is over`,
	},
	{
		name: "leaves_behind_what_was_there_when_it_had_settled",
		run: func(ctx context.Context) error {
			go time.Sleep(time.Hour)
			fakeclock.Settled(ctx)
			return nil
		},
		verdict: verdict.Passed,
	},
	{
		name: "leaves_behind_what_came_later",
		run: func(ctx context.Context) error {
			go time.Sleep(time.Hour)
			fakeclock.Settled(ctx)
			go time.Sleep(time.Hour)
			return nil
		},
		verdict: verdict.Passed,
		leak:    `testutil/kit/fakeclock/fakeclock_test.go:\d+ still sleeps though the test is over`,
	},
	{
		name: "leaves_a_reader_behind",
		run: func(context.Context) error {
			server, client := net.Pipe()
			go func() {
				io.Copy(io.Discard, client)
				server.Close()
			}()
			return errors.New("and is wrong too")
		},
		verdict: verdict.Wrong,
		message: "and is wrong too",
		leak:    `testutil/kit/fakeclock/fakeclock_test.go:\d+ still reads though .*`,
	},
	{
		name: "prints_without_end",
		run: func(context.Context) error {
			for {
				fmt.Println("still here")
			}
		},
		verdict: verdict.Flooded,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ prints without end`,
	},
	{
		name: "logs_each_second_of_a_day",
		run: func(context.Context) error {
			for range 24 * 60 * 60 {
				log.Printf("it is %v, and all is well with the clocks of the world, %s", time.Now(), strings.Repeat(".", 100))
				time.Sleep(time.Second)
			}
			return nil
		},
		verdict: verdict.Passed,
	},
	{
		name: "logs_without_end",
		run: func(context.Context) error {
			for {
				log.Print("still here")
			}
		},
		verdict: verdict.Flooded,
		message: `testutil/kit/fakeclock/fakeclock_test.go:\d+ prints without end`,
	},
}

func TestRunExplainsACaseThat(t *testing.T) {
	for _, tt := range deaths {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "prints_without_end" && runtime.GOOS == "windows" {
				t.Skip("Windows cannot ask a process where it is")
			}
			result := fakeclock.Run(t, tt.run)
			want(t, result, tt.verdict, tt.message)
			if !regexp.MustCompile(`^(?:` + tt.leak + `)$`).MatchString(result.Leak) {
				t.Errorf("leak is %q, want match for %q", result.Leak, tt.leak)
			}
		})
	}
}
