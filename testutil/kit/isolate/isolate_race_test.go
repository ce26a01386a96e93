//go:build race

package isolate_test

import (
	"regexp"
	"sync"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

func TestRunReportsADataRace(t *testing.T) {
	const place = `testutil/kit/isolate/isolate_race_test\.go:\d+ `
	tests := []struct {
		name string
		run  func() error
		race string // pattern
	}{
		{
			name: "of_a_case_that_has_one",
			run:  race,
			race: place + "changes a variable in two goroutines at the same time",
		},
		{
			name: "of_no_other_case",
			run:  func() error { return nil },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result := run(t, tt.run)
			want(t, result, verdict.Passed, "")
			if !regexp.MustCompile(`^(?:` + tt.race + `)$`).MatchString(result.Race) {
				t.Errorf("Run().Race = %q, want match for %q", result.Race, tt.race)
			}
		})
	}
}

func race() error {
	n := 0
	write := func() {
		for i := range 1000 { // the detector may miss one
			n = i
		}
	}
	var wg sync.WaitGroup
	wg.Go(write)
	write()
	wg.Wait()
	_ = n
	return nil
}
