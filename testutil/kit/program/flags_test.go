package program

import (
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTakeTestFlags(t *testing.T) {
	count := flag.Lookup("test.count").Value
	defer count.Set(count.String())
	tests := []struct {
		name  string
		args  []string
		want  []string
		count string // afterwards, of -test.count, which is 7 before
	}{
		{"leaves_the_flags_of_a_program", []string{"clock2", "-port", "8010", "NewYork=localhost:8010"}, []string{"clock2", "-port", "8010", "NewYork=localhost:8010"}, "7"},
		{"sets_a_flag_with_its_value", []string{"clock2", "-test.count=8", "-port", "8010"}, []string{"clock2", "-port", "8010"}, "8"},
		{"sets_a_flag_before_its_value", []string{"clock2", "-port", "8010", "-test.count", "8", "x"}, []string{"clock2", "-port", "8010", "x"}, "8"},
		{"sets_a_flag_without_a_value", []string{"clock2", "-test.paniconexit0", "x"}, []string{"clock2", "x"}, "7"},
		{"leaves_an_unknown_flag", []string{"clock2", "-test.nonsense", "x"}, []string{"clock2", "-test.nonsense", "x"}, "7"},
		{"leaves_an_invalid_value", []string{"clock2", "-test.count=x"}, []string{"clock2", "-test.count=x"}, "0"},
		{"leaves_all_to_a_fuzz_test", []string{"clock2", "-test.fuzz=FuzzParse", "-test.count=8"}, []string{"clock2", "-test.fuzz=FuzzParse", "-test.count=8"}, "7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			count.Set("7")
			got := takeTestFlags(tt.args)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("takeTestFlags(%q) mismatch (-want +got):\n%s", tt.args, diff)
			}
			if count.String() != tt.count {
				t.Errorf("takeTestFlags(%q) sets -test.count to %s, want %s", tt.args, count, tt.count)
			}
		})
	}
}

// The process that enters a sandbox hands its command line to the program: without
// -test.run, each case would run all tests of the program.
func TestTakeTestFlagsOnTheWayIntoASandbox(t *testing.T) {
	t.Setenv(confinedEnv, "1")
	args := []string{"clock2.test", "-test.run=^TestClock$", "-test.count=1"}
	if diff := cmp.Diff(args, takeTestFlags(args)); diff != "" {
		t.Errorf("takeTestFlags(%q) with %s=1 mismatch (-want +got):\n%s", args, confinedEnv, diff)
	}
}
