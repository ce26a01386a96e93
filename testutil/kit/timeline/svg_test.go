package timeline_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/timeline"
)

func TestParseFindsWhatDrawHasDrawn(t *testing.T) {
	many := make([]timeline.Row, 100)
	for i := range many {
		many[i] = timeline.Row{Name: "c", Lines: seconds(float64(5 * i)), Left: true, Leave: time.Duration(5*i+4) * time.Second}
	}
	for name, rows := range map[string][]timeline.Row{
		"two clients":       {first, second},
		"one that waits":    {{Name: "client", Arrive: time.Second}},
		"one that stays":    {{Name: "client", Lines: seconds(0, 1)}},
		"one that gives up": {{Name: "clients and more", Left: true, Leave: time.Second}},
		"many":              many,
	} {
		for _, g := range []timeline.Glyphs{timeline.Unicode, timeline.ASCII} {
			for _, end := range []time.Duration{7 * time.Second, 499 * time.Second, 100 * time.Hour} {
				if len(rows) > 2 {
					end = max(end, 499*time.Second) // when the last one leaves
				}
				want := timeline.Draw(rows, end, g)
				before, p, after, ok := timeline.Parse("0 of 2: the clients\n  0s\n" + want + g.Legend() + "\nwhy\n")
				if !ok || before != "0 of 2: the clients\n  0s\n" || after != "why\n" {
					t.Errorf("%s: Parse finds %t a picture between %q and %q in\n%s", name, ok, before, after, want)
					continue
				}
				all := append([]timeline.Row(nil), p.Rows...)
				if p.LeftOut > 0 {
					last := all[len(all)-1]
					all = append(append(all[:len(all)-1], make([]timeline.Row, p.LeftOut)...), last)
				}
				if diff := cmp.Diff(want, timeline.Draw(all, max(p.End, end), g)); diff != "" {
					t.Errorf("%s: Draw of what Parse has found mismatch (-want +got):\n%s", name, diff)
				}
			}
		}
	}
}

func TestParseFindsNoPictureInOtherText(t *testing.T) {
	for _, text := range []string{
		"", "0s", "   0s   1s\n", "\n\n", "   0s   1s\nclient ●─x\n", "   0s   0s\na   ●\n", "   0s   .s\na  ●\n", "         0s   1s\n         ●\n",
		"12   0s\n   ●\n", "  5 more", "   0s   1s\n⋮   x more\n",
	} {
		if before, p, _, ok := timeline.Parse(text); ok || before != text {
			t.Errorf("Parse(%q) finds %+v", text, p)
		}
	}
}

// Whatever a program prints, a picture of it is small, and drawn at once.
func FuzzParse(f *testing.F) {
	f.Add(timeline.Draw([]timeline.Row{first, second}, 7*time.Second, timeline.Unicode))
	f.Add("   0s   100000d\nc   ●\n")
	f.Add("   0s   9e30d\nc   ●\n")
	f.Add("   0s   5s   5s\nc   " + strings.Repeat("●", 10000) + "\n")
	f.Add("   0s   1s" + strings.Repeat("\nc   ●", 10000))
	f.Fuzz(func(t *testing.T, text string) {
		before, p, after, ok := timeline.Parse(text)
		if !ok {
			return
		}
		if !strings.HasPrefix(text, before) || !strings.HasSuffix(text, after) || len(before)+len(after) >= len(text) {
			t.Errorf("Parse(%q) finds a picture between %q and %q", text, before, after)
		}
		if n := len(p.SVG()); n > 200_000+10*len(text) {
			t.Errorf("the picture of %d bytes has %d bytes", len(text), n)
		}
	})
}

func TestSVGIsWellFormedAndSaysWhatItShows(t *testing.T) {
	p := timeline.Picture{Rows: []timeline.Row{first, {Name: `<b a="1">&`, Arrive: time.Second}, second}, LeftOut: 4, End: 7 * time.Second}
	svg := p.SVG()
	d := xml.NewDecoder(strings.NewReader(svg))
	circles := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "svg", "path", "text":
		case "circle":
			circles++
		default:
			t.Errorf("the picture has the element %s", e.Name.Local)
		}
		for _, attr := range e.Attr {
			if strings.Contains(attr.Name.Local, "href") || attr.Name.Local == "style" {
				t.Errorf("the picture has the attribute %v", attr)
			}
		}
	}
	if circles != 7 {
		t.Errorf("the picture has %d circles, want one for each of 7 lines", circles)
	}
	const want = `client 1 connects at 0s, gets 4 lines from 0s to 3s, leaves at 3.5s. <b a="1">& connects at 1s, gets no line. ` +
		`4 more clients. client 2 connects at 1s, gets 3 lines from 4s to 6s, leaves at 6.5s.`
	if got := p.Words(); got != want {
		t.Errorf("Words() = %q\nwant %q", got, want)
	}
}
