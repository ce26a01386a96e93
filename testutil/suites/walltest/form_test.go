package walltest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTimesOnALineAreReadInSomeForms(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"London 14:10:02", []string{"14:10:02"}},
		{"Oslo 3:10:03", []string{"03:10:03"}},
		{"Oslo 02:10:02 PM Lima 12:00:01 AM", []string{"14:10:02", "00:00:01"}},
		{"Oslo 2:10:02pm, Lima 12:00:01 p.m.", []string{"14:10:02", "12:00:01"}},
		{"Oslo 14.10.02", []string{"14:10:02"}},
		{"Oslo 14h10m02", []string{"14:10:02"}},
		{"2026.11.30 14:10:02", []string{"14:10:02"}},
		{"1.14:10:02 15:10:02", []string{"14:10:02", "15:10:02"}},
		{"8:00:03 13:00:03 9:00:03", []string{"08:00:03", "13:00:03", "09:00:03"}},
		{"14:10:02 1:02:03.4 1:8:00:03", []string{"14:10:02"}},
		{"14:10", nil},
		{"London has no time", nil},
	} {
		var got []string
		for _, w := range timesOn(tt.line) {
			got = append(got, w.time)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("times on %q mismatch (-want +got):\n%s", tt.line, diff)
		}
	}
}

func TestStreamIsThatOfTheTimes(t *testing.T) {
	for output, want := range map[string]string{
		"NewYork 08:00:00\n": "run printed to standard output",
		"2000/01/01 00:00:01 clockwall: London: EOF\nNewYork 08:00:00\n":          "run printed to standard output",
		"2000/01/01 00:00:01 NewYork 08:00:00\n2000/01/01 00:00:02 London: EOF\n": "run printed to standard error (package log does so)",
	} {
		if got := where(output); got != want {
			t.Errorf("where(%q) = %q, want %q", output, got, want)
		}
	}
}
