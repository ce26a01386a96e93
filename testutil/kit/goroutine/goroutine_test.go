package goroutine

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/program"
)

// here returns a dump as it would look if the workbook of ann, who printed it,
// stood where this one does.
func here(dump string) string {
	top, _ := program.Top()
	return strings.ReplaceAll(dump, "/home/ann/workbook", filepath.ToSlash(top))
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
	top, _ := program.Top()
	tests := []struct{ file, want string }{
		{filepath.Join(top, "exercises", "ex8.1", "clock2", "clock2.go"), "exercises/ex8.1/clock2/clock2.go"},
		{"example.com/workbook/exercises/ex8.1/clock2/clock2.go", "exercises/ex8.1/clock2/clock2.go"}, // -trimpath
		{filepath.Join(filepath.Dir(top), "other", "main.go"), "main.go"},
		{"/nowhere/go/src/net/pipe.go", "pipe.go"},
		{"net/pipe.go", "pipe.go"},
	}
	for _, tt := range tests {
		if got := relative(tt.file); got != tt.want {
			t.Errorf("relative(%q) = %q, want %q", tt.file, got, tt.want)
		}
	}
}
