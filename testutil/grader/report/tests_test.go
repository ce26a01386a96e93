package report

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"reflect"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// workbook returns a report on as many cases as the workbook has, all of which passed
// but for some that nothing is known of.
func workbook() Report {
	r := Report{Title: "All exercises"}
	for _, name := range []string{"clock2", "clockwall", "ftpd"} {
		p := Program{Exercise: "ex8.1", Name: name, Dir: "exercises/ex8.1/" + name}
		for _, test := range []string{"TestOne", "TestTwo", "TestThree"} {
			part := Part{Test: test, Title: "a part", Func: "main"}
			for i := range 20 {
				c := suite.Record{Test: test, Name: "does_" + strings.Repeat("x", i), Group: suite.Core, Points: 1 + i%3}
				if i%5 > 0 {
					c.Verdict.Kind = verdict.Passed
				}
				part.Cases = append(part.Cases, c)
			}
			p.Parts = append(p.Parts, part)
		}
		r.Programs = append(r.Programs, p)
	}
	return r
}

func TestFormatsRefuseAnEmptyList(t *testing.T) {
	noParts, noCases := sample(), sample()
	noParts.Programs[1].Parts = nil
	noCases.Programs[0].Parts[1].Cases = nil
	tests := []struct {
		name   string
		report Report
		want   string
	}{
		{"no_programs", Report{Title: "All exercises"}, "the report has no programs"},
		{"a_program_without_parts", noParts, "no cases of ftpd"},
		{"a_part_without_cases", noCases, "no cases of TestPort of clock2"},
	}
	for _, tt := range tests {
		for format, encode := range formats {
			t.Run(tt.name+"/"+format, func(t *testing.T) {
				var b bytes.Buffer
				err := encode(&b, tt.report)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s() = %v, want an error with %q", format, err, tt.want)
				}
				if b.Len() > 0 {
					t.Errorf("%s() wrote %q, want nothing", format, b.String())
				}
			})
		}
	}
}

func TestFormatsLeaveTheReportAsItIs(t *testing.T) {
	r, want := hostileReport(), hostileReport()
	for format, encode := range formats {
		encoded(t, encode, r)
		if !reflect.DeepEqual(want, r) {
			t.Fatalf("%s() has changed the report", format)
		}
	}
}

// What turns a line around, or is not seen, is spelled out in every format.
func TestFormatsShowWhatIsInvisible(t *testing.T) {
	r := classReport("a\u202eb\u200bc\u2066d\x1b[2Je")
	r.Notes, r.Programs[0].Like = []string{"a\u202eb"}, "a\u202eb"
	r.Programs[1].Verdict.Message = "a\u202eb\u200bc\u2066d\x1b[2Je"
	all := maps.Clone(formats)
	all["Text"] = func(w io.Writer, r Report) error { return Text(w, r, Style{Verbose: true}) }
	all["Class"] = func(w io.Writer, r Report) error {
		class := NewClass()
		return errors.Join(class.Add("ann", r), class.Write(w))
	}
	for format, encode := range all {
		text := encoded(t, encode, r)
		if at := strings.IndexFunc(text, func(r rune) bool { return !program.IsVisible(r) }); at >= 0 {
			t.Errorf("%s() writes what is not seen, %q", format, text[max(at-20, 0):min(at+20, len(text))])
		}
		if !strings.Contains(text, `u202e`) && format != "Text" {
			t.Errorf("%s() does not spell it out", format)
		}
	}
}

func TestFormatsGiveNoPointForWhatDidNotPass(t *testing.T) {
	r := sample()
	p := &r.Programs[0]
	for _, v := range []verdict.Kind{"", verdict.NotStarted, verdict.Hung, verdict.NotChecked, verdict.NotRun, "no such verdict"} {
		for i := range p.Parts[0].Cases {
			p.Parts[0].Cases[i].Verdict.Kind = v
		}
		final, err := r.final()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := final.total(), (Score{Earned: 0, Max: 10}); got != want {
			t.Errorf("the total with all cases %q = %v, want %v", v, got, want)
		}
	}
}

func TestFormatsReturnTheErrorsOfTheWriter(t *testing.T) {
	for format, encode := range formats {
		if err := encode(brokenWriter{}, sample()); err != io.ErrClosedPipe {
			t.Errorf("%s() = %v, want %v", format, err, io.ErrClosedPipe)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
