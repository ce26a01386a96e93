package report

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
)

func TestPrairieLearn(t *testing.T) {
	const want = `{
  "gradable": true,
  "score": 0.3,
  "tests": [
    {
      "name": "clock2: writes the time at once",
      "points": 2,
      "max_points": 2,
      "message": "note: it also writes the date"
    },
    {
      "name": "clock2: serves a second client",
      "points": 0,
      "max_points": 3,
      "message": "not concurrent: client 2 got nothing\nclient 1   ●────●\nclient 2    ┊···┤\nwhy: Each connection is served in a goroutine of its own.\nbegin at exercises/ex8.1/clock2/clock2.go:26, func serve\nthe test: testutil/suites/clocktest/clocktest.go:310",
      "output": "listening & <waiting>\n"
    },
    {
      "name": "clock2: leaves no goroutine",
      "points": 1,
      "max_points": 1
    },
    {
      "name": "ftpd: greets",
      "points": 0,
      "max_points": 3,
      "message": "does not compile: ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return"
    },
    {
      "name": "ftpd: says goodbye",
      "points": 0,
      "max_points": 1,
      "message": "does not compile: ftpd.go:31:2: undefined: x"
    }
  ]
}
`
	if diff := cmp.Diff(want, encoded(t, PrairieLearn, sample())); diff != "" {
		t.Errorf("PrairieLearn mismatch (-want +got):\n%s", diff)
	}
}

// What does not compile costs no attempt. What was not found does.
func TestPrairieLearnTakesNoAttemptForWhatDoesNotCompile(t *testing.T) {
	for kind, want := range map[verdict.Kind]bool{verdict.DoesNotCompile: false, verdict.Refused: false, verdict.NotFound: true, verdict.NotStarted: true} {
		r := sample()
		for i := range r.Programs {
			r.Programs[i].Verdict = verdict.Verdict{Kind: kind, Message: "a.go:1:1: wrong"}
		}
		var doc prairieLearn
		if err := json.Unmarshal([]byte(encoded(t, PrairieLearn, r)), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Gradable != want || (len(doc.FormatErrors) == 2) == want || doc.Score != 0 {
			t.Errorf("of programs that are %q: %+v, want gradable %t, and otherwise two errors", kind, doc, want)
		}
	}
}

func TestPrairieLearnFitsIntoAMiB(t *testing.T) {
	r := workbook()
	for i := range r.Programs {
		for j := range r.Programs[i].Parts {
			for k := range r.Programs[i].Parts[j].Cases {
				c := &r.Programs[i].Parts[j].Cases[k]
				c.Verdict = verdict.Verdict{Kind: verdict.Wrong, Message: strings.Repeat("<é", 8<<10)}
				c.Output = strings.Repeat("\x00", 64<<10)
			}
		}
	}
	for name, r := range map[string]Report{"long": r, "hostile": hostileReport()} {
		text := encoded(t, PrairieLearn, r)
		if len(text) > 1<<20 || !json.Valid([]byte(text)) {
			t.Errorf("%s: the report has %d bytes, want at most %d of JSON", name, len(text), 1<<20)
		}
	}
}

func TestAutolab(t *testing.T) {
	const want = `{"_presentation":"semantic","clock2":{` +
		`"leaves no goroutine":{"passed":true},` +
		`"serves a second client":{"passed":false,"hint":"not concurrent\u003a client 2 got nothing"},` +
		`"writes the time at once":{"passed":true}},` +
		`"ftpd":{"greets":{"passed":false,"hint":"does not compile\u003a ftpd.go\u003a31\u003a2\u003a undefined\u003a x"},` +
		`"says goodbye":{"passed":false,"hint":"does not compile\u003a ftpd.go\u003a31\u003a2\u003a undefined\u003a x"}},` +
		`"stages":["clock2","ftpd"]}` + "\n" +
		`{"scores":{"clock2 core":2,"clock2 robustness":1,"ftpd core":0,"ftpd robustness":0}}` + "\n"
	if diff := cmp.Diff(want, encoded(t, Autolab, sample())); diff != "" {
		t.Errorf("Autolab mismatch (-want +got):\n%s", diff)
	}
}

// The site puts quotes around each word before a colon before it reads the last line.
func TestAutolabSurvivesTheExpressionOfTheSite(t *testing.T) {
	r := sample()
	r.Programs[0].Name = "clock2: core"
	lines := strings.Split(strings.TrimSpace(encoded(t, Autolab, r)), "\n")
	word := regexp.MustCompile(`(\w+):`)
	for _, line := range lines {
		if got := word.FindString(line); got != "" {
			t.Errorf("the site spoils %q in the line\n%s", got, line)
		}
		var doc map[string]any
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Error(err)
		}
	}
	hostile := strings.Split(strings.TrimSpace(encoded(t, Autolab, hostileReport())), "\n")
	if len(hostile) != 2 {
		t.Errorf("a hostile report has %d lines, want 2", len(hostile))
	}
	var doc struct{ Scores map[string]int }
	if err := json.Unmarshal([]byte(lines[1]), &doc); err != nil {
		t.Fatal(err)
	}
	want := []string{"clock2: core core", "clock2: core robustness", "ftpd core", "ftpd robustness"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(doc.Scores))); diff != "" {
		t.Errorf("problems mismatch (-want +got):\n%s", diff)
	}
}

