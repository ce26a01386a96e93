package isolate_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// holdEnv in the environment tells this process to hold a connection to that
// address for as long as it lives.
const holdEnv = "ISOLATE_TEST_HOLD"

func TestMain(m *testing.M) {
	if address := os.Getenv(holdEnv); address != "" {
		if conn, err := net.Dial("tcp", address); err == nil {
			fmt.Println("connected")
			io.Copy(io.Discard, conn)
		}
		return
	}
	os.Exit(m.Run())
}

// run is [isolate.Run], in a process of its own whatever the environment says.
func run(t *testing.T, f func() error, env ...string) isolate.Result {
	t.Helper()
	t.Setenv("WORKBOOK_INPROCESS", "")
	return isolate.Run(t, f, env...)
}

// want reports a result of another verdict, or with a message that does not
// match the pattern.
func want(t *testing.T, got isolate.Result, kind verdict.Kind, pattern string) {
	t.Helper()
	if got.Verdict.Kind != kind || !regexp.MustCompile(`^(?:`+pattern+`)$`).MatchString(got.Verdict.Message) {
		t.Errorf("Run() = %s: %q, want %s: match for %q", got.Verdict.Kind, got.Verdict.Message, kind, pattern)
		t.Logf("the process printed:\n%.2000s", got.Output)
	}
}

func TestRunSaysOfACaseThat(t *testing.T) {
	const place = `testutil/kit/isolate/isolate_test\.go:\d+ `
	busyPlace := place
	if runtime.GOOS == "windows" {
		busyPlace = "" // no process can be asked what it is doing
	}
	tests := []struct {
		name    string
		run     func() error
		verdict verdict.Kind
		message string // pattern
	}{
		{
			name:    "passes",
			run:     func() error { return nil },
			verdict: verdict.Passed,
		},
		{
			name:    "returns_an_error",
			run:     func() error { return errors.New("client 2 got nothing") },
			verdict: verdict.Wrong,
			message: "client 2 got nothing",
		},
		{
			name:    "is_not_started",
			run:     func() error { return fmt.Errorf("serve: %w", exercises.ErrNotStarted) },
			verdict: verdict.NotStarted,
			message: "serve: not started",
		},
		{
			name:    "panics",
			run:     func() error { panic("no clocks") },
			verdict: verdict.Crashed,
			message: place + "panics: no clocks",
		},
		{
			name:    "exits_with_status_3",
			run:     func() error { os.Exit(3); return nil },
			verdict: verdict.Exited,
			message: `.+ ends the program \(os.Exit, status 3\)`,
		},
		{
			name:    "exits_with_status_0",
			run:     func() error { os.Exit(0); return nil },
			verdict: verdict.Exited,
			message: place + `ends the program \(os.Exit\)`,
		},
		{
			name:    "forges_its_answer",
			run:     forge,
			verdict: verdict.Exited,
			message: `.+ ends the program \(os.Exit, status 3\)`,
		},
		{
			name:    "closes_standard_error",
			run:     func() error { return os.Stderr.Close() },
			verdict: verdict.Wrong,
			message: "the program closes or replaces standard error, .*",
		},
		{
			name:    "logs_a_fatal_error",
			run:     func() error { log.Fatal("cannot reach London"); return nil },
			verdict: verdict.Exited,
			message: place + `ends the program \(log.Fatal: cannot reach London\)`,
		},
		{
			name: "prints_without_end",
			run: func() error {
				for {
					fmt.Println(strings.Repeat("still here ", 100))
				}
			},
			verdict: verdict.Flooded,
			message: busyPlace + "prints without end",
		},
		{
			name: "prints_much_and_passes",
			run: func() error {
				os.Stdout.Write(bytes.Repeat([]byte("still here\n"), program.Limit/10))
				return nil
			},
			verdict: verdict.Passed,
		},
		{
			name: "prints_without_end_though_its_case_is_over",
			run: func() error {
				isolate.Answer(errors.New("client 2 got nothing"))
				for {
					fmt.Println(strings.Repeat("still here ", 100))
				}
			},
			verdict: verdict.Wrong,
			message: "client 2 got nothing",
		},
		{
			name: "panics_when_its_case_is_over",
			run: func() error {
				isolate.Answer(errors.New("client 2 got nothing"))
				panic("no clocks")
			},
			verdict: verdict.Wrong,
			message: "client 2 got nothing",
		},
		{
			name: "panics_after_it_has_closed_a_connection",
			run: func() error {
				isolate.Answer(fmt.Errorf("client 2 was disconnected (%w)", io.EOF))
				panic("no clocks")
			},
			verdict: verdict.Crashed,
			message: place + "panics: no clocks",
		},
		{
			name: "passes_since_a_panic_has_closed_a_connection",
			run: func() error {
				closed := make(chan bool)
				go func() {
					defer time.Sleep(50 * time.Millisecond)
					defer close(closed)
					panic("no clocks")
				}()
				<-closed
				isolate.Answer(nil)
				time.Sleep(time.Second)
				return nil
			},
			verdict: verdict.Crashed,
			message: place + "panics: no clocks",
		},
		{
			name: "passes_though_a_goroutine_has_recovered",
			run: func() error {
				closed := make(chan bool)
				go func() {
					defer func() { recover() }()
					defer time.Sleep(50 * time.Millisecond)
					defer close(closed)
					panic("no clocks")
				}()
				<-closed
				return nil
			},
			verdict: verdict.Passed,
		},
		{
			name: "prints_as_long_as_it_makes_progress",
			run: func() error {
				for range 20 {
					os.Stdout.Write(bytes.Repeat([]byte("still here\n"), program.Limit/10))
					isolate.Progress()
				}
				return nil
			},
			verdict: verdict.Passed,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want(t, run(t, tt.run), tt.verdict, tt.message)
		})
	}
}

