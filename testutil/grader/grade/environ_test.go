package grade

import (
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJudgeEnvironHoldsOnlyWhatIsListed(t *testing.T) {
	t.Setenv("LC_ALL", "de_DE.UTF-8")
	env := []string{
		"PATH=/bin", "HOME=/home/gopher", "LANG=C", "GODEBUG=gctrace=1", "TZ=JST-9", "CI=true", "SECRET=x",
		"WORKBOOK_CASE=TestClock", "WORKBOOK_PATIENCE=1m", "HTTP_PROXY=x", "SystemRoot=C:\\Windows",
	}
	want := []string{
		"PATH=/bin", "HOME=/home/gopher", "WORKBOOK_PATIENCE=1m", "SystemRoot=C:\\Windows",
		"TZ=UTC", "TERM=xterm", "GOMAXPROCS=2", "GORACE=atexit_sleep_ms=0", "WORKBOOK_ENVIRON=1", "LC_ALL=C.UTF-8",
	}
	if diff := cmp.Diff(want, judgeEnviron(env)); diff != "" {
		t.Errorf("judgeEnviron(%q) mismatch (-want +got):\n%s", env, diff)
	}
}

func TestGoEnvironBuildsForThisMachine(t *testing.T) {
	cleared := []string{
		"GODEBUG=panicnil=1", "GOEXPERIMENT=x", "GOFLAGS=-tags=x", "GOWORK=/x/go.work", "GOOS=plan9", "GOARCH=mips", "GO111MODULE=off", "GOTMPDIR=/x", "GOGC=5", "GOMEMLIMIT=1MiB",
	}
	env := []string{"PATH=/bin", "GOPROXY=off", "GOCACHE=/cache", "CGO_ENABLED=0", "HTTP_PROXY=x", "GOMAXPROCS=4"} // how the go command works, not what it builds
	want := append(slices.Clone(env), "GOFLAGS=-mod=readonly", "GOWORK=off", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH,
		"GOGC=400", "GOMEMLIMIT=1GiB", "GOTMPDIR=/tmp/workbook1")
	if diff := cmp.Diff(want, goEnviron(append(slices.Clone(cleared), env...), "/tmp/workbook1")); diff != "" {
		t.Errorf("goEnviron() mismatch (-want +got):\n%s", diff)
	}
}
