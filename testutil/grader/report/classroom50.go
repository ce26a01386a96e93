package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Classroom50 writes the report as result.json of Classroom 50, of the schema
// classroom50/result/v1: one test for each core and robustness case. Extra cases are left
// out, since they are optional. A test that did not pass also has a
// message, which that schema keeps.
//
// env is that of the runner, such as [os.Getenv]. It must have CLASSROOM, ASSIGNMENT,
// SUBMISSION_TAG, COMMIT_URL, RELEASE_URL and REVIEW_URL. OWNER and ASSIGNMENT_TYPE
// are taken if they are there, and are otherwise up to the runner. It is an error if
// one of the first is missing, or a part has no cases.
func Classroom50(w io.Writer, r Report, env func(string) string) error {
	return classroom50At(w, r, env, time.Now())
}

func classroom50At(w io.Writer, r Report, env func(string) string, now time.Time) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	total := r.total()
	doc := classroom50{
		Schema:         "classroom50/result/v1",
		Classroom:      clean(env("CLASSROOM")),
		Assignment:     clean(env("ASSIGNMENT")),
		AssignmentType: clean(env("ASSIGNMENT_TYPE")),
		Owner:          clean(env("OWNER")),
		Submission:     clean(env("SUBMISSION_TAG")),
		Commit:         clean(env("COMMIT_URL")),
		Release:        clean(env("RELEASE_URL")),
		Review:         clean(env("REVIEW_URL")),
		Datetime:       now.UTC().Format(time.RFC3339),
		Score:          total.Earned,
		MaxScore:       total.Max,
	}
	if err := doc.complete(); err != nil {
		return err
	}
	for _, t := range r.tests() {
		if counts(t.Record) {
			doc.Tests = append(doc.Tests, newClassroom50Test(t))
		}
	}
	if len(doc.Tests) == 0 {
		return errors.New("the report has no core or robustness cases, so there are no tests")
	}
	return writeJSON(w, doc)
}

// classroom50 is what the runner of Classroom 50 reads.
type classroom50 struct {
	Schema         string            `json:"schema"`
	Classroom      string            `json:"classroom"`
	Assignment     string            `json:"assignment"`
	AssignmentType string            `json:"assignment_type,omitempty"`
	Owner          string            `json:"owner,omitempty"`
	Submission     string            `json:"submission"`
	Commit         string            `json:"commit"`
	Release        string            `json:"release"`
	Review         string            `json:"review"`
	Datetime       string            `json:"datetime"`
	Score          int               `json:"score"`
	MaxScore       int               `json:"max-score"`
	Tests          []classroom50Test `json:"tests"`
}

type classroom50Test struct {
	TestName string `json:"test-name"`
	Passed   bool   `json:"passed"`
	Score    int    `json:"score"`
	MaxScore int    `json:"max-score"`
	Message  string `json:"message,omitempty"`
}

func newClassroom50Test(t test) classroom50Test {
	doc := classroom50Test{TestName: t.number + " " + t.name, Passed: passed(t.Record), Score: t.Earned(), MaxScore: t.Points}
	if !doc.Passed {
		doc.Message = cut(said(t.Record), maxText)
	}
	return doc
}

// complete returns an error that names the variables that are missing.
func (doc classroom50) complete() error {
	var missing []string
	for _, v := range []struct{ name, value string }{
		{"CLASSROOM", doc.Classroom},
		{"ASSIGNMENT", doc.Assignment},
		{"SUBMISSION_TAG", doc.Submission},
		{"COMMIT_URL", doc.Commit},
		{"RELEASE_URL", doc.Release},
		{"REVIEW_URL", doc.Review},
	} {
		if v.value == "" {
			missing = append(missing, v.name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("not set in the environment, as the runner of Classroom 50 does: %s", strings.Join(missing, ", "))
	}
	return nil
}