func TestRunTellsALeakFromAnError(t *testing.T) {
	const dump = "goroutine 9 [sleep]:\ntime.Sleep(0x3b9aca00)\n"
	tests := []struct {
		name    string
		err     error
		verdict verdict.Kind
		message string
	}{
		{"without_an_error", nil, verdict.Passed, ""},
		{"with_an_error", errors.New("client 2 got nothing"), verdict.Wrong, "client 2 got nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result := run(t, func() error { return &goroutine.LeakError{Err: tt.err, Dump: dump} })
			want(t, result, tt.verdict, tt.message)
			if got, want := result.Leak, "leaks a goroutine"; got != want {
				t.Errorf("Run().Leak = %q, want %q", got, want)
			}
		})
	}
}

func TestRunAddsToTheEnvironmentAndKeepsTheOutput(t *testing.T) {
	t.Setenv("ISOLATE_TEST_OLD", "kept")
	result := run(t, func() error {
		fmt.Println(os.Getenv("ISOLATE_TEST_OLD"), os.Getenv("ISOLATE_TEST_NEW"), os.Getenv("GORACE")+"no race detector")
		return errors.New("wrong") // the output of a right case does not matter
	}, "ISOLATE_TEST_NEW=added")
	want(t, result, verdict.Wrong, "wrong")
	if got, want := result.Output, "kept added no race detector\n"; got != want {
		t.Errorf("Run().Output = %q, want %q", got, want)
	}
}

// The processes of a case may start processes too. One holds a connection here,
// which breaks when it dies.
func TestRunEndsWhatTheCaseHasStarted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not know the children of a process that has ended")
	}
	tests := []struct {
		name    string
		end     func() error
		verdict verdict.Kind
		message string
	}{
		{"and_passes", func() error { return nil }, verdict.Passed, ""},
		{"and_exits", func() error { os.Exit(3); return nil }, verdict.Exited, ".*status 3.*"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "localhost:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			result := run(t, func() error {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), holdEnv+"="+os.Getenv("ISOLATE_TEST_ADDRESS"))
				stdout, err := child.StdoutPipe()
				if err != nil {
					return err
				}
				if err := child.Start(); err != nil {
					return err
				}
				if _, err := stdout.Read(make([]byte, len("connected"))); err != nil {
					return fmt.Errorf("the child does not connect: %w", err)
				}
				return tt.end()
			}, "ISOLATE_TEST_ADDRESS="+ln.Addr().String())
			want(t, result, tt.verdict, tt.message)
			if t.Failed() {
				return
			}
			conn, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetReadDeadline(time.Now().Add(isolate.Limit))
			if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("what the case has started lives on after Run, want it ended")
			}
		})
	}
}

func TestRunStaysInThisProcessIfAsked(t *testing.T) {
	t.Setenv("WORKBOOK_INPROCESS", "1")
	pid := 0
	result := isolate.Run(t, func() error {
		pid = os.Getpid()
		return fmt.Errorf("serve: %w", exercises.ErrNotStarted)
	})
	want(t, result, verdict.NotStarted, "serve: not started")
	if pid != os.Getpid() {
		t.Errorf("the case ran in process %d, want %d", pid, os.Getpid())
	}
}

// forge does what a program might that wants to pass without being right: it writes
// answers where the answers of its process are.
func forge() error {
	file := filepath.Join(os.TempDir(), "answer")
	if _, err := os.Stat(file); err != nil {
		return err
	}
	answers := `{"Final":true}` + "\n" + strings.Repeat("0", 64) + ` {"Final":true}` + "\n"
	if err := os.WriteFile(file, []byte(answers), 0o666); err != nil {
		return err
	}
	os.Exit(3)
	return nil
}

