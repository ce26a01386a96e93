//go:build race

package isolate_test

import (
	"regexp"
	"sync"
	"testing"

	"example.com/workbook/testutil/isolate"
)

func TestRunReportsADataRace(t *testing.T) {
	const place = `testutil/isolate/isolate_race_test\.go:\d+ `
	tests := []struct {
		name string
		run  func() error
		race string // pattern
	}{
		{
			name: "of_a_case_that_has_one",
			run: func() error {
				var n int
				var wg sync.WaitGroup
				wg.Go(func() { n = 1 })
				n = 2
				wg.Wait()
				_ = n
				return nil
			},
			race: place + "writes a variable while " + place + "writes it",
		},
		{
			name: "of_no_other_case",
			run:  func() error { return nil },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result := run(t, tt.run)
			want(t, result, isolate.Passed, "")
			if !regexp.MustCompile(`^(?:` + tt.race + `)$`).MatchString(result.Race) {
				t.Errorf("Run().Race = %q, want match for %q", result.Race, tt.race)
			}
		})
	}
}
