package report

import (
	"encoding/json"
	"io"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// JSON writes the report as indented JSON of this form:
//
//	{
//	  "title": "Exercise 8.1: clock2 with a port, and clockwall",
//	  "score": {
//	    "core": {"earned": 14, "max": 16},
//	    "robustness": {"earned": 8, "max": 8},
//	    "extra": {"earned": 0, "max": 0}
//	  },
//	  "notes": ["without the race detector"],
//	  "programs": [{
//	    "exercise": "ex8.1",
//	    "name": "clock2",
//	    "dir": "exercises/ex8.1/clock2",
//	    "verdict": "does not compile",
//	    "message": "clock2.go:31:2: undefined: x",
//	    "like": "Has no go before the handler",
//	    "parts": [{
//	      "test": "TestClock",
//	      "title": "a clock for many clients",
//	      "func": "serve",
//	      "place": "exercises/ex8.1/clock2/clock2.go:26",
//	      "cases": [{
//	        "name": "writes_the_time_at_once",
//	        "group": "core",
//	        "verdict": "wrong answer",
//	        "points": 2,
//	        "earned": 0,
//	        "message": "the first line took 1s",
//	        "why": "A client gets the time as soon as it connects.",
//	        "about": "TestClock/writes_the_time_at_once",
//	        "func": "handleConn",
//	        "place": "exercises/ex8.1/clock2/clock2.go:40",
//	        "case": "testutil/suites/clocktest/clocktest.go:52",
//	        "hints": ["what happens first?"],
//	        "note": "a remark that costs no points",
//	        "output": "what the program printed"
//	      }]
//	    }]
//	  }]
//	}
//
// The group robustness was called sturdy until November 2026, as a key of score and as the
// group of a case.
//
// The keys notes, like, place, message, why, about, func, case, hints, note and output are left out where there is
// nothing to say, and so is the verdict of a program that could be graded. If one
// could not, that is the verdict of its cases too. All texts are valid UTF-8 of at
// most 64 KiB, with Unix ends of lines, and control characters spelled out. It is an
// error if a part has no cases.
func JSON(w io.Writer, r Report) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	doc := jsonReport{
		Title: r.Title,
		Score: jsonScores{
			Core:       jsonScore(r.Score(suite.Core)),
			Robustness: jsonScore(r.Score(suite.Robustness)),
			Extra:      jsonScore(r.Score(suite.Extra)),
		},
		Notes: r.Notes,
	}
	for _, p := range r.Programs {
		doc.Programs = append(doc.Programs, newJSONProgram(p))
	}
	return writeJSON(w, doc)
}

type jsonReport struct {
	Title    string        `json:"title"`
	Score    jsonScores    `json:"score"`
	Notes    []string      `json:"notes,omitempty"`
	Programs []jsonProgram `json:"programs"`
}

type jsonScores struct {
	Core       jsonScore `json:"core"`
	Robustness jsonScore `json:"robustness"`
	Extra      jsonScore `json:"extra"`
}

type jsonScore struct {
	Earned int `json:"earned"`
	Max    int `json:"max"`
}

type jsonProgram struct {
	Exercise string       `json:"exercise"`
	Name     string       `json:"name"`
	Dir      string       `json:"dir"`
	Verdict  verdict.Kind `json:"verdict,omitempty"`
	Message  string       `json:"message,omitempty"`
	Like     string       `json:"like,omitempty"`
	Parts    []jsonPart   `json:"parts"`
}

type jsonPart struct {
	Test  string     `json:"test"`
	Title string     `json:"title"`
	Func  string     `json:"func"`
	Place string     `json:"place,omitempty"`
	Cases []jsonCase `json:"cases"`
}

type jsonCase struct {
	Name    string       `json:"name"`
	Group   suite.Group  `json:"group"`
	Verdict verdict.Kind `json:"verdict"`
	Points  int          `json:"points"`
	Earned  int          `json:"earned"`
	Message string       `json:"message,omitempty"`
	Why     string       `json:"why,omitempty"`
	About   string       `json:"about,omitempty"`
	Cause   string       `json:"cause,omitempty"`
	Func    string       `json:"func,omitempty"`
	Place   string       `json:"place,omitempty"`
	Case    string       `json:"case,omitempty"`
	Hints   []string     `json:"hints,omitempty"`
	Note    string       `json:"note,omitempty"`
	Output  string       `json:"output,omitempty"`
}

func newJSONProgram(p Program) jsonProgram {
	doc := jsonProgram{p.Exercise, p.Name, p.Dir, p.Verdict.Kind, p.Verdict.Message, p.Like, []jsonPart{}}
	for _, part := range p.Parts {
		cases := []jsonCase{}
		for _, c := range part.Cases {
			cases = append(cases, newJSONCase(c))
		}
		doc.Parts = append(doc.Parts, jsonPart{part.Test, part.Title, part.Func, part.Place, cases})
	}
	return doc
}

func newJSONCase(c suite.Record) jsonCase {
	v := c.Verdict
	doc := jsonCase{
		Name: c.Name, Group: c.Group, Verdict: v.Kind, Points: c.Points, Earned: c.Earned(),
		Message: v.Message, Cause: v.Cause, Note: c.Note, Output: c.Output,
	}
	if v.Failed() {
		doc.Why, doc.About, doc.Func, doc.Place, doc.Case, doc.Hints = v.Rule, v.About, v.Func, v.Place, v.Case, v.Hints
	}
	return doc
}

// writeJSON writes a document, indented.
func writeJSON(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}
