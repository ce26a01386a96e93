package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// What results.json may hold: docs/specs.md, leaderboards.md and troubleshooting.md of
// Gradescope's autograder_samples.
var (
	textFormats  = []string{"text", "html", "simple_format", "md", "ansi"}
	visibilities = []string{"visible", "hidden", "after_due_date", "after_published"}

	resultsForm = form{kind: "object", required: []string{"tests"}, keys: map[string]form{
		"score":              {kind: "number"},
		"execution_time":     {kind: "number"},
		"output":             {kind: "string"},
		"output_format":      {kind: "string", oneOf: textFormats},
		"test_output_format": {kind: "string", oneOf: textFormats},
		"test_name_format":   {kind: "string", oneOf: textFormats},
		"visibility":         {kind: "string", oneOf: visibilities},
		"stdout_visibility":  {kind: "string", oneOf: visibilities},
		"extra_data":         {kind: "object", more: true},
		"tests":              {kind: "array", nonEmpty: true, elements: &resultsTestForm},
		"leaderboard":        {kind: "array", elements: &leaderboardForm},
	}}

	resultsTestForm = form{kind: "object", keys: map[string]form{
		"score":         {kind: "number"},
		"max_score":     {kind: "number"},
		"status":        {kind: "string", oneOf: []string{"passed", "failed"}},
		"name":          {kind: "string", nonEmpty: true},
		"name_format":   {kind: "string", oneOf: textFormats},
		"number":        {kind: "string", nonEmpty: true},
		"output":        {kind: "string"},
		"output_format": {kind: "string", oneOf: textFormats},
		"tags":          {kind: "array", elements: &form{kind: "string"}},
		"visibility":    {kind: "string", oneOf: visibilities},
		"extra_data":    {kind: "object", more: true},
	}}

	leaderboardForm = form{kind: "object", required: []string{"name", "value"}, more: true}
)

// checkResults returns what is wrong with a results.json for an assignment of so many
// points.
func checkResults(text string, points int) error {
	doc, err := parse(text)
	if err != nil {
		return err
	}
	if err := resultsForm.check("results", doc); err != nil {
		return err
	}
	var sum, most float64
	for i, t := range doc["tests"].([]any) {
		t := t.(map[string]any)
		if v, ok := t["visibility"]; ok && v != "visible" {
			err = errors.Join(err, fmt.Errorf("test %d is %v, which hides the student's total", i, v))
		}
		_, scored := t["score"]
		_, limited := t["max_score"]
		switch {
		case scored != limited:
			err = errors.Join(err, fmt.Errorf("test %d has one of score and max_score", i))
			continue
		case !scored:
			if _, ok := doc["score"]; !ok {
				err = errors.Join(err, fmt.Errorf("neither test %d nor the whole has a score", i))
			}
			continue
		}
		got, max := number(t, "score"), number(t, "max_score")
		if got < 0 || got > max {
			err = errors.Join(err, fmt.Errorf("test %d has the score %v of %v", i, got, max))
		}
		if (t["status"] == "passed") != (got == max) {
			err = errors.Join(err, fmt.Errorf("test %d has the score %v of %v and the status %v", i, got, max, t["status"]))
		}
		sum += got
		most += max
	}
	if score, ok := doc["score"]; ok && number(doc, "score") != sum {
		err = errors.Join(err, fmt.Errorf("the score is %v, and the sum of the tests %v", score, sum))
	}
	if most != float64(points) {
		err = errors.Join(err, fmt.Errorf("the sum of max_score is %v, want the points of the assignment, %d", most, points))
	}
	return err
}

const goodResults = `{
  "score": 3,
  "output": "All exercises\n\ncore: 2 of 8 points\nrobustness: 1 of 2 points\nextra: 1 of 2 points, which do not count\n\nwithout the race detector\n\nftpd: does not compile: ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return",
  "output_format": "text",
  "test_output_format": "text",
  "test_name_format": "text",
  "visibility": "visible",
  "tests": [
    {
      "number": "1.1.1",
      "name": "clock2: writes the time at once",
      "score": 2,
      "max_score": 2,
      "status": "passed",
      "output": "note: it also writes the date",
      "tags": [
        "core"
      ]
    },
    {
      "number": "1.1.2",
      "name": "clock2: serves a second client",
      "score": 0,
      "max_score": 3,
      "status": "failed",
      "output": "not concurrent: client 2 got nothing\nclient 1   ●────●\nclient 2    ┊···┤\nwhy: Each connection is served in a goroutine of its own.\nbegin at exercises/ex8.1/clock2/clock2.go:26, func serve\nthe test: testutil/suites/clocktest/clocktest.go:310\n\nthe program printed:\nlistening & <waiting>",
      "tags": [
        "core"
      ]
    },
    {
      "number": "1.1.3",
      "name": "clock2: leaves no goroutine",
      "score": 1,
      "max_score": 1,
      "status": "passed",
      "tags": [
        "robustness"
      ]
    },
    {
      "number": "1.2.1",
      "name": "clock2: takes port 0 (extra, without points)",
      "status": "failed",
      "output": "clock2 -port 0 ends",
      "tags": [
        "extra"
      ]
    },
    {
      "number": "1.2.2",
      "name": "clock2: takes the name of a port (extra, without points)",
      "status": "passed",
      "tags": [
        "extra"
      ]
    },
    {
      "number": "2.1.1",
      "name": "ftpd: greets",
      "score": 0,
      "max_score": 3,
      "status": "failed",
      "output": "does not compile: ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return",
      "tags": [
        "core"
      ]
    },
    {
      "number": "2.1.2",
      "name": "ftpd: says goodbye",
      "score": 0,
      "max_score": 1,
      "status": "failed",
      "output": "does not compile: ftpd.go:31:2: undefined: x",
      "tags": [
        "robustness"
      ]
    }
  ]
}
`

