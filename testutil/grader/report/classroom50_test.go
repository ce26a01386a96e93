package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/suites/suite"
)

// What result.json may hold: validate_result in runner.py of Classroom 50, and its
// wiki on advanced autograding.
var (
	resultForm = form{
		kind: "object",
		required: []string{"schema", "classroom", "assignment", "submission", "commit", "release", "review",
			"datetime", "score", "max-score", "tests"},
		keys: map[string]form{
			"schema":          {kind: "string", oneOf: []string{"classroom50/result/v1"}},
			"classroom":       {kind: "string", nonEmpty: true},
			"assignment":      {kind: "string", nonEmpty: true},
			"assignment_type": {kind: "string", nonEmpty: true},
			"owner":           {kind: "string", nonEmpty: true},
			"submission":      {kind: "string", nonEmpty: true},
			"commit":          {kind: "string", nonEmpty: true},
			"release":         {kind: "string", nonEmpty: true},
			"review":          {kind: "string", nonEmpty: true},
			"datetime":        {kind: "string", nonEmpty: true},
			"graded_at":       {kind: "string", nonEmpty: true},
			"submitted_by":    {kind: "string", nonEmpty: true},
			"score":           {kind: "integer"},
			"max-score":       {kind: "integer"},
			"tests":           {kind: "array", nonEmpty: true, elements: &resultTestForm},
		},
	}

	resultTestForm = form{
		kind:     "object",
		required: []string{"test-name", "passed", "score", "max-score"},
		more:     true, // extra fields are kept
		keys: map[string]form{
			"test-name": {kind: "string", nonEmpty: true},
			"passed":    {kind: "boolean"},
			"score":     {kind: "integer"},
			"max-score": {kind: "integer"},
			"message":   {kind: "string", nonEmpty: true},
		},
	}
)

// checkResult returns what is wrong with a result.json.
func checkResult(text string) error {
	doc, err := parse(text)
	if err != nil {
		return err
	}
	if err := resultForm.check("result", doc); err != nil {
		return err
	}
	var sum, most float64
	names := make(map[any]bool)
	for i, t := range doc["tests"].([]any) {
		t := t.(map[string]any)
		err = errors.Join(err, checkScore(fmt.Sprintf("test %d", i), t))
		if t["passed"] != (number(t, "score") == number(t, "max-score")) {
			err = errors.Join(err, fmt.Errorf("test %d has %v of %v points and passed is %v", i, t["score"], t["max-score"], t["passed"]))
		}
		if names[t["test-name"]] {
			err = errors.Join(err, fmt.Errorf("two tests are called %v", t["test-name"]))
		}
		names[t["test-name"]] = true
		sum += number(t, "score")
		most += number(t, "max-score")
	}
	err = errors.Join(err, checkScore("the whole", doc))
	if number(doc, "score") != sum || number(doc, "max-score") != most {
		err = errors.Join(err, fmt.Errorf("the score is %v of %v, and the sum of the tests %v of %v", doc["score"], doc["max-score"], sum, most))
	}
	datetime := doc["datetime"].(string)
	if at, bad := time.Parse(time.RFC3339, datetime); bad != nil || at.Location() != time.UTC {
		err = errors.Join(err, fmt.Errorf("datetime is %s, want one of RFC 3339 in UTC", datetime))
	}
	return err
}

func checkScore(what string, o map[string]any) error {
	if got, max := number(o, "score"), number(o, "max-score"); got < 0 || got > max {
		return fmt.Errorf("%s has %v of %v points", what, got, max)
	}
	return nil
}

// classroomEnv is the environment of a runner.
func classroomEnv(name string) string {
	return map[string]string{
		"CLASSROOM":              "distributed-systems",
		"ASSIGNMENT":             "servers",
		"ASSIGNMENT_TYPE":        "individual",
		"OWNER":                  "gopher",
		"SUBMISSION_TAG":         "submit/1",
		"COMMIT_URL":             "https://example.com/commit/1",
		"RELEASE_URL":            "https://example.com/release/1",
		"REVIEW_URL":             "https://example.com/review/1",
		"CLASSROOM50_BUNDLE_DIR": "/bundle",
	}[name]
}

const goodResult = `{
  "schema": "classroom50/result/v1",
  "classroom": "distributed-systems",
  "assignment": "servers",
  "assignment_type": "individual",
  "owner": "gopher",
  "submission": "submit/1",
  "commit": "https://example.com/commit/1",
  "release": "https://example.com/release/1",
  "review": "https://example.com/review/1",
  "datetime": "2026-06-01T14:32:01Z",
  "score": 3,
  "max-score": 10,
  "tests": [
    {
      "test-name": "1.1.1 clock2: writes the time at once",
      "passed": true,
      "score": 2,
      "max-score": 2
    },
    {
      "test-name": "1.1.2 clock2: serves a second client",
      "passed": false,
      "score": 0,
      "max-score": 3,
      "message": "not concurrent: client 2 got nothing\nclient 1   ●────●\nclient 2    ┊···┤\nwhy: Each connection is served in a goroutine of its own.\nbegin at exercises/ex8.1/clock2/clock2.go:26, func serve\nthe test: testutil/suites/clocktest/clocktest.go:310"
    },
    {
      "test-name": "1.1.3 clock2: leaves no goroutine",
      "passed": true,
      "score": 1,
      "max-score": 1
    },
    {
      "test-name": "2.1.1 ftpd: greets",
      "passed": false,
      "score": 0,
      "max-score": 3,
      "message": "does not compile: ftpd.go:31:2: undefined: x\nftpd.go:40:1: missing return"
    },
    {
      "test-name": "2.1.2 ftpd: says goodbye",
      "passed": false,
      "score": 0,
      "max-score": 1,
      "message": "does not compile: ftpd.go:31:2: undefined: x"
    }
  ]
}
`

