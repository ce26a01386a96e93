package program

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnvironDependsOnNothingThatChangesAVerdict(t *testing.T) {
	tests := []struct {
		name string
		env  []string
		want []string // besides the fixed variables
	}{
		{"nothing", nil, nil},
		{"what programs need", []string{"PATH=/bin", "HOME=/home/gopher"}, []string{"PATH=/bin", "HOME=/home/gopher"}},
		{"the Go runtime", []string{"GODEBUG=asynctimerchan=1", "GORACE=report_bugs=0", "GOTRACEBACK=none", "GOGC=1", "GOMEMLIMIT=1MiB", "GOMAXPROCS=1"}, nil},
		{"the go command", []string{"GOPATH=/go", "GOFLAGS=-v"}, []string{"GOPATH=/go", "GOFLAGS=-v"}},
		{"zones", []string{"TZ=JST-9", "ZONEINFO=/nowhere"}, nil},
		{"two zones", []string{"TZ=JST-9", "TZ=Asia/Kolkata"}, nil},
		{"proxies", []string{"HTTP_PROXY=http://localhost:1", "ftp_proxy=x", "no_proxy=*"}, nil},
		{"the terminal", []string{"TERM=dumb", "COLUMNS=20", "LINES=5", "NO_COLOR=1"}, nil},
		{"a name that begins alike", []string{"TZDIR=/zones", "GODEBUGGER=x"}, []string{"TZDIR=/zones", "GODEBUGGER=x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := append(slices.Clone(tt.want), "TZ=UTC", "TERM=xterm", "GOMAXPROCS=2", "GORACE=atexit_sleep_ms=0", "WORKBOOK_ENVIRON=1")
			got := Environ(tt.env)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Environ(%q) mismatch (-want +got):\n%s", tt.env, diff)
			}
			if again := Environ(got); !slices.Equal(again, got) {
				t.Errorf("Environ(%q) = %q, want no change", got, again)
			}
		})
	}
}
