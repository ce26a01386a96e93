package program_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/program"
)

func TestMain(m *testing.M) { program.Main(m, main) }

// environAtInit is the environment as the package variables of a program see it.
var environAtInit = os.Environ()

// argsAtInit is the command line as the package variables of a program see it.
var argsAtInit = slices.Clone(os.Args)

var status = flag.Int("status", 0, "exit with `status`")

// commands are more of what main can do, on some systems.
var commands = make(map[string]func())

// main is the program under test. It does as its arguments say.
func main() {
	size := flag.Int("size", 0, "print `bytes`")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: program [flags] command")
		flag.PrintDefaults()
	}
	flag.Parse()
	switch flag.Arg(0) {
	case "print the zone":
		fmt.Println(time.Now().Zone())
		fmt.Println(time.Now().In(localAtInit).Zone())
	case "print the environment":
		fmt.Println(strings.Join(environAtInit, "\n"))
	case "print":
		fmt.Println("to stdout")
		fmt.Fprintln(os.Stderr, "to stderr")
	case "flood":
		fmt.Print(numbers(*size))
	case "flood and wait":
		fmt.Print(numbers(*size))
		waitForInterrupt()
	case "wait":
		waitForInterrupt()
	case "start a child":
		child := program.Command("hold", flag.Arg(1))
		child.Stdout = os.Stdout
		if err := child.Run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	case "hold":
		conn, err := net.Dial("tcp", flag.Arg(1))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			break
		}
		fmt.Println("connected")
		io.Copy(io.Discard, conn)
	default:
		if command, ok := commands[flag.Arg(0)]; ok {
			command()
		}
	}
	os.Exit(*status)
}

// waitForInterrupt says on standard error how it ended: by an interrupt, or
// because there was something to read on standard input, if only its end.
func waitForInterrupt() {
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	read := make(chan error, 1)
	go func() {
		fmt.Println("ready")
		_, err := os.Stdin.Read(make([]byte, 1))
		read <- err
	}()
	select {
	case <-interrupt:
		fmt.Fprintln(os.Stderr, "interrupted")
	case err := <-read:
		fmt.Fprintln(os.Stderr, "read:", err)
	}
}

// numbers returns size bytes of text, no two parts of it alike.
func numbers(size int) string {
	dots := strings.Repeat(".", 100)
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintln(&b, i, dots)
	}
	return b.String()[:size]
}

