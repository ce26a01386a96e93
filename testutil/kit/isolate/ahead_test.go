package isolate_test

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/verdict"
)

// aheadEnv names the file to which each case below writes a line when it is run.
const aheadEnv = "ISOLATE_TEST_AHEAD"

// runTwoCases runs two cases, which want env, and returns how often each was run.
func runTwoCases(t *testing.T, begin func(), env ...string) string {
	t.Helper()
	if os.Getenv(aheadEnv) == "" { // this is not the process of the cases
		t.Setenv(aheadEnv, filepath.Join(t.TempDir(), "run"))
		begin()
	}
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			r := isolate.Run(t, func() error {
				f, err := os.OpenFile(os.Getenv(aheadEnv), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
				if err != nil {
					return err
				}
				defer f.Close()
				_, err = f.WriteString(name + "\n")
				return err
			}, env...)
			if r.Verdict.Kind != verdict.Passed {
				t.Errorf("the verdict is %v, want passed", r.Verdict)
			}
		})
	}
	text, err := os.ReadFile(os.Getenv(aheadEnv))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestATrialThatHasBegunIsNotMadeAgain(t *testing.T) {
	stop := func() {}
	got := runTwoCases(t, func() { stop = isolate.Begin(t.Name()+"/first", "A=1") }, "A=1")
	stop()
	if want := "first\nsecond\n"; got != want {
		t.Errorf("the cases were run in this order: %q, want %q", got, want)
	}
}

func TestATrialInAnotherEnvironmentIsOfNoUse(t *testing.T) {
	stop := func() {}
	runTwoCases(t, func() { stop = isolate.Begin(t.Name()+"/first", "A=2") }, "A=1")
	stop()
}

func TestStopEndsATrial(t *testing.T) {
	if isolate.Trying() {
		select {} // without end
	}
	isolate.Begin(t.Name() + "/hangs")()
}
