package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
)

// junitForm says which attributes and elements an element of JUnit XML may have, in
// the order that the schema of Jenkins wants; those with a ! must be there.
var junitForm = map[string]struct{ attrs, children string }{
	"":           {"", "testsuites!"},
	"testsuites": {"name tests! failures! errors! skipped time", "testsuite!"},
	"testsuite":  {"name! tests! failures! errors! skipped time", "properties testcase!"},
	"properties": {"", "property"},
	"property":   {"name! value!", ""},
	"testcase":   {"classname! name! time", "skipped error failure system-out system-err"},
	"failure":    {"message type", ""},
	"skipped":    {"message", ""},
	"system-out": {"", ""},
}

// checkJUnit returns what is wrong with a document, which must say that so many cases
// failed and were skipped.
func checkJUnit(text string, failures, skipped int) error {
	if !utf8.ValidString(text) {
		return errors.New("it is not UTF-8")
	}
	d := xml.NewDecoder(strings.NewReader(text))
	seen := make(map[string]int)
	attrs := make(map[string]string)
	if err := checkElement(d, "", nil, seen, attrs); err != nil {
		return err
	}
	want := map[string]int{"tests": seen["testcase"], "failures": failures, "skipped": skipped, "errors": 0}
	for name, n := range want {
		if attrs[name] != fmt.Sprint(n) {
			return fmt.Errorf("testsuites has %s=%q, want %d", name, attrs[name], n)
		}
	}
	if seen["failure"] != failures || seen["skipped"] != skipped {
		return fmt.Errorf("%d cases failed and %d were skipped, want %d and %d", seen["failure"], seen["skipped"], failures, skipped)
	}
	return nil
}

// checkElement checks an element that was begun, to its end. It counts elements in
// seen, and keeps the attributes of the root.
func checkElement(d *xml.Decoder, name string, attrs []xml.Attr, seen map[string]int, root map[string]string) error {
	form, ok := junitForm[name]
	if !ok {
		return fmt.Errorf("there is an element %s", name)
	}
	seen[name]++
	var names []string
	for _, a := range attrs {
		names = append(names, a.Name.Local)
		if name == "testsuites" {
			root[a.Name.Local] = a.Value
		}
	}
	var children []string
	for {
		token, err := d.Token()
		if err == io.EOF && name == "" {
			break
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			children = append(children, token.Name.Local)
			if err := checkElement(d, token.Name.Local, token.Attr, seen, root); err != nil {
				return err
			}
			continue
		case xml.CharData:
			if form.children != "" && strings.TrimSpace(string(token)) != "" {
				return fmt.Errorf("there is text in %s: %q", name, token)
			}
			if strings.ContainsRune(string(token), '\r') {
				return fmt.Errorf("there is a \\r in %s", name)
			}
			continue
		case xml.EndElement:
		default:
			continue
		}
		break
	}
	return errors.Join(
		checkNames(name+" has the attribute", form.attrs, names, false),
		checkNames(name+" has the element", form.children, children, true))
}

// checkNames checks that got are names that form allows, and in its order if that
// matters, and that those are there that must be.
func checkNames(what, form string, got []string, ordered bool) error {
	var known []string
	for f := range strings.FieldsSeq(form) {
		name, required := strings.CutSuffix(f, "!")
		known = append(known, name)
		if required && !slices.Contains(got, name) {
			return fmt.Errorf("%s %s not", what, name)
		}
	}
	last := 0
	for _, name := range got {
		i := slices.Index(known, name)
		if i < 0 || ordered && i < last {
			return fmt.Errorf("%s %s, which is not allowed, or not there", what, name)
		}
		last = i
	}
	return nil
}

const goodJUnit = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="All exercises" tests="7" failures="3" errors="0" skipped="1" time="0">
  <testsuite name="ex8.1/clock2: a clock for many clients" tests="3" failures="1" errors="0" skipped="0" time="0">
    <properties>
      <property name="core" value="2 of 5 points"></property>
      <property name="robustness" value="1 of 1 points"></property>
    </properties>
    <testcase classname="ex8.1.clock2.TestClock" name="writes the time at once" time="0"></testcase>
    <testcase classname="ex8.1.clock2.TestClock" name="serves a second client" time="0">
      <failure message="not concurrent: client 2 got nothing&#xA;client 1   ●────●&#xA;client 2    ┊···┤&#xA;why: Each connection is served in a goroutine of its own.&#xA;begin at exercises/ex8.1/clock2/clock2.go:26, func serve&#xA;the test: testutil/suites/clocktest/clocktest.go:310" type="not concurrent">not concurrent: client 2 got nothing
client 1   ●────●
client 2    ┊···┤
why: Each connection is served in a goroutine of its own.
begin at exercises/ex8.1/clock2/clock2.go:26, func serve
the test: testutil/suites/clocktest/clocktest.go:310</failure>
      <system-out>listening &amp; &lt;waiting&gt;
