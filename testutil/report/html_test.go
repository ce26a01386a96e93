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
		"Core 2 of 8, sturdy 1 of 2 points, extra 1 of 2.",
		"<strong>Next:</strong> ftpd: does not compile",
		"<p>Note: without the race detector</p>",
		`<li class="passed">writes the time at once (2)</li>`,
		`<summary class="failed">serves a second client (0 of 3)</summary><pre>not concurrent: client 2 got nothing` + "\nclient 1   ●────●\n",
		"<pre>does not compile: ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return</pre>",
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
