package ftptest

import (
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

const trace = `2026/03/14 15:09:26 listening on 127.0.0.1:8021
panic: runtime error: index out of range [1] with length 1

goroutine 21 [running]:
strings.broken(...)
	/usr/local/go/src/strings/strings.go:12
example.com/ftpd/proto.Parse({0xc000012345, 0x3})
	/home/ann/ftpd/proto/parse.go:30 +0x1d
main.(*session).handle(0xc00007e000)
	/home/ann/ftpd/server.go:41 +0x1d
created by main.serve in goroutine 1
	/home/ann/ftpd/server.go:20 +0x5b

goroutine 1 [IO wait]:
main.main()
	/home/ann/ftpd/main.go:9 +0x5b
exit status 2
`

// A student reads which command ended the server and where, and not the end of a trace.
func TestEndOfAServerIsExplained(t *testing.T) {
	for _, tt := range []struct {
		name, command, output, want string
		kind                        verdict.Kind
	}{
		{"a_panic", "CWD", trace, "the server has ended after CWD: parse.go:30: panic: runtime error: index out of range [1] with length 1", verdict.Crashed},
		{"concurrent_maps", "", "fatal error: concurrent map writes\n\ngoroutine 5 [running]:\nmain.cwd()\n\t/a/dir.go:7 +0x1\n",
			"the server has ended: dir.go:7: fatal error: concurrent map writes", verdict.Crashed},
		{"a_last_line", "QUIT", "listening on :8021\nread: connection reset by peer\n\n",
			`the server has ended after QUIT; the last line that it has printed is "read: connection reset by peer"`, verdict.Wrong},
		{"Python", "RETR a", "Traceback (most recent call last):\n  File \"ftpd.py\", line 3\nValueError: no such file\n",
			`the server has ended after RETR a; the last line that it has printed is "ValueError: no such file"`, verdict.Wrong},
		{"silence", "USER x", "", "the server has ended after USER x, and has printed nothing", verdict.Wrong},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := verdict.Of(endedAfter(tt.command, tt.output))
			if got.Message != tt.want || got.Kind != tt.kind {
				t.Errorf("endedAfter(%q, %q) is %s: %q, want %s: %q", tt.command, tt.output, got.Kind, got.Message, tt.kind, tt.want)
			}
		})
	}
}
