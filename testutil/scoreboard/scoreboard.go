// Package scoreboard keeps scoreboards in files, where people read them as a student
// would, and compares those of later gradings with them.
//
//	r, err := grade.Run(ctx, opts)
//	…
//	r = scoreboard.Still(r, func(text string) string { return ports.ReplaceAllString(text, "*") })
//	scoreboard.Check(t, "testdata/golden/hangs.txt", r, report.Style{}, *update)
//
// The files are those of a machine that lacks nothing, with Linux on it. On others they
// are not compared, unless the environment variable CI is set.
package scoreboard

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/verdict"
)

// Check compares the scoreboard of r with the one in file. If update is set, it writes
// the file.
func Check(t *testing.T, file string, r report.Report, style report.Style, update bool) {
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

// Still returns r with all texts in it as still returns them, which replaces what may
// change from run to run. The notes on the machine are left out.
func Still(r report.Report, still func(text string) string) report.Report {
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
