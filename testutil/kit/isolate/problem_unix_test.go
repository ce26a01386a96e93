//go:build unix

package isolate_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/verdict"
)

func TestFullDiskIsNotTheFaultOfTheCase(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	got := run(t, func() error {
		isolate.AnswerTo("/dev/full")
		return nil
	})
	want(t, got, verdict.GraderProblem, `write /dev/full: no space left on device`)
}

func TestLostAnswerFileIsTheFaultOfTheCase(t *testing.T) {
	got := run(t, func() error {
		isolate.AnswerTo("no/such/file")
		return nil
	})
	want(t, got, verdict.Exited, `testutil/kit/isolate/.*`)
}

func TestCaseThatIsKilledOnceIsRunAgain(t *testing.T) {
	dir := os.Getenv("ISOLATE_TEST_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	got := run(t, func() error {
		for _, name := range []string{"trial", "case"} { // these two processes are killed
			if os.Mkdir(filepath.Join(dir, name), 0o777) == nil {
				return killSelf()
			}
		}
		return nil
	}, "ISOLATE_TEST_DIR="+dir)
	want(t, got, verdict.Passed, "")
}

func TestCaseThatIsKilledEachTimeFails(t *testing.T) {
	want(t, killed(t), verdict.Exited, `was killed by a signal: perhaps it used too much memory`)
}

// killed runs killSelf. It does so again if the system was out of memory in the meantime, which
// a test of package program causes, perhaps at this time.
func killed(t *testing.T) (result isolate.Result) {
	for range 20 {
		result = run(t, killSelf)
		if !strings.Contains(result.Verdict.Message, "out of memory") {
			break
		}
	}
	return result
}

func killSelf() error {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		return err
	}
	select {}
}
