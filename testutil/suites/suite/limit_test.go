package suite

import (
	"testing"
	"time"
)

func TestCasesWaitAsLongAsTheMachineIsBusy(t *testing.T) {
	t.Setenv(patienceEnv, "10s")
	for _, tt := range []struct {
		name string
		g    Grading
		want time.Duration
	}{
		{"at first", Grading{}, 10 * time.Second},
		{"after a case that waited without success", Grading{impatient: true}, 2500 * time.Millisecond},
		{"after cases without a response", Grading{impatient: true, mute: maxMute}, 500 * time.Millisecond},
		{"if cases pass quickly", Grading{impatient: true, slowest: 300 * time.Millisecond}, 2500 * time.Millisecond},
		{"if a case passes slowly", Grading{impatient: true, slowest: time.Second}, 5 * time.Second},
		{"if a case passes very slowly", Grading{impatient: true, slowest: 9 * time.Second}, 10 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.g.limit(); got != tt.want {
				t.Errorf("limit() = %v, want %v", got, tt.want)
			}
		})
	}
}
