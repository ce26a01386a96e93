package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// board is a message with a picture and a dialogue.
const board = `not concurrent: while client 1 is served, client 2 got nothing
           0s   1s   2s
client 1   ●────●────●
client 2   ┊··········
● gets a line   ┊· connected, waits for its first line   ┤ leaves
what was said:
  C: USER <i>ann</i>
  S: 230 Logged in
  S: 250 more`

// classOf returns a class in which student i has passed case k unless i%(k+2) is 0.
func classOf(t testing.TB, students, cases int) *Class {
	t.Helper()
	class := NewClass()
	for i := range students {
		r := Report{Title: "Exercise 8.1", Programs: []Program{
			{Exercise: "ex8.1", Name: "clock2", Parts: []Part{{Test: "TestClock", Title: "a clock"}}},
			{Exercise: "ex8.2", Name: "ftpd", Parts: []Part{{Test: "TestLogin", Title: "a login"}}},
		}}
		for k := range cases {
			c := suite.Record{Test: "TestClock", Name: fmt.Sprintf("does_thing_%d", k), Group: suite.Core, Points: 1, Verdict: verdict.Verdict{Kind: verdict.Passed}}
			if i%(k+2) == 0 {
				c.Verdict = verdict.Verdict{Kind: verdict.Hung, Message: fmt.Sprintf("thing %d is not done", k), Rule: "Things are done."}
			}
			p := &r.Programs[k*2/cases]
			p.Parts[0].Cases = append(p.Parts[0].Cases, c)
		}
		if i%5 == 0 {
			r.Programs[0].Like = "Has no go before the handler"
			r.Programs[0].Parts[0].Cases[0].Verdict = verdict.Verdict{Kind: verdict.NotConcurrent, Message: strings.TrimPrefix(board, "not concurrent: ")}
		}
		if err := class.Add(fmt.Sprintf("student %d", i), r); err != nil {
			t.Fatal(err)
		}
	}
	return class
}

func written(t testing.TB, class *Class) string {
	t.Helper()
	var b bytes.Buffer
	if err := class.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestClassShowsWhoFailsWhatWithoutAScript(t *testing.T) {
	page := written(t, classOf(t, 6, 4))
	for _, want := range []string{
		"<h1>Exercise 8.1: a class of 6</h1>",
		"<p>1 of 6 students have all core points.</p>",
		`<tr><th scope="row"><button type="button">student 1</button></th><td class="n">4<td class="n">0<td class="n">0<td class=p>✓<td class=p>✓<td class=p>✓<td class=p>✓</tr>`,
		`<tr><th scope="row"><button type="button">student 4</button></th><td class="n">2<td class="n">0<td class="n">0<td class=f>H<td class=p>✓<td class=f>H<td class=p>✓</tr>`,
		"Has no go before the handler</button></th><td>clock2<td class=\"n\">2<td>student 0, student 5</tr>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	_, hardest, _ := strings.Cut(page, `<h2 id="hardest">`)
	var got []string
	for line := range strings.Lines(hardest) {
		if _, after, ok := strings.Cut(line, "data-case="); ok {
			_, name, _ := strings.Cut(after, ">")
			name, after, _ = strings.Cut(name, "<")
			_, share, _ := strings.Cut(after, `aria-label="`)
			share, _, _ = strings.Cut(share, `"`)
			got = append(got, name+" "+share)
		}
	}
	want := []string{"does thing 0 4 of 6", "does thing 1 2 of 6", "does thing 2 2 of 6", "does thing 3 2 of 6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the hardest cases mismatch (-want +got):\n%s", diff)
	}
}

func TestClassIsReadBackFromItsPage(t *testing.T) {
	class := classOf(t, 12, 10)
	if err := class.Add("<b>&\"'", classReport(hostile)); !errors.Is(err, errOther) {
		t.Errorf("adding a report with other cases gives %v, want %v", err, errOther)
	}
	page := written(t, class)
	read, err := ReadClass(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page, written(t, read)); diff != "" {
		t.Errorf("the page of what was read mismatch (-want +got):\n%s", diff)
	}
	read.Remove("student 3")
	if read.Has("student 3") || !read.Has("student 4") {
		t.Errorf("student 3 is not removed, or student 4 is")
	}
	if err := read.Merge(class); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page, written(t, read)); diff != "" {
		t.Errorf("the page with a removed student merged again mismatch (-want +got):\n%s", diff)
	}
	if err := read.Merge(classOf(t, 1, 2)); !errors.Is(err, errOther) {
		t.Errorf("merging a class with other cases gives %v, want %v", err, errOther)
	}
	for _, text := range []string{"", "<html>", page[:len(page)/2], strings.Replace(page, `"verdicts":"`, `"verdicts":"p`, 1), strings.Replace(page, `"told":{"0":`, `"told":{"0":99`, 1)} {
		if _, err := ReadClass(strings.NewReader(text)); err == nil {
			t.Errorf("ReadClass takes %.60q… for a page of a class", text)
		}
	}
}