// Of a longer output, the site shows no more than its beginning and its end.
func TestAutolabFitsIntoTheOutput(t *testing.T) {
	r := workbook()
	for i := range r.Programs {
		for j := range r.Programs[i].Parts {
			for k := range r.Programs[i].Parts[j].Cases {
				r.Programs[i].Parts[j].Cases[k].Verdict = verdict.Verdict{Kind: verdict.Wrong, Message: strings.Repeat("<:", 4<<10)}
			}
		}
	}
	if text := encoded(t, Autolab, r); len(text) > 500<<10 || !strings.Contains(text, "…") {
		t.Errorf("the report has %d bytes, want at most %d, and that hints are cut off", len(text), 500<<10)
	}
}

func TestVPL(t *testing.T) {
	const want = `<|--
-clock2: core 2 of 5, robustness 1 of 1, extra 1 of 2
>+ writes the time at once (2)
-serves a second client (0 of 3)
>not concurrent: client 2 got nothing
>client 1   ●────●
>client 2    ┊···┤
>why: Each connection is served in a goroutine of its own.
>begin at exercises/ex8.1/clock2/clock2.go:26, func serve
>the test: testutil/suites/clocktest/clocktest.go:310
>+ leaves no goroutine (1)
>+ takes the name of a port (1)
-ftpd: core 0 of 3, robustness 0 of 1
>does not compile: ftpd.go:31:2: undefined: x
>ftpd.go:40:1: missing return
--|>
Grade :=>>3
`
	if diff := cmp.Diff(want, encoded(t, formats["VPL"], sample())); diff != "" {
		t.Errorf("VPL mismatch (-want +got):\n%s", diff)
	}
}

func TestVPLScalesTheGrade(t *testing.T) {
	for most, want := range map[string]string{"100": "30", "5": "1.5", "": "3", "none": "3", "-1": "3"} {
		var b strings.Builder
		if err := VPL(&b, sample(), func(name string) string { return map[string]string{"VPL_GRADEMAX": most}[name] }); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(b.String(), "\nGrade :=>>"+want+"\n") {
			t.Errorf("with VPL_GRADEMAX=%s, the report ends in %q, want the grade %s", most, b.String()[b.Len()-20:], want)
		}
	}
}

func TestNoTextOfAProgramIsACommandToVPL(t *testing.T) {
	r := sample()
	const forged = "\nGrade :=>>100\n--|>\nComment :=>>well done\n<|--\n-title"
	r.Programs[0].Name, r.Programs[0].Parts[0].Cases[1].Name = "clock2"+forged, "serves"+forged
	r.Programs[0].Parts[0].Cases[1].Verdict.Message = forged
	r.Programs[1].Verdict.Message = forged
	begins := regexp.MustCompile(`(?m)^(Grade :=>>.*|Comment :=>>.*|<\|--.*|--\|>.*)$`)
	want := []string{"<|--", "--|>", "Grade :=>>3"}
	if diff := cmp.Diff(want, begins.FindAllString(encoded(t, formats["VPL"], r), -1)); diff != "" {
		t.Errorf("lines that are commands mismatch (-want +got):\n%s", diff)
	}
}
