package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/hint"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// hints are some, of which the first has more than one line.
var hints = []hint.Hint{
	{Title: "who waits for whom?", Text: "While the first client is served, which line of `serve` is the program\nat? And which should it be at?\n\nThink …"},
	{Title: "one word", Text: "Which?"},
}

func TestHint(t *testing.T) {
	fails := sample()
	fails.Programs = fails.Programs[:1] // clock2, whose second case fails
	unbegun := sample()
	unbegun.Programs = unbegun.Programs[:1]
	unbegun.Programs[0].Verdict = verdict.Verdict{Kind: verdict.NotStarted, Message: "open exercises/ex8.1/clock2/clock2.go"}
	passes := sample()
	passes.Programs = passes.Programs[:1]
	passes.Programs[0].Parts[0].Cases[1].Verdict = verdict.Verdict{Kind: verdict.Passed}

	for _, tt := range []struct {
		name  string
		r     Report
		hints Hints
		style Style
		want  string
	}{
		{"the first hint", fails, Hints{hints, 0, 1, "make hint-8.1"}, Style{}, `
clock2: serves a second client
  not concurrent: client 2 got nothing

Hint 1 of 2: who waits for whom?
  While the first client is served, which line of ` + "`serve`" + ` is the program at? And
  which should it be at?
  Think …

The next one: make hint-8.1
`},
		{"the last hint", fails, Hints{hints, 1, 2, "make hint-8.1"}, Style{}, `
clock2: serves a second client
  not concurrent: client 2 got nothing

Hint 2 of 2: one word
  Which?

This was the last hint. Read on: make hint-8.1
`},
		{"all hints, in colors and ASCII", fails, Hints{hints, 0, 2, ""}, Style{Color: true, ASCII: true}, `
` + "\x1b[1mclock2: serves a second client\x1b[m" + `
  not concurrent: client 2 got nothing

` + "\x1b[1mHint 1 of 2: who waits for whom?\x1b[m" + `
  While the first client is served, which line of ` + "`serve`" + ` is the program at? And
  which should it be at?
  Think ...

` + "\x1b[1mHint 2 of 2: one word\x1b[m" + `
  Which?

There are no more hints for this.

Why:     Each connection is served in a goroutine of its own.
Read on: exercises/ex8.1/README.md, the task
         solutions/MISTAKES.md, mistakes that others made
         make compare-8.1 SPOIL=1, as a last resort: the solution beside yours
`},
		{"no more hints", fails, Hints{hints, 2, 2, ""}, Style{}, `
clock2: serves a second client
  not concurrent: client 2 got nothing

There are no more hints for this. See all again: go tool workbook hint -all 8.1

Why:     Each connection is served in a goroutine of its own.
Read on: exercises/ex8.1/README.md, the task
         solutions/MISTAKES.md, mistakes that others made
         make compare-8.1 SPOIL=1, as a last resort: the solution beside yours
`},
		{"where to begin", unbegun, Hints{hints, 1, 2, "make hint-8.1"}, Style{}, `
clock2: not started
  open exercises/ex8.1/clock2/clock2.go

Hint 2 of 2: one word
  Which?

This was the last hint. Read on: make hint-8.1
`},
		{"what the compiler says", sample(), Hints{}, Style{}, `
ftpd does not compile:
ftpd.go:31:2: undefined: x
ftpd.go:40:1: missing return

Read its first line: it says in which file, line and column the compiler noticed
the error. What do you see there, or just before? Fix that and try again: the
lines after it are often about the same mistake.
`},
		{"that nothing fails", passes, Hints{}, Style{}, `
Nothing fails, so there is no hint.

All exercises
Core 5 of 5, robustness 1 of 1, extra 1 of 2 points
Note:  without the race detector
Well done. To compare with the solution:
       make compare-8.1
`},
	} {
		var b strings.Builder
		if err := Hint(&b, tt.r, tt.hints, tt.style); err != nil {
			t.Errorf("Hint with %s: %v", tt.name, err)
		}
		if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), b.String()); diff != "" {
			t.Errorf("Hint with %s mismatch (-want +got):\n%s", tt.name, diff)
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.Trim(line, "\x1b[1m\n")); n > width {
				t.Errorf("Hint with %s writes a line of %d columns, want %d or fewer: %s", tt.name, n, width, line)
			}
		}
	}
}

func TestHintSaysWhereAGradingEnded(t *testing.T) {
	r := sample()
	r.Programs = r.Programs[:1]
	c := &r.Programs[0].Parts[0].Cases[1]
	*c = suite.Record{Name: c.Name, Group: suite.Core, Points: 3, Verdict: verdict.Verdict{Kind: verdict.NotRun, Message: "the grading took longer than 10m0s"}}
	var b strings.Builder
	if err := Hint(&b, r, Hints{hints, 0, 1, "make hint-8.1"}, Style{}); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "clock2: serves a second client\n  not run: the grading took longer than 10m0s\n"; !strings.HasPrefix(got, want) {
		t.Errorf("Hint for a case that was not reached is\n%s\nwant it to begin with\n%s", got, want)
	}
}