func TestClassroom50(t *testing.T) {
	got := encoded(t, func(w io.Writer, r Report) error {
		now := time.Date(2026, 6, 1, 16, 32, 1, 999, time.FixedZone("CEST", 2*60*60))
		return classroom50At(w, r, classroomEnv, now)
	}, sample())
	if diff := cmp.Diff(goodResult, got); diff != "" {
		t.Errorf("Classroom50 mismatch (-want +got):\n%s", diff)
	}
}

func TestClassroom50KeepsToTheSchema(t *testing.T) {
	for name, r := range map[string]Report{"sample": sample(), "hostile": hostileReport(), "whole_workbook": workbook()} {
		t.Run(name, func(t *testing.T) {
			if err := checkResult(encoded(t, formats["Classroom50"], r)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestClassroom50LeavesToTheRunnerWhatThatKnows(t *testing.T) {
	var b bytes.Buffer
	err := Classroom50(&b, sample(), func(name string) string {
		if name == "OWNER" || name == "ASSIGNMENT_TYPE" {
			return ""
		}
		return classroomEnv(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := checkResult(b.String()); err != nil {
		t.Error(err)
	}
}

func TestClassroom50RefusesWhatItCannotSay(t *testing.T) {
	extras := sample()
	for _, p := range extras.Programs {
		for _, part := range p.Parts {
			for i := range part.Cases {
				part.Cases[i].Group = suite.Extra
			}
		}
	}
	tests := []struct {
		name    string
		report  Report
		missing string
		want    string
	}{
		{"no_classroom", sample(), "CLASSROOM", "as the runner of Classroom 50 does: CLASSROOM"},
		{"no_assignment", sample(), "ASSIGNMENT", ": ASSIGNMENT"},
		{"no_tag", sample(), "SUBMISSION_TAG", ": SUBMISSION_TAG"},
		{"no_commit", sample(), "COMMIT_URL", ": COMMIT_URL"},
		{"no_release", sample(), "RELEASE_URL", ": RELEASE_URL"},
		{"no_review", sample(), "REVIEW_URL", ": REVIEW_URL"},
		{"several", sample(), "COMMIT_URL RELEASE_URL", ": COMMIT_URL, RELEASE_URL"},
		{"nothing_that_counts", extras, "", "no core or robustness cases"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			err := Classroom50(&b, tt.report, func(name string) string {
				if strings.Contains(" "+tt.missing+" ", " "+name+" ") {
					return ""
				}
				return classroomEnv(name)
			})
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) && !strings.Contains(err.Error(), tt.want+",") {
				t.Errorf("Classroom50() = %v, want an error with %q", err, tt.want)
			}
			if b.Len() > 0 {
				t.Errorf("Classroom50() wrote %q, want nothing", b.String())
			}
		})
	}
}

func TestCheckResult(t *testing.T) {
	checkSpoiled(t, goodResult, checkResult, []spoiled{
		{"another_schema", "result/v1", "result/v2", "want one of"},
		{"an_unknown_key", `"owner"`, `"user"`, `unknown key "user"`},
		{"an_underscore", `"max-score": 10`, `"max_score": 10`, `no key "max-score"`},
		{"an_underscore_in_a_test", `"max-score": 2`, `"max_score": 2`, `no key "max-score"`},
		{"an_empty_text", `"submit/1"`, `""`, "submission is empty"},
		{"no_commit", `"commit": "https://example.com/commit/1",`, ``, `no key "commit"`},
		{"a_fraction", `"score": 2`, `"score": 2.5`, "score is of type number, want integer"},
		{"a_float", `"score": 2`, `"score": 2.0`, "score is of type number, want integer"},
		{"a_bool_for_a_score", `"score": 2`, `"score": true`, "score is of type boolean, want integer"},
		{"a_score_below_0", `"score": 0`, `"score": -1`, "has -1 of 3 points"},
		{"more_than_can_be", `"score": 2`, `"score": 4`, "has 4 of 2 points"},
		{"a_score_that_is_not_the_sum", `"score": 3`, `"score": 4`, "the score is 4 of 10"},
		{"a_maximum_that_is_not_the_sum", `"max-score": 10`, `"max-score": 11`, "the score is 3 of 11"},
		{"passed_without_the_points", `"passed": false`, `"passed": true`, "0 of 3 points and passed is true"},
		{"passed_as_text", `"passed": true`, `"passed": "true"`, "passed is of type string"},
		{"two_tests_of_one_name", "1.1.2 clock2: serves a second client", "1.1.1 clock2: writes the time at once", "two tests are called"},
		{"an_empty_message", `"does not compile: ftpd.go:31:2: undefined: x"`, `""`, "message is empty"},
		{"another_zone", "14:32:01Z", "16:32:01+02:00", "want one of RFC 3339 in UTC"},
		{"no_time", "2026-06-01T14:32:01Z", "yesterday", "want one of RFC 3339 in UTC"},
		{"an_empty_list", goodResult[strings.Index(goodResult, "[\n    {"):], "[]}", "result.tests is empty"},
	})
}
