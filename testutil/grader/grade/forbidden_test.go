package grade

import (
	"strings"
	"testing"
)

func TestForbiddenNamesWhatReachesIntoTheTests(t *testing.T) {
	const none = ""
	tests := []struct{ name, text, want string }{
		{"an ordinary program", `import "net"; func serve(ln net.Listener) error { return nil }`, none},
		{"the size of a terminal", `import ("syscall"; "unsafe"); func f(fd uintptr) { var x [8]byte; syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&x))) }`, none},
		{"the kernel's clock", `import "syscall"; func f() { var usage syscall.Rusage; syscall.Getrusage(0, &usage) }`, none},
		{"a look at a connection", `import ("net"; "syscall"); func f(conn *net.TCPConn) { raw, _ := conn.SyscallConn(); raw.Control(func(fd uintptr) { syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK) }) }`, none},
		{"a comment about lines", "//line by line\n//\n// line 3:5", none},
		{"a syntax error", `func serve( {`, none},

		{"the tests", `import "example.com/workbook/testutil/suites/suite"`, `imports "example.com/workbook/testutil/suites/suite"`},
		{"the tests, where the parser gives up", `import "testing"; var x = ` + strings.Repeat("(", 200_000) + "1" + strings.Repeat(")", 200_000), `imports "testing"`},
		{"a pointer, where the parser gives up", `import "unsafe"; var p = unsafe.Pointer(nil); var x = ` + strings.Repeat("(", 200_000) + "1" + strings.Repeat(")", 200_000), "uses package unsafe for more"},
		{"cgo", `import "C"`, `imports "C"`},
		{"a pointer", `import "unsafe"; var p = unsafe.Pointer(nil)`, "uses package unsafe for more"},
		{"a pointer without package unsafe", `import "reflect"; var p = reflect.ValueOf(new(int)).UnsafePointer()`, "uses UnsafePointer"},
		{"a pointer by inference", `import "sync/atomic"; var p = argument(atomic.LoadPointer)`, "uses LoadPointer"},
		{"the heap", `import "runtime/debug"; func init() { debug.WriteHeapDump(2) }`, "uses WriteHeapDump"},
		{"another process", `import . "syscall"; func init() { PtraceAttach(1) }`, "uses PtraceAttach"},
		{"any system call", `import "syscall"; func init() { syscall.Syscall(syscall.SYS_WRITE, 2, 0xc000000000, 1<<20) }`, "calls Syscall for more than an ioctl"},
		{"a system call by another name", `import "syscall"; var call = syscall.RawSyscall6`, "calls RawSyscall6 for more"},
		{"an ioctl of any address", `import "syscall"; func f() { syscall.Syscall(syscall.SYS_IOCTL, 0, 0, 0xc000000000) }`, "calls Syscall for more"},
		{"a name", "import _ \"unsafe\"\n//go:linkname key x", "holds a go:linkname"},
		{"what the race detector must not see", "//go:norace\nfunc f() {}", "holds a go:norace"},
		{"another place", "//line _testmain.go:1\nfunc f() {}", "holds a line directive"},
		{"another place in a line", "/*line _testmain.go:1:1*/ func f() {}", "holds a line directive"},

		{"a flag of its own", `import "flag"; var f = flag.Lookup("port")`, none},
		{"a word that ends alike", `var s = "the latest.txt at ftp.example.test"`, none},
		{"the flags of the tests", `import "flag"; var graded = flag.Lookup("test.v") != nil`, `contains "test.v", from which`},
		{"the flags of the tests, in a raw string", "import \"flag\"; var graded = flag.Lookup(`test.run`) != nil", "contains `test.run`"},
		{"the command line", `import ("os"; "strings"); var graded = strings.HasSuffix(os.Args[0], ".test")`, `contains ".test"`},
		{"the environment", `import "os"; var graded = os.Getenv("WORKBOOK_CASE") != ""`, `contains "WORKBOOK_CASE"`},
		{"how it was built", `import "runtime/debug"; var info, ok = debug.ReadBuildInfo()`, "calls ReadBuildInfo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := forbidden([]byte("package main\n" + tt.text + "\n"))
			if (got == "") != (tt.want == "") || !strings.HasPrefix(got, tt.want) {
				t.Errorf("forbidden(%.80q) = %q, want %q…", tt.text, got, tt.want)
			}
		})
	}
}

func TestForbiddenNamesABuildConstraintOnTheRaceDetector(t *testing.T) {
	for line, want := range map[string]bool{
		"//go:build race":                 true,
		"//go:build !race":                true,
		"//go:build linux && (x || race)": true,
		"// +build race":                  true,
		"//go:build linux":                false,
		"//go:build embrace":              false,
		"// This is a race.":              false,
	} {
		got := forbidden([]byte(line + "\n\npackage main\n"))
		if is := strings.HasPrefix(got, "has a build constraint on race"); is != want {
			t.Errorf("forbidden(%q) = %q, want it named: %t", line, got, want)
		}
	}
}
