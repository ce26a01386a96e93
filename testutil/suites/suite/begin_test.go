package suite

import "testing"

func TestNothingBeginsThatIsOfNoUse(t *testing.T) {
	tried := Suite{After: "TestLogin", Ahead: []string{}, Cases: []Bound{{}}}
	for _, tt := range []struct {
		name string
		g    Grading
		s    Suite
	}{
		{"cases that are not tried together", Grading{}, Suite{Cases: []Bound{{}}}},
		{"a program that is not started", Grading{notStarted: true}, tried},
		{"a program that is waited for, so that cases get another environment", Grading{impatient: true}, tried},
		{"a test that is skipped, since none of the one before it passes", Grading{passed: map[string]int{"TestLogin": 0}}, tried},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if stop := tt.g.Begin("TestFiles", tt.s); stop != nil {
				stop()
				t.Errorf("Begin begins the test of %s, want nil", tt.name)
			}
		})
	}
}
