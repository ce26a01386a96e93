package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	const want = `## All exercises

Core 2 of 8, robustness 1 of 2 points.

**Next:** ftpd: does not compile

Note: without the race detector

### clock2: core 2 of 5, robustness 1 of 1, extra 1 of 2

- ✓ writes the time at once (2)
- ✗ **serves a second client** (0 of 3)

~~~text
not concurrent: client 2 got nothing
client 1   ●────●
client 2    ┊···┤
why: Each connection is served in a goroutine of its own.
begin at exercises/ex8.1/clock2/clock2.go:26, func serve
the test: testutil/suites/clocktest/clocktest.go:310
~~~

- ✓ leaves no goroutine (1)
- ✗ **takes port 0** (0 of 1)

~~~text
clock2 -port 0 ends
~~~

- ✓ takes the name of a port (1)

### ftpd: core 0 of 3, robustness 0 of 1

~~~text
does not compile: ftpd.go:31:2: undefined: x
ftpd.go:40:1: missing return
~~~
`
	got := encoded(t, Markdown, sample())
	if diff := cmp.Diff(strings.ReplaceAll(want, "~~~", "```"), got); diff != "" {
		t.Errorf("Markdown mismatch (-want +got):\n%s", diff)
	}
}

func TestMarkdownTakesNothingOfAProgramForMarkup(t *testing.T) {
	r := sample()
	r.Programs[0].Like = "<img src=x> @everybody *x*"
	r.Programs[0].Parts[0].Cases[1].Verdict.Message = "a\n```\n<b>@everybody</b>"
	got := encoded(t, Markdown, r)
	for _, want := range []string{`mistake: \<img src=x\> (at)everybody \*x\*`, "\n````text\nnot concurrent: a\n```\n<b>@everybody</b>\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	hostile := encoded(t, Markdown, hostileReport())
	if len(hostile) > maxMarkdown+maxText+1000 {
		t.Errorf("the page of a hostile report has %d bytes, want about %d at most", len(hostile), maxMarkdown)
	}
}

func TestMarkdownFitsIntoARelease(t *testing.T) {
	r := workbook()
	for i := range r.Programs[0].Parts[0].Cases {
		c := &r.Programs[0].Parts[0].Cases[i]
		c.Verdict.Kind, c.Verdict.Message = "wrong answer", strings.Repeat("x", 9<<10)
	}
	got := encoded(t, Markdown, r)
	if want := "cases are left out, since the page would be too long."; len(got) > 125_000 || !strings.Contains(got, want) {
		t.Errorf("the page has %d bytes, want at most 125000, and %q", len(got), want)
	}
}
