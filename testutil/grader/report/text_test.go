package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

func TestBriefTextTellsOnlyOfWhatIsLeft(t *testing.T) {
	r := sample()
	for i := range r.Programs[0].Parts[1].Cases {
		r.Programs[0].Parts[1].Cases[i].Verdict.Kind = verdict.Passed
	}
	ftpd := &r.Programs[1]
	ftpd.Verdict = verdict.Verdict{}
	for i := range ftpd.Parts[0].Cases {
		ftpd.Parts[0].Cases[i].Verdict = verdict.Verdict{Kind: verdict.NotRun, Message: "none of TestPort passes yet"}
	}
	var b bytes.Buffer
	if err := Text(&b, r, Style{Brief: true}); err != nil {
		t.Fatal(err)
	}
	got, _, _ := strings.Cut(b.String(), "\n\nCore ")
	const want = `All exercises

clock2                              core 2 of 5, robustness 1 of 1, extra 2 of 2
  a clock for many clients                        core 2 of 5, robustness 1 of 1
    ✓ writes the time at once                                                  2
      note: it also writes the date
    ✗ serves a second client                                              0 of 3
      not concurrent: client 2 got nothing
      client 1   ●────●
      client 2    ┊···┤
      why: Each connection is served in a goroutine of its own.
      begin at exercises/ex8.1/clock2/clock2.go:26, func serve
      the test: testutil/suites/clocktest/clocktest.go:310
  ✓ the flag -port                                                  extra 2 of 2

ftpd                                              core 0 of 3, robustness 0 of 1
  part 1: a login
    · not run: none of TestPort passes yet        core 0 of 3, robustness 0 of 1`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Text() in brief mismatch (-want +got):\n%s", diff)
	}
}

func TestForeignTextTellsNoCommand(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, sample(), Style{Foreign: true}); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(b.String(), "\n\nCore ")
	const want = `2 of 8, robustness 2 of 2, extra 1 of 2 points
Note:  without the race detector
Next:  fix the first error above (ftpd does not compile)
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Text() of another person's programs mismatch (-want +got):\n%s", diff)
	}
}

func TestVerboseTextTellsOnceWhyCasesWereNotReached(t *testing.T) {
	r := sample()
	cases := r.Programs[0].Parts[0].Cases
	for i := range 2 {
		cases[i].Verdict, cases[i].Note = verdict.Verdict{Kind: verdict.NotRun, Message: "not asked for"}, ""
	}
	var b bytes.Buffer
	if err := Text(&b, r, Style{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "not asked for"); got != 1 {
		t.Errorf("Text() says %d times why two cases were not reached, want once:\n%s", got, b.String())
	}
}

func TestVerboseTextLeavesOutTheDumpOfGoroutines(t *testing.T) {
	r := sample()
	r.Programs[0].Parts[0].Cases[1].Output = "hello\nSIGQUIT: quit\nPC=0x1\n\ngoroutine 15 [runnable]:\n"
	var b bytes.Buffer
	if err := Text(&b, r, Style{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "| hello\n") || strings.Contains(got, "SIGQUIT") || strings.Contains(got, "goroutine 15") {
		t.Errorf("Text() does not show what the program printed, and that alone:\n%s", got)
	}
}

func TestHeadlineLeadsNowhere(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"clock2 -port 0 ends", "clock2 -port 0 ends"},
		{"London is missing; the screen after 3.4s:\n| NewYork", "London is missing"},
		{"clockwall panicked:\n| panic: no", "clockwall panicked"},
		{"got a; want b: c\nclient 1", "got a; want b: c"},
	} {
		if got := headline(tt.text); got != tt.want {
			t.Errorf("headline(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestAloneFitsALine(t *testing.T) {
	const head = "More:  go tool workbook grade -v -run TestClock/"
	for _, tt := range []struct{ name, other, want string }{
		{"keeps_time", "keeps_time_for_a_day", "keeps_time"},
		{"goes_on_after_a_client_that_leaves_at_once", "serves_a_second_client", "goes_on_after_a_client"},
		{"goes_on_after_a_client_that_leaves_at_once", "goes_on_after_a_client_that_stays", "goes_on_after_a_client_that_leaves_at_once"},
		{"goes_on_after_a_client_that_leaves_at_once", "it_goes_on_after_a_client", "goes_on_after_a_client_that_leaves_at_once"},
		{"waits", "waits_for_a_client", "waits"},
	} {
		part := Part{Test: "TestClock", Cases: []suite.Record{{Name: tt.name}, {Name: tt.other}}}
		got := alone(Failure{Program: Program{Exercise: "ex8.1"}, Part: part, Case: part.Cases[0]})
		if want := head + tt.want + " ex8.1"; got != want {
			t.Errorf("alone() of %s, beside %s, = %q, want %q", tt.name, tt.other, got, want)
		}
	}
}

func TestTextNamesTheKnownMistakeThatTheFailuresLookLike(t *testing.T) {
	r := sample()
	r.Programs[0].Like = "Shows UTC instead of the zone, in silence"
	var b strings.Builder
	if err := Text(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	want := `
Like:  clock2: this looks like a known mistake, “Shows UTC instead of the zone,
       in silence”
       see solutions/MISTAKES.md
`
	if got := b.String(); !strings.Contains(got, want) {
		t.Errorf("Text() is\n%s\nwant it to contain%s", got, want)
	}
}

// What a program has written can neither command a terminal nor turn a line around.
func TestTextShowsWhatIsNotSeen(t *testing.T) {
	r := sample()
	c := &r.Programs[0].Parts[0].Cases[1]
	c.Verdict.Message, c.Output = "a\u202eb\x1b[2Jc\u200b", "d\u202ee\x1b[2Jf"
	r.Programs[1].Verdict.Message = "g\u2066h\x1b[2J"
	for name, write := range map[string]func(w io.Writer) error{
		"Text": func(w io.Writer) error { return Text(w, r, Style{Verbose: true}) },
		"Hint": func(w io.Writer) error { return Hint(w, r, Hints{}, Style{}) },
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(b.String(), func(r rune) bool { return !program.IsVisible(r) }) {
			t.Errorf("%s writes what is not shown:\n%q", name, b.String())
		}
	}
}

func TestChargeIsNotedOnce(t *testing.T) {
	part := Part{Title: "part 1: a login"}
	for _, c := range []struct{ name, note string }{
		{"greets_a_client", "the reply is 200" + suite.Charge + "TestLogin/accepts_any_user"},
		{"starts_at_the_root", "the reply is 201" + suite.Charge + "TestLogin/accepts_any_user"},
		{"replies_to_QUIT", "the reply is 200" + suite.Charge + "TestLogin/replies_to_NOOP"},
		{"replies_to_HELP", "the reply is long"},
		{"replies_to_SITE", "the reply is long"},
	} {
		part.Cases = append(part.Cases, suite.Record{Name: c.name, Points: 1, Verdict: verdict.Verdict{Kind: verdict.Passed}, Note: c.note})
	}
	p := newPage(Style{})
	p.writePart(part)
	const want = `  part 1: a login
    ✓ greets a client                                                          1
      note: the reply is 200; this is charged in TestLogin/accepts_any_user
    ✓ starts at the root                                                       1
    ✓ replies to QUIT                                                          1
      note: the reply is 200; this is charged in TestLogin/replies_to_NOOP
    ✓ replies to HELP                                                          1
      note: the reply is long
    ✓ replies to SITE                                                          1
      note: the reply is long
`
	if diff := cmp.Diff(want, p.text()); diff != "" {
		t.Errorf("a part with notes mismatch (-want +got):\n%s", diff)
	}
}
