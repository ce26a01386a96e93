package isolate

import (
	"os"
	"slices"
	"strings"
)

// In the environment of a process of cases:
const (
	caseEnv   = "WORKBOOK_CASE"   // the name of the only one
	trialEnv  = "WORKBOOK_TRIAL"  // that of the case at which a trial starts
	answerEnv = "WORKBOOK_ANSWER" // the file that gets the answers
)

// ConfinedEnv is set, in the environment, as long as a process is only about to become
// one of a case, in a sandbox.
const ConfinedEnv = "WORKBOOK_CONFINED"

// trying is whether this is the process of a trial.
var _, trying = os.LookupEnv(trialEnv)

// Trying reports whether this is the process of a trial. A case that does not pass
// there gets another chance.
func Trying() bool { return trying }

// InProcess reports whether cases run in the test's own process, as
// WORKBOOK_INPROCESS asks.
func InProcess() bool { return os.Getenv("WORKBOOK_INPROCESS") != "" }

// answerFile gets what this process has to say.
var answerFile = os.Getenv(answerEnv)

// AnswerFile returns the one file that a process, with env for its environment, must
// be able to write; "" if there is none.
func AnswerFile(env []string) string {
	for _, e := range slices.Backward(env) {
		if file, ok := strings.CutPrefix(e, answerEnv+"="); ok {
			return file
		}
	}
	return ""
}