</system-out>
    </testcase>
    <testcase classname="ex8.1.clock2.TestClock" name="leaves no goroutine" time="0"></testcase>
  </testsuite>
  <testsuite name="ex8.1/clock2: the flag -port" tests="2" failures="0" errors="0" skipped="1" time="0">
    <properties>
      <property name="extra" value="1 of 2 points"></property>
    </properties>
    <testcase classname="ex8.1.clock2.TestPort" name="takes port 0" time="0">
      <skipped message="extra: clock2 -port 0 ends"></skipped>
    </testcase>
    <testcase classname="ex8.1.clock2.TestPort" name="takes the name of a port" time="0"></testcase>
  </testsuite>
  <testsuite name="ex8.2/ftpd: part 1: a login" tests="2" failures="2" errors="0" skipped="0" time="0">
    <properties>
      <property name="core" value="0 of 3 points"></property>
      <property name="robustness" value="0 of 1 points"></property>
    </properties>
    <testcase classname="ex8.2.ftpd.TestLogin" name="greets" time="0">
      <failure message="does not compile: ftpd.go:31:2: undefined: x&#xA;ftpd.go:40:1: missing return" type="does not compile">does not compile: ftpd.go:31:2: undefined: x
ftpd.go:40:1: missing return</failure>
    </testcase>
    <testcase classname="ex8.2.ftpd.TestLogin" name="says goodbye" time="0">
      <failure message="does not compile: ftpd.go:31:2: undefined: x" type="does not compile">does not compile: ftpd.go:31:2: undefined: x</failure>
    </testcase>
  </testsuite>
</testsuites>
`

func TestJUnit(t *testing.T) {
	got := encoded(t, JUnit, sample())
	if diff := cmp.Diff(goodJUnit, got); diff != "" {
		t.Errorf("JUnit mismatch (-want +got):\n%s", diff)
	}
}

func TestJUnitKeepsToTheSchema(t *testing.T) {
	for name, r := range map[string]Report{"sample": sample(), "hostile": hostileReport(), "whole_workbook": workbook()} {
		t.Run(name, func(t *testing.T) {
			failures, skipped := 0, 0
			final, err := r.final()
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range final.tests() {
				switch {
				case c.Verdict.Kind == verdict.Passed:
				case counts(c.Record):
					failures++
				default:
					skipped++
				}
			}
			if err := checkJUnit(encoded(t, JUnit, r), failures, skipped); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestJUnitHandsOnEveryCharacter(t *testing.T) {
	const text = "]]>]]>&amp;<![CDATA[</failure>\n\ttab ● \U0001F600"
	r := sample()
	c := &r.Programs[0].Parts[0].Cases[1]
	c.Verdict, c.Output = verdict.Verdict{Kind: c.Verdict.Kind, Message: text}, text
	var doc struct {
		Suites []struct {
			Cases []struct {
				Failure struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
				Output string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	file := encoded(t, JUnit, r)
	if err := xml.Unmarshal([]byte(file), &doc); err != nil {
		t.Fatal(err)
	}
	got := doc.Suites[0].Cases[1]
	if want := string(c.Verdict.Kind) + ": " + text; got.Failure.Text != want || got.Failure.Message != want {
		t.Errorf("the failure is %q, and its message %q, want %q", got.Failure.Text, got.Failure.Message, want)
	}
	if got.Output != text {
		t.Errorf("the system-out is %q, want %q", got.Output, text)
	}
	if cdata := "<![CDATA["; strings.Contains(file, cdata) {
		t.Errorf("the file has a %s, which some readers split in two", cdata)
	}
}

func TestCheckJUnit(t *testing.T) {
	check := func(text string) error { return checkJUnit(text, 3, 1) }
	checkSpoiled(t, goodJUnit, check, []spoiled{
		{"an_unknown_element", "<property ", "<answer ", "there is an element answer"},
		{"an_unknown_attribute", "classname=", "class=", "testcase has the attribute classname not"},
		{"another_attribute", "message=", "text=", "failure has the attribute text"},
		{"a_wrong_count", `tests="7"`, `tests="8"`, `tests="8", want 7`},
		{"a_wrong_count_of_failures", `failures="3"`, `failures="0"`, `failures="0", want 3`},
		{"a_control_character", "listening", "\x1b", "illegal character"},
		{"invalid_UTF-8", "listening", "\xff", "not UTF-8"},
		{"an_old_end_of_line", "<system-out>", "<system-out>&#13;", `\r in system-out`},
		{"two_roots", "</testsuites>\n", "</testsuites>\n<system-out></system-out>", " has the element system-out"},
		{"text_in_between", "<properties>", "hello<properties>", "text in testsuite"},
		{"a_wrong_order", "<system-out>", "<system-out></system-out><failure></failure><system-out>", "testcase has the element failure"},
		{"an_end_too_early", "</testsuites>", "", "EOF"},
	})
}
