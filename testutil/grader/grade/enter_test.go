package grade

import (
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

func TestLongMessageIsCut(t *testing.T) {
	p := &report.Program{Parts: []report.Part{{Test: "TestClock", Cases: []suite.Record{{Name: "keeps_time"}}}}}
	enter(p, suite.Record{Test: "TestClock", Name: "keeps_time", Verdict: verdict.Verdict{Kind: verdict.Crashed, Message: "panics: " + strings.Repeat("é", maxMessage)}})
	got := p.Parts[0].Cases[0].Verdict.Message
	if !strings.HasPrefix(got, "panics: éé") || !strings.HasSuffix(got, "é…") || len(got) > maxMessage+len("…") {
		t.Errorf("the message has %d bytes and ends in %q, want no more than %d, and …", len(got), got[len(got)-10:], maxMessage)
	}
}
