package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reportForm is the form that the comment on JSON documents.
var (
	scoreForm = form{kind: "object", required: []string{"earned", "max"}, keys: map[string]form{
		"earned": {kind: "integer"}, "max": {kind: "integer"},
	}}

	reportForm = form{kind: "object", required: []string{"title", "score", "programs"}, keys: map[string]form{
		"title": {kind: "string"},
		"score": {kind: "object", required: []string{"core", "robustness", "extra"}, keys: map[string]form{
			"core": scoreForm, "robustness": scoreForm, "extra": scoreForm,
		}},
		"notes":    {kind: "array", elements: &form{kind: "string"}},
		"programs": {kind: "array", nonEmpty: true, elements: &programForm},
	}}

	programForm = form{kind: "object", required: []string{"exercise", "name", "dir", "parts"}, keys: map[string]form{
		"exercise": {kind: "string", nonEmpty: true},
		"name":     {kind: "string", nonEmpty: true},
		"dir":      {kind: "string", nonEmpty: true},
		"verdict":  {kind: "string", nonEmpty: true},
		"message":  {kind: "string", nonEmpty: true},
		"like":     {kind: "string", nonEmpty: true},
		"parts":    {kind: "array", nonEmpty: true, elements: &partForm},
	}}

	partForm = form{kind: "object", required: []string{"test", "title", "func", "cases"}, keys: map[string]form{
		"test":  {kind: "string", nonEmpty: true},
		"title": {kind: "string", nonEmpty: true},
		"func":  {kind: "string", nonEmpty: true},
		"place": {kind: "string", nonEmpty: true},
		"cases": {kind: "array", nonEmpty: true, elements: &caseForm},
	}}

	caseForm = form{kind: "object", required: []string{"name", "group", "verdict", "points", "earned"}, keys: map[string]form{
		"name":    {kind: "string", nonEmpty: true},
		"group":   {kind: "string", oneOf: []string{"core", "robustness", "extra"}},
		"verdict": {kind: "string", nonEmpty: true},
		"points":  {kind: "integer"},
		"earned":  {kind: "integer"},
		"message": {kind: "string", nonEmpty: true},
		"why":     {kind: "string", nonEmpty: true},
		"about":   {kind: "string", nonEmpty: true},
		"func":    {kind: "string", nonEmpty: true},
		"place":   {kind: "string", nonEmpty: true},
		"case":    {kind: "string", nonEmpty: true},
		"hints":   {kind: "array", elements: &form{kind: "string", nonEmpty: true}},
		"note":    {kind: "string", nonEmpty: true},
		"output":  {kind: "string", nonEmpty: true},
	}}
)

func checkReport(text string) error {
	doc, err := parse(text)
	if err != nil {
		return err
	}
	return reportForm.check("report", doc)
}

const goodReport = `{
  "title": "All exercises",
  "score": {
    "core": {
      "earned": 2,
      "max": 8
    },
    "robustness": {
      "earned": 1,
      "max": 2
    },
    "extra": {
      "earned": 1,
      "max": 2
    }
  },
  "notes": [
    "without the race detector"
  ],
  "programs": [
    {
      "exercise": "ex8.1",
      "name": "clock2",
      "dir": "exercises/ex8.1/clock2",
      "parts": [
        {
          "test": "TestClock",
          "title": "a clock for many clients",
          "func": "serve",
          "place": "exercises/ex8.1/clock2/clock2.go:26",
          "cases": [
            {
              "name": "writes_the_time_at_once",
              "group": "core",
              "verdict": "passed",
              "points": 2,
              "earned": 2,
              "note": "it also writes the date",
              "output": "hello\n"
            },
            {
              "name": "serves_a_second_client",
              "group": "core",
              "verdict": "not concurrent",
              "points": 3,
              "earned": 0,
              "message": "client 2 got nothing\nclient 1   ●────●\nclient 2    ┊···┤",
              "why": "Each connection is served in a goroutine of its own.",
              "about": "TestClock/serves_a_second_client",
              "func": "serve",
              "place": "exercises/ex8.1/clock2/clock2.go:26",
              "case": "testutil/suites/clocktest/clocktest.go:310",
              "hints": [
                "who waits?"
              ],
              "output": "listening & <waiting>\n"
            },
            {
              "name": "leaves_no_goroutine",
              "group": "robustness",
              "verdict": "passed",
              "points": 1,
              "earned": 1
            }
          ]
        },
        {
          "test": "TestPort",
          "title": "the flag -port",
          "func": "main",
          "cases": [
            {
              "name": "takes_port_0",
              "group": "extra",
              "verdict": "wrong answer",
              "points": 1,
              "earned": 0,
              "message": "clock2 -port 0 ends"
            },
            {
              "name": "takes_the_name_of_a_port",
              "group": "extra",
              "verdict": "passed",
              "points": 1,
              "earned": 1
            }
          ]
        }
      ]
    },
    {
      "exercise": "ex8.2",
      "name": "ftpd",
      "dir": "exercises/ex8.2/ftpd",
      "verdict": "does not compile",
      "message": "ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return",
      "parts": [
        {
          "test": "TestLogin",
          "title": "part 1: a login",
          "func": "handleConn",
          "cases": [
            {
              "name": "greets",
              "group": "core",
              "verdict": "does not compile",
              "points": 3,
              "earned": 0,
              "message": "ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return"
            },
            {
              "name": "says_goodbye",
              "group": "robustness",
              "verdict": "does not compile",
              "points": 1,
              "earned": 0,
              "message": "ftpd.go:31:2: undefined: x"
            }
          ]
        }
      ]
    }
  ]
}
`

func TestJSON(t *testing.T) {
	got := encoded(t, JSON, sample())
	if diff := cmp.Diff(goodReport, got); diff != "" {
		t.Errorf("JSON mismatch (-want +got):\n%s", diff)
	}
}

func TestJSONKeepsToItsForm(t *testing.T) {
	for name, r := range map[string]Report{"sample": sample(), "hostile": hostileReport(), "whole_workbook": workbook()} {
		t.Run(name, func(t *testing.T) {
			if err := checkReport(encoded(t, JSON, r)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckReport(t *testing.T) {
	checkSpoiled(t, goodReport, checkReport, []spoiled{
		{"an_upper_case_key", `"title"`, `"Title"`, `unknown key "Title"`},
		{"no_cases", `"cases"`, `"place"`, `no key "cases"`},
		{"an_unknown_group", `"group": "core"`, `"group": "bonus"`, "want one of"},
		{"a_score_as_text", `"earned": 2`, `"earned": "2"`, "of type string"},
		{"an_empty_verdict", `"verdict": "passed"`, `"verdict": ""`, "verdict is empty"},
	})
}