// classReport returns a report with a text wherever one can be.
func classReport(text string) Report {
	r := sample()
	for i := range r.Programs {
		for j := range r.Programs[i].Parts {
			for k := range r.Programs[i].Parts[j].Cases {
				c := &r.Programs[i].Parts[j].Cases[k]
				c.Verdict.Message, c.Verdict.Rule, c.Note, c.Output = text, text, text, text
			}
		}
	}
	return r
}

// What a student or a program says is text on the page: no script, and no end of one.
func TestClassShowsHostileTextsAsText(t *testing.T) {
	class := NewClass()
	for _, name := range []string{`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "=cmd()", "\u202egnp.exe"} {
		if err := class.Add(name, classReport(name+"\n"+name)); err != nil {
			t.Fatal(err)
		}
	}
	page := written(t, class)
	if n := strings.Count(page, "<script"); n != 2 {
		t.Errorf("the page has %d scripts, want its data and its own", n)
	}
	shown, _, _ := strings.Cut(page, dataMark)
	for _, not := range []string{"<img", "onerror=alert(1)>", "\u202e"} {
		if strings.Contains(shown, not) {
			_, after, _ := strings.Cut(shown, not)
			t.Errorf("the page has %q before %.80q", not, after)
		}
	}
	if err := NewClass().Add("ann", hostileReport()); err != nil {
		t.Error(err)
	}
}

// The page of a class has what there is to say to a student once, whatever a program prints.
func TestClassKeepsLittleForEachStudent(t *testing.T) {
	class := NewClass()
	for i := range 2 {
		r := classReport(strings.Repeat(fmt.Sprintf("%d <&> ", i), 200))
		first := &r.Programs[0].Parts[0]
		for len(first.Cases) < 100 {
			first.Cases = append(first.Cases, first.Cases[1])
		}
		if err := class.Add(fmt.Sprint(i), r); err != nil {
			t.Fatal(err)
		}
	}
	var n counter
	if err := class.Write(io.Writer(&n)); err != nil {
		t.Fatal(err)
	}
	if most := 2 * 2 * maxTold; int(n) > most {
		t.Errorf("a page of 2 students has %d bytes, want at most %d", n, most)
	}
	same := classOf(t, 200, 20)
	if n := strings.Count(written(t, same), "thing 3 is not done"); n != 1 {
		t.Errorf("the page has a message of 40 students %d times, want once", n)
	}
}

func TestBlocksTakeAMessageApart(t *testing.T) {
	told := tellVerdict(verdict.Verdict{Kind: verdict.NotConcurrent, Message: strings.TrimPrefix(board, "not concurrent: ")})
	var got []string
	for _, b := range told.Blocks {
		switch {
		case b.Picture != "":
			got = append(got, "picture")
		case len(b.Dialogue) > 0:
			got = append(got, fmt.Sprint(b.Dialogue))
		default:
			got = append(got, b.Text)
		}
	}
	want := []string{"picture", "what was said:", "[{client USER <i>ann</i>} {server 230 Logged in} {server 250 more}]"}
	if !slices.Equal(got, want) || told.First != "not concurrent: while client 1 is served, client 2 got nothing" {
		t.Errorf("%q has the blocks\n%q\nwant\n%q", told.First, got, want)
	}
}