// start starts the program with args, until the end of the test.
func start(t *testing.T, args ...string) *program.Process {
	t.Helper()
	p, err := program.Start(program.Command(args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// startReady starts the program, which waits, and waits until it does so.
func startReady(t *testing.T, args ...string) *program.Process {
	t.Helper()
	p := start(t, args...)
	if err := p.Await(t.Context(), contains("ready\n")); err != nil {
		t.Fatal(err)
	}
	return p
}

// wait waits for the end of p by itself.
func wait(t *testing.T, p *program.Process) {
	t.Helper()
	if _, err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func contains(what string) func(text string) bool {
	return func(text string) bool { return strings.Contains(text, what) }
}

// canceled returns a context that has ended.
func canceled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestProgramSeesNoTestFlagsAtInit(t *testing.T) {
	isTestFlag := func(arg string) bool { return strings.HasPrefix(arg, "-test.") }
	if flag.Lookup("test.fuzz").Value.String() == "" && slices.ContainsFunc(argsAtInit, isTestFlag) {
		t.Errorf("at initialization, os.Args = %q, want no flag of package testing", argsAtInit)
	}
}

func TestWaitReturnsTheStatus(t *testing.T) {
	tests := []struct {
		args []string
		want int
	}{
		{nil, 0},
		{[]string{"-status=3"}, 3},
		{[]string{"-nonsense"}, 2},
	}
	for _, tt := range tests {
		p := start(t, tt.args...)
		if got, err := p.Wait(t.Context()); got != tt.want || err != nil {
			t.Errorf("%v: Wait() = %d, %v, want %d, nil", p, got, err, tt.want)
		}
	}
}

func TestWaitGivesUpWhenItsContextEnds(t *testing.T) {
	p := startReady(t, "wait")
	_, err := p.Wait(canceled(t))
	if want := "program wait does not end: context canceled"; !errors.Is(err, context.Canceled) || err.Error() != want {
		t.Errorf("Wait() = %v, want %s", err, want)
	}
	p.Stop()
	got, err := p.Wait(t.Context())
	if want := -1; (got != want && runtime.GOOS != "windows") || err != nil {
		t.Errorf("Wait() after Stop() = %d, %v, want %d, nil", got, err, want)
	}
}

func TestAwait(t *testing.T) {
	large := fmt.Sprint("-size=", program.Limit+1)
	tests := []struct {
		name string
		run  func(t *testing.T) error
		want string // the error
	}{
		{
			name: "returns_when_the_text_is_there",
			run:  func(t *testing.T) error { return start(t, "wait").Await(t.Context(), contains("ready\n")) },
			want: "<nil>",
		},
		{
			name: "sees_the_text_of_a_process_that_has_ended",
			run: func(t *testing.T) error {
				p := start(t, "print")
				wait(t, p)
				return p.Await(t.Context(), contains("to stdout\n"))
			},
			want: "<nil>",
		},
		{
			name: "reports_a_process_that_ends_first",
			run:  func(t *testing.T) error { return start(t, "-status=3").Await(t.Context(), contains("ready\n")) },
			want: `program -status=3 ended with exit status 3 and printed ""`,
		},
		{
			name: "reports_a_flood",
			run:  func(t *testing.T) error { return start(t, large, "flood").Await(t.Context(), contains("ready\n")) },
			want: "program " + large + " flood printed more than 1048576 bytes",
		},
		{
			name: "reports_a_flood_that_has_ceased",
			run: func(t *testing.T) error {
				p := start(t, large, "flood and wait")
				<-p.Flood()
				return p.Await(t.Context(), contains("more"))
			},
			want: "program " + large + " flood and wait printed more than 1048576 bytes",
		},
		{
			name: "gives_up_when_its_context_ends",
			run: func(t *testing.T) error {
				p := startReady(t, "wait")
				return p.Await(canceled(t), contains("more"))
			},
			want: `program wait printed "ready\n": context canceled`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(tt.run(t)); got != tt.want {
				t.Errorf("Await() = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAwaitShowsOnlyTheEndOfALongText(t *testing.T) {
	p := start(t, "-size=1000", "flood")
	err := p.Await(t.Context(), contains("ready\n"))
	want := fmt.Sprintf("%v ended with exit status 0 and printed %q", p, "… "+numbers(1000)[500:])
	if got := fmt.Sprint(err); got != want {
		t.Errorf("Await() = %s\nwant %s", got, want)
	}
}

func TestOutputIsKeptApartAndTogether(t *testing.T) {
	p := start(t, "print")
	wait(t, p)
	if got, want := p.Stdout(), "to stdout\n"; got != want {
		t.Errorf("Stdout() = %q, want %q", got, want)
	}
	if got, want := p.Stderr(), "to stderr\n"; got != want {
		t.Errorf("Stderr() = %q, want %q", got, want)
	}
	got := p.Output()
	if want := "to stdout\nto stderr\n"; len(got) != len(want) || !strings.Contains(got, p.Stdout()) || !strings.Contains(got, p.Stderr()) {
		t.Errorf("Output() = %q, want %q, in any order", got, want)
	}
}

func TestStandardInputIsOpenAndSilent(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows knows no interrupt of another process")
	}
	p := startReady(t, "wait")
	if err := p.Interrupt(); err != nil {
		t.Fatal(err)
	}
	wait(t, p)
	if got, want := p.Output(), "ready\ninterrupted\n"; got != want {
		t.Errorf("Output() of a program that waits for input or an interrupt = %q, want %q", got, want)
	}
}

func TestFloodIsMoreThanTheLimit(t *testing.T) {
	for _, size := range []int{program.Limit, program.Limit + 1} {
		p := start(t, fmt.Sprint("-size=", size), "flood")
		wait(t, p)
		if p.Stdout() != numbers(size) {
			t.Errorf("%v: Stdout() has %d bytes, want what it printed, %d", p, len(p.Stdout()), size)
		}
		if got, want := p.Flooded(), size > program.Limit; got != want {
			t.Errorf("%v: Flooded() = %v, want %v", p, got, want)
		}
	}
}

func TestAllowLetsTheProcessPrintMore(t *testing.T) {
	p := start(t, fmt.Sprint("-size=", program.Limit+1), "flood")
	wait(t, p)
	if p.Allow(); p.Flooded() {
		t.Errorf("%v: Flooded() after Allow() = true, want false", p)
	}
}

func TestFloodKeepsHeadAndTail(t *testing.T) {
	const size, half = 2*program.Limit + program.Limit/4, program.Limit / 2
	p := start(t, fmt.Sprint("-size=", size), "flood")
	<-p.Flood()
	wait(t, p)
	printed := numbers(size)
	head, tail := printed[:half], printed[size-half:]
	for _, out := range []struct{ name, text string }{{"Stdout", p.Stdout()}, {"Output", p.Output()}} {
		if len(out.text) > 2*program.Limit {
			t.Errorf("%s() has %d bytes, want no more than %d", out.name, len(out.text), 2*program.Limit)
		}
		if !strings.HasPrefix(out.text, head) || !strings.HasSuffix(out.text, tail) {
			t.Errorf("%s() is not the first and the last %d bytes that were printed", out.name, half)
		}
	}
}

// The child of the program holds a connection here, which breaks when it dies.
func TestStopEndsWhatTheProgramHasStarted(t *testing.T) {
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p := start(t, "start a child", ln.Addr().String())
	if err := p.Await(t.Context(), contains("connected\n")); err != nil {
		t.Fatal(err)
	}
	p.Stop()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the child of %v lives on after Stop(), want it ended", p)
	}
}

func TestBetweenIsCalledWhenTheLastProcessHasEnded(t *testing.T) {
	var calls atomic.Int64
	program.Between = func() { calls.Add(1) }
	t.Cleanup(func() { program.Between = func() {} })
	p, q := startReady(t, "wait"), startReady(t, "wait")
	p.Stop()
	if got := calls.Load(); got != 0 {
		t.Errorf("when one of two processes has ended, Between was called %d times, want 0", got)
	}
	q.Stop()
	if got := calls.Load(); got != 1 {
		t.Errorf("when both have ended, Between was called %d times, want 1", got)
	}
}

func TestUsageIsThatOfTheProgram(t *testing.T) {
	p := start(t, "-h")
	if got, err := p.Wait(t.Context()); got != 0 || err != nil {
		t.Errorf("%v: Wait() = %d, %v, want 0, nil", p, got, err)
	}
	want := `usage: program [flags] command
  -size bytes
    	print bytes
  -status status
    	exit with status
`
	if diff := cmp.Diff(want, p.Stderr()); diff != "" {
		t.Errorf("%v: Stderr() mismatch (-want +got):\n%s", p, diff)
	}
}

func TestStringIsTheCommandLine(t *testing.T) {
	if got, want := start(t, "-status=3", "print").String(), "program -status=3 print"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

// test has a program tested in place of that of these tests.
func test(t *testing.T, name string) {
	t.Helper()
	key, value, _ := strings.Cut(program.Target{Program: name}.Environ(), "=")
	t.Setenv(key, value)
}

func TestTargetIsRunInstead(t *testing.T) {
	echo, err := exec.LookPath("echo")
	if err != nil {
		t.Skip("this machine has no echo")
	}
	test(t, echo)
	p := start(t, "hello", "world")
	wait(t, p)
	if got, want := p.Stdout(), "hello world\n"; got != want {
		t.Errorf("%v: Stdout() = %q, want %q", p, got, want)
	}
	if got, want := p.String(), "echo hello world"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestProgramSeesNoVariablesOfTheWorkbook(t *testing.T) {
	t.Setenv(program.LocalZone, "UTC")
	check := func(p *program.Process) {
		t.Helper()
		wait(t, p)
		if got := p.Stdout(); !strings.Contains(got, "PATH=") || strings.Contains(got, "WORKBOOK_") {
			t.Errorf("%v: the environment is\n%s\nwant PATH and no variables WORKBOOK_…", p, got)
		}
	}
	p := start(t, "print the environment")
	check(p)
	if strings.Contains(p.Stdout(), "GORACE=") {
		t.Errorf("%v: the environment is\n%s\nwant no GORACE, as in a run by hand", p, p.Stdout())
	}
	env, err := exec.LookPath("env")
	if err != nil {
		t.Skip(err)
	}
	test(t, env)
	check(start(t))
}

// localAtInit is the local time, as a program may keep it before main runs.
var localAtInit = time.Local

func TestProgramSeesTheZoneOfItsMachine(t *testing.T) {
	cmd := program.Command("print the zone")
	cmd.Env = append(slices.DeleteFunc(cmd.Env, func(e string) bool { return strings.HasPrefix(e, "TZ=") }), program.LocalZone+"=Asia/Kolkata")
	p, err := program.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	wait(t, p)
	if got, want := p.Stdout(), "IST 19800\nIST 19800\n"; got != want {
		t.Errorf("with %s=Asia/Kolkata, %v printed %q, want %q", program.LocalZone, p, got, want)
	}
}

func TestStartReportsAProgramThatIsNotThere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "program")
	p, err := program.Start(exec.Command(name))
	if err == nil {
		p.Stop()
	}
	if err == nil || !strings.HasPrefix(err.Error(), "start "+name+": ") {
		t.Errorf("Start() = %v, want start %s: and why not", err, name)
	}
}

func TestQuotedIsShort(t *testing.T) {
	long := "clock2: listening on 127.0.0.1:8010\n" + strings.Repeat("é", 500)
	if got := program.Quoted(long); !strings.HasPrefix(got, `"clock2: listening on 127.0.0.1:8010\né`) || !strings.HasSuffix(got, `é…"`) || len(got) > 150 {
		t.Errorf("Quoted() = %s, want its beginning, and …", got)
	}
	for text, want := range map[string]string{"hello\n": `"hello\n"`, "": "nothing"} {
		if got := program.Quoted(text); got != want {
			t.Errorf("Quoted(%q) = %s, want %s", text, got, want)
		}
	}
}