// state is a variable that the program under test keeps between two uses.
var state string

func TestAWrongCaseNeitherFailsNorHelpsAnother(t *testing.T) {
	tests := []struct {
		name    string
		run     func() error
		verdict verdict.Kind
		message string
	}{
		{"first_is_right", func() error { return nil }, verdict.Passed, ""},
		{"second_is_wrong", func() error { state = "used"; return errors.New("wrong") }, verdict.Wrong, "wrong"},
		{"third_needs_a_new_process", func() error { return wantState("") }, verdict.Passed, ""},
		{"fourth_needs_the_old_process", func() error { return wantState("used") }, verdict.Wrong, `state is "", want "used"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want(t, run(t, tt.run), tt.verdict, tt.message)
		})
	}
}

func TestARightCaseFailsNoOther(t *testing.T) {
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			result := run(t, func() error {
				defer func() { state = "used" }()
				return wantState("")
			})
			want(t, result, verdict.Passed, "")
		})
	}
}

func wantState(want string) error {
	if state != want {
		return fmt.Errorf("state is %q, want %q", state, want)
	}
	return nil
}

// TestNotesItsProcess is for the test below. Its cases add the process that
// they run in to a file.
func TestNotesItsProcess(t *testing.T) {
	name := os.Getenv("ISOLATE_TEST_NOTES")
	if name == "" {
		t.Skip("not a test by itself")
	}
	for c := range strings.FieldsSeq(os.Getenv("ISOLATE_TEST_CASES")) {
		t.Run(c, func(t *testing.T) {
			result := run(t, func() error {
				file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
				if err != nil {
					return err
				}
				defer file.Close()
				fmt.Fprintln(file, c, os.Getpid())
				if strings.HasPrefix(c, "wrong") {
					return errors.New("wrong")
				}
				return nil
			})
			if strings.HasPrefix(c, "wrong") {
				want(t, result, verdict.Wrong, "wrong")
			} else {
				want(t, result, verdict.Passed, "")
			}
		})
	}
}

// notes runs the named cases count times, and returns the order in which they ran
// and the number, from 1 on, of the process that each ran in.
func notes(t *testing.T, cases string, count int) (order string, process []int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "notes")
	cmd := exec.Command(os.Args[0], "-test.run=^TestNotesItsProcess$", fmt.Sprintf("-test.count=%d", count))
	cmd.Env = append(os.Environ(), "ISOLATE_TEST_NOTES="+file, "ISOLATE_TEST_CASES="+cases, "GORACE=atexit_sleep_ms=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args[1:], " "), err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	number := make(map[string]int)
	for line := range strings.Lines(string(text)) {
		name, pid, _ := strings.Cut(strings.TrimSpace(line), " ")
		if number[pid] == 0 {
			number[pid] = len(number) + 1
		}
		names, process = append(names, name), append(process, number[pid])
	}
	return strings.Join(names, " "), process
}

// Right cases run once, in one process, however many they are. Each time that
// the test is run again they run again.
func TestEachCountTriesTheCasesAgain(t *testing.T) {
	order, process := notes(t, "first second", 2)
	if got, want := order, "first second first second"; got != want {
		t.Fatalf("the cases ran in order %q, want %q", got, want)
	}
	if diff := cmp.Diff([]int{1, 1, 2, 2}, process); diff != "" {
		t.Errorf("the processes of the cases mismatch (-want +got):\n%s", diff)
	}
}

// A case that fails in a trial runs again in a process of its own, and another
// trial goes on with the next.
func TestATrialGoesOnAfterACaseThatFails(t *testing.T) {
	order, process := notes(t, "first wrong1 second third", 1)
	if got, want := order, "first wrong1 wrong1 second third"; got != want {
		t.Fatalf("the cases ran in order %q, want %q", got, want)
	}
	if diff := cmp.Diff([]int{1, 1, 2, 3, 3}, process); diff != "" {
		t.Errorf("the processes of the cases mismatch (-want +got):\n%s", diff)
	}
}

// When trials find only failures, they are no longer made.
func TestTrialsEndWhenTheyFindNoRightCase(t *testing.T) {
	order, process := notes(t, "wrong1 wrong2 right wrong3", 1)
	if got, want := order, "wrong1 wrong1 wrong2 wrong2 right wrong3"; got != want {
		t.Fatalf("the cases ran in order %q, want %q", got, want)
	}
	if diff := cmp.Diff([]int{1, 2, 3, 4, 5, 6}, process); diff != "" {
		t.Errorf("the processes of the cases mismatch (-want +got):\n%s", diff)
	}
}
