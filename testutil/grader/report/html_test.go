package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestHTMLSaysWhatThereIsToSay(t *testing.T) {
	page := encoded(t, HTML, sample())
	for _, want := range []string{
		"<title>All exercises</title>",
		"Core 2 of 8, robustness 1 of 2 points, extra 1 of 2.",
		"<strong>Next:</strong> ftpd: does not compile",
		"<p>Note: without the race detector</p>",
		`<li class="passed">writes the time at once (2): it also writes the date</li>`,
		`<summary class="failed">serves a second client (0 of 3)</summary>` + "\n" + `<p class="message">not concurrent: client 2 got nothing</p>` + "\n",
		"<pre tabindex=\"0\">client 1   ●────●\nclient 2    ┊···┤</pre>",
		"<p>Why: Each connection is served in a goroutine of its own.</p>",
		`<p class="message">does not compile: ftpd.go:31:2: undefined: x</p>` + "\n<pre tabindex=\"0\">ftpd.go:40:1: missing return</pre>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestHTMLDrawsTimelinesAndDialogues(t *testing.T) {
	r := sample()
	r.Programs[0].Parts[0].Cases[1].Verdict.Message = strings.TrimPrefix(board, "not concurrent: ")
	page := encoded(t, HTML, r)
	for _, want := range []string{
		`<svg role="img" aria-label="client 1 connects at 0s, gets 3 lines from 0s to 2s. client 2 connects at 0s, gets no line."`,
		`<li class="client"><b>client</b> <code>USER &lt;i&gt;ann&lt;/i&gt;</code></li>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

// A program's output is text on the page, and no element of it; and the page loads nothing.
func TestHTMLIsAPageOfItsOwn(t *testing.T) {
	r := sample()
	r.Programs[0].Parts[0].Cases[1].Verdict.Message = `<script src="https://example.com/x.js"></script><img onerror=alert(1)>`
	r.Programs[0].Like = `</p><a href="https://example.com">`
	page := encoded(t, HTML, r)
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, append(xml.HTMLAutoClose, "meta"), xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "script", "img", "a", "link", "iframe":
			t.Errorf("the page has the element %v", e)
		}
		for _, attr := range e.Attr {
			if attr.Name.Local == "src" || attr.Name.Local == "href" || strings.HasPrefix(attr.Name.Local, "on") {
				t.Errorf("the page has the attribute %v", attr)
			}
		}
	}
	encoded(t, HTML, hostileReport())
}
