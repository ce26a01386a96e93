package isolate

import (
	"os"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

func TestNoCaseIsRunAfterTwoHaveHungBeforeMain(t *testing.T) {
	hung, other := ending{late: true}, ending{began: true}
	tests := []struct {
		name string
		ends []ending
		want bool
	}{
		{"nothing", nil, false},
		{"one_that_hung", []ending{hung}, false},
		{"two_that_hung", []ending{hung, hung}, true},
		{"two_with_another_between", []ending{hung, other, hung}, false},
		{"two_with_one_between_that_was_not_needed", []ending{hung, {}, hung}, true},
		{"two_that_hung_in_their_cases", []ending{{began: true, late: true}, {began: true, late: true}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			starts.hung = 0
			defer func() { starts.hung = 0 }()
			for _, end := range tt.ends {
				noteStart(end)
			}
			if _, got := hangsAtStart(); got != tt.want {
				t.Errorf("after %+v, hangsAtStart() is %t, want %t", tt.ends, got, tt.want)
			}
		})
	}
}

func TestProgramThatHangsBeforeMainIsNotStartedAgain(t *testing.T) {
	if os.Getenv(caseEnv) != "" {
		t.Fatal("it was started")
	}
	noteStart(ending{late: true})
	noteStart(ending{late: true})
	defer func() { starts.hung = 0 }()
	got := runApart(t.Name(), nil).Verdict
	const message = "does not reach main within 1m0s of real time"
	if got.Kind != verdict.Hung || got.Message != message {
		t.Errorf("runApart() = %s: %q, want %s: %q", got.Kind, got.Message, verdict.Hung, message)
	}
}
