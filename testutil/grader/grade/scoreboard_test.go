package grade_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// checkBoard compares the scoreboard of r with the one in file. If update is set, it writes
// the file. The files are those of a machine that lacks nothing, with Linux. On others they
// are not compared, unless the environment variable CI is set.
func checkBoard(t *testing.T, file string, r report.Report, style report.Style, update bool) {
	t.Helper()
	if why := lacking(r, runtime.GOOS); why != "" && os.Getenv("CI") == "" {
		t.Logf("%s is not compared: %s", file, why)
		return
	}
	var b bytes.Buffer
	if err := report.Text(&b, r, style); err != nil {
		t.Fatal(err)
	}
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s mismatch; -update writes it (-want +got):\n%s", file, diff)
	}
}

// lacking says what a machine lacks for the scoreboard of r to be that of others; ""
// if nothing.
func lacking(r report.Report, goos string) string {
	if goos != "linux" {
		return "it holds errors in the words of Linux, and this is " + goos
	}
	for _, p := range r.Programs {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				if c.Verdict.Kind == verdict.NotChecked && !strings.Contains(c.Verdict.Message, "race detector") {
					return part.Test + "/" + c.Name + " was " + c.Verdict.String()
				}
			}
		}
	}
	return ""
}

var lineNumber = regexp.MustCompile(`:\d+$`)

// steady returns r with all texts in it as still returns them, which replaces what may
// change from run to run. The notes on the machine are left out.
func steady(r report.Report, still func(text string) string) report.Report {
	r.Notes = nil
	r.Programs = slices.Clone(r.Programs)
	for i := range r.Programs {
		p := &r.Programs[i]
		p.Verdict.Message = still(p.Verdict.Message)
		p.Parts = slices.Clone(p.Parts)
		for j := range p.Parts {
			part := &p.Parts[j]
			part.Place = still(part.Place)
			part.Cases = slices.Clone(part.Cases)
			for k := range part.Cases {
				c := &part.Cases[k]
				c.Verdict.Place = still(c.Verdict.Place)
				c.Verdict.Case = lineNumber.ReplaceAllString(c.Verdict.Case, ":*") // which changes with each edit of a suite
				c.Verdict.Message, c.Note, c.Output = still(c.Verdict.Message), still(c.Note), still(c.Output)
			}
		}
	}
	return r
}

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

func TestSteadyReplacesTextsInACopy(t *testing.T) {
	r := sample("hung", "43211")
	got := steady(r, func(text string) string { return strings.ReplaceAll(text, "43211", "*") })
	want := sample("hung", "*")
	want.Notes = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("steady() = %+v, want %+v", got, want)
	}
	if !reflect.DeepEqual(r, sample("hung", "43211")) {
		t.Errorf("steady() has changed its argument to %+v", r)
	}
}

func TestBoardNeedsWhatAllMachinesHave(t *testing.T) {
	for _, tt := range []struct {
		goos    string
		verdict verdict.Kind
		message string
		want    string
	}{
		{"linux", "hung", "clock2 waits", ""},
		{"linux", verdict.NotChecked, "not checked: this needs the race detector (go test -race), which requires cgo", ""},
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
