package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// sample returns a report with one of everything: 3 of 10 points that count, and 1 of
// 2 that do not.
func sample() Report {
	return Report{
		Title: "All exercises",
		Notes: []string{"without the race detector"},
		Programs: []Program{
			{
				Exercise: "ex8.1", Name: "clock2", Dir: "exercises/ex8.1/clock2",
				Parts: []Part{
					{
						Test: "TestClock", Title: "a clock for many clients", Func: "serve",
						Place: "exercises/ex8.1/clock2/clock2.go:26",
						Cases: []suite.Record{
							{Test: "TestClock", Name: "writes_the_time_at_once", Group: suite.Core, Points: 2,
								Verdict: verdict.Verdict{Kind: verdict.Passed}, Note: "it also writes the date", Output: "hello\n"},
							{Test: "TestClock", Name: "serves_a_second_client", Group: suite.Core, Points: 3,
								Verdict: verdict.Verdict{Kind: verdict.NotConcurrent, Message: "client 2 got nothing\nclient 1   ●────●\nclient 2    ┊···┤", Rule: "Each connection is served in a goroutine of its own.",
									About: "TestClock/serves_a_second_client", Func: "serve", Place: "exercises/ex8.1/clock2/clock2.go:26", Case: "testutil/suites/clocktest/clocktest.go:310", Hints: []string{"who waits?"}},
								Output: "listening & <waiting>\n"},
							{Test: "TestClock", Name: "leaves_no_goroutine", Group: suite.Robustness, Points: 1, Verdict: verdict.Verdict{Kind: verdict.Passed}},
						},
					},
					{
						Test: "TestPort", Title: "the flag -port", Func: "main",
						Cases: []suite.Record{
							{Test: "TestPort", Name: "takes_port_0", Group: suite.Extra, Points: 1,
								Verdict: verdict.Verdict{Kind: verdict.Wrong, Message: "clock2 -port 0 ends"}},
							{Test: "TestPort", Name: "takes_the_name_of_a_port", Group: suite.Extra, Points: 1,
								Verdict: verdict.Verdict{Kind: verdict.Passed}},
						},
					},
				},
			},
			{
				Exercise: "ex8.2", Name: "ftpd", Dir: "exercises/ex8.2/ftpd",
				Verdict: verdict.Verdict{Kind: verdict.DoesNotCompile, Message: "ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return"},
				Parts: []Part{{
					Test: "TestLogin", Title: "part 1: a login", Func: "handleConn",
					Cases: []suite.Record{
						{Test: "TestLogin", Name: "greets", Group: suite.Core, Points: 3},
						// That it has passed cannot be: it must not count.
						{Test: "TestLogin", Name: "says_goodbye", Group: suite.Robustness, Points: 1, Verdict: verdict.Verdict{Kind: verdict.Passed}},
					},
				}},
			},
		},
	}
}

// hostile is a text that a program may print, and none that a site should get.
const hostile = "\x1b[2J\x00\x7f\u0085\xff\xfe\ufffe\uffff]]>&<!--\"'\r\nbar 10%\rbar 20%\ttab\u2028\U0001F600"

// hostileReport returns a report with it wherever a text can be.
func hostileReport() Report {
	r := sample()
	r.Title = hostile
	r.Notes = []string{hostile, "", strings.Repeat(hostile, 2000)}
	for i := range r.Programs {
		p := &r.Programs[i]
		p.Exercise, p.Name, p.Dir, p.Like, p.Verdict.Message = hostile, hostile, hostile, hostile, strings.Repeat(hostile, 2000)
		for j := range p.Parts {
			part := &p.Parts[j]
			part.Test, part.Title, part.Func, part.Place = hostile, hostile, hostile, hostile
			for k := range part.Cases {
				c := &part.Cases[k]
				c.Test, c.Name = hostile, strings.Repeat(hostile, 1000)
				c.Note = hostile
				v := &c.Verdict
				v.Message, v.Rule, v.About, v.Func, v.Place, v.Case, v.Hints = hostile, hostile, hostile, hostile, hostile, hostile, []string{hostile}
				c.Output = strings.Repeat(hostile, 2000)
			}
		}
	}
	r.Programs[0].Parts[0].Cases[1].Output = strings.Repeat(hostile, 1<<20/len(hostile))
	return r
}

// formats are the functions that encode a report.
var formats = map[string]func(w io.Writer, r Report) error{
	"JSON":       JSON,
	"Gradescope": Gradescope,
	"Classroom50": func(w io.Writer, r Report) error {
		return Classroom50(w, r, classroomEnv)
	},
	"JUnit":        JUnit,
	"HTML":         HTML,
	"Markdown":     Markdown,
	"PrairieLearn": PrairieLearn,
	"Autolab":      Autolab,
	"VPL":          func(w io.Writer, r Report) error { return VPL(w, r, noEnv) },
}

func encoded(t *testing.T, encode func(w io.Writer, r Report) error, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func noEnv(string) string { return "" }