func TestGradescope(t *testing.T) {
	got := encoded(t, Gradescope, sample())
	if diff := cmp.Diff(goodResults, got); diff != "" {
		t.Errorf("Gradescope mismatch (-want +got):\n%s", diff)
	}
}

func TestGradescopeKeepsToTheSchema(t *testing.T) {
	for name, r := range map[string]Report{"sample": sample(), "hostile": hostileReport(), "whole_workbook": workbook()} {
		t.Run(name, func(t *testing.T) {
			if err := checkResults(encoded(t, Gradescope, r), r.total().Max); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestGradescopeSumsTheSameWhateverWasSubmitted(t *testing.T) {
	r := sample()
	r.Programs[0].Verdict = verdict.Verdict{Kind: verdict.Refused, Message: "it holds a link"}
	if err := checkResults(encoded(t, Gradescope, r), sample().total().Max); err != nil {
		t.Error(err)
	}
}

func TestGradescopeSaysWhatToMendFirst(t *testing.T) {
	r := sample()
	r.Programs[1].Verdict = verdict.Verdict{}
	const want = "fix first: clock2: serves a second client"
	if got := encoded(t, Gradescope, r); !strings.Contains(got, want) {
		t.Errorf("Gradescope wrote\n%s\nwithout %q", got, want)
	}
}

func TestGradescopeListsNoGoroutines(t *testing.T) {
	tests := []struct{ name, printed, want string }{
		{"of_a_panic", "hello\npanic: no\n\ngoroutine 7 [running]:\nmain.main()\n", "the program printed:\nhello\npanic: no"},
		{"of_newer_versions", "hello\ngoroutine 7 gp=0xc0 m=3 [running]:\n", "the program printed:\nhello"},
		{"of_one_that_hangs", "hello\nSIGQUIT: quit\nPC=0x1\n", "the program printed:\nhello"},
		{"alone", "isolate: the case is stuck\ngoroutine 7 [running]:\n", ""},
		{"but_what_looks_alike", "a goroutine 7 [running]\n", "the program printed:\na goroutine 7 [running]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := newGradescopeTest(test{Record: suite.Record{Verdict: verdict.Verdict{Kind: verdict.Crashed, Message: "no"}, Output: tt.printed}}).Output
			want := strings.TrimRight("crashed: no\n\n"+tt.want, "\n")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the output mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckResults(t *testing.T) {
	check := func(text string) error { return checkResults(text, 10) }
	checkSpoiled(t, goodResults, check, []spoiled{
		{"an_unknown_key", `"visibility":`, `"visable":`, `unknown key "visable"`},
		{"no_tests", `"tests":`, `"extra_data": {}, "leaderboard":`, `no key "tests"`},
		{"an_unknown_format", `"text"`, `"plain"`, `want one of ["text"`},
		{"a_score_as_text", `"score": 3`, `"score": "3"`, "results.score is of type string"},
		{"a_score_that_is_not_the_sum", `"score": 3`, `"score": 4`, "the score is 4"},
		{"more_than_can_be", `"score": 2`, `"score": 3`, "the score 3 of 2"},
		{"other_points_than_the_assignment", `"max_score": 3`, `"max_score": 4`, "the sum of max_score is 11"},
		{"passed_without_the_points", `"status": "failed"`, `"status": "passed"`, "the score 0 of 3 and the status passed"},
		{"an_unknown_status", `"status": "passed"`, `"status": "ok"`, `want one of ["passed"`},
		{"a_number_that_is_no_text", `"number": "1.1.1"`, `"number": 1.1`, "number is of type number"},
		{"a_hidden_test", `"number": "1.1.1"`, `"visibility": "hidden"`, "hides the student's total"},
		{"tags_that_are_no_list", "[\n        \"core\"\n      ]", `"core"`, "tags is of type string"},
		{"an_element_of_another_type", `"core"`, `1`, "tags[0] is of type integer"},
		{"no_score_for_an_informational_test", `"score": 3,`, ``, "nor the whole has a score"},
		{"half_a_score", `"max_score": 2,`, ``, "one of score and max_score"},
		{"no_name", `"clock2: writes the time at once"`, `""`, "name is empty"},
		{"an_old_end_of_line", `\n`, `\r\n`, "control characters"},
		{"a_null", `"score": 3`, `"score": null`, "results.score is <nil>"},
		{"an_end_too_early", "\n    }\n  ]\n}", "", "EOF"},
		{"an_empty_list", goodResults[strings.Index(goodResults, "[\n    {"):], "[]}", "results.tests is empty"},
		{"two_documents", "\n  ]\n}", "\n  ]\n} {}", "something follows"},
	})
}
