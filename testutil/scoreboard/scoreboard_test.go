package scoreboard

import (
	"reflect"
	"strings"
	"testing"

	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/suite"
	"example.com/workbook/testutil/verdict"
)

// sample returns a report with the verdict on one case, and port where a text may have one.
func sample(v verdict.Kind, port string) report.Report {
	return report.Report{
		Notes: []string{"on this machine"},
		Programs: []report.Program{{
			Verdict: verdict.Verdict{Message: "at " + port},
			Parts: []report.Part{{
				Test: "TestPort", Place: "clock2.go:" + port,
				Cases: []suite.Record{{Name: "takes_port_0", Verdict: verdict.Verdict{Kind: v, Message: "got " + port}, Note: "note: " + port, Output: port}},
			}},
		}},
	}
}

func TestStillReplacesTextsInACopy(t *testing.T) {
	r := sample("hung", "43211")
	got := Still(r, func(text string) string { return strings.ReplaceAll(text, "43211", "*") })
	want := sample("hung", "*")
	want.Notes = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Still() = %+v, want %+v", got, want)
	}
	if !reflect.DeepEqual(r, sample("hung", "43211")) {
		t.Errorf("Still() has changed its argument to %+v", r)
	}
}

func TestLacking(t *testing.T) {
	for _, tt := range []struct {
		goos    string
		verdict verdict.Kind
		message string
		want    string
	}{
		{"linux", "hung", "clock2 waits", ""},
		{"linux", verdict.NotChecked, "not checked: it takes the race detector, go test -race, and that takes cgo", ""},
		{"linux", verdict.NotChecked, "there is no lftp", "TestPort/takes_port_0 was not checked: there is no lftp"},
		{"darwin", "hung", "clock2 waits", "it holds errors in the words of Linux, and this is darwin"},
	} {
		r := sample(tt.verdict, "")
		r.Programs[0].Parts[0].Cases[0].Verdict.Message = tt.message
		if got := lacking(r, tt.goos); got != tt.want {
			t.Errorf("lacking() on %s with a case %s, %s = %q, want %q", tt.goos, tt.verdict, tt.message, got, tt.want)
		}
	}
}
