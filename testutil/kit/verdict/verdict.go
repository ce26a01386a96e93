// Package verdict says what became of a case: passed, or what went wrong and what to
// do about it.
//
//	v := verdict.Of(verdict.Errorf(verdict.NotConcurrent, "client 2 got nothing in %v", patience))
//	// v.Kind is verdict.NotConcurrent, and v.String() "not concurrent: client 2 got nothing in 2.5s"
//
// A verdict is a value that goes unchanged from the process of a case to every report. So
// no report has to read a text to learn the kind of a failure.
package verdict

import (
	"errors"
	"fmt"
)

// A Kind is the kind of a verdict.
type Kind string

// The kinds.
const (
	Passed         Kind = "passed"
	NotStarted     Kind = "not started"
	NotFound       Kind = "not found" // its files are not where they should be
	DoesNotCompile Kind = "does not compile"
	Refused        Kind = "refused" // the program contains what a submission must not
	Wrong          Kind = "wrong answer"
	NotConcurrent  Kind = "not concurrent"
	Hung           Kind = "hung"
	Busy           Kind = "busy" // loops without waiting
	Leak           Kind = "goroutine leak"
	Race           Kind = "data race"
	Crashed        Kind = "crashed"
	Exited         Kind = "exited"
	Flooded        Kind = "flooded the output"
	NotChecked     Kind = "not checked"    // this machine lacks something
	NotRun         Kind = "not run"        // something else must be fixed first
	GraderProblem  Kind = "grader problem" // the machine or the grader is at fault
)

// A Verdict is what became of a case. A program that was not run has one, too.
type Verdict struct {
	Kind    Kind
	Message string   `json:",omitempty"` // what was done, what came back, what was wanted; a picture or a dialogue may follow the first line
	Rule    string   `json:",omitempty"` // the rule that was broken
	About   string   `json:",omitempty"` // the case whose rule that is, "TestClock/writes_the_time_at_once", or a program and a kind, "clock2/crashed"; of NotRun, the test that must be fixed first; of Passed, the case to which the fault of the message is left
	Cause   string   `json:",omitempty"` // what other cases may have failed for too, in a few words, "PWD is not known"; "" if that is the rule
	In      string   `json:",omitempty"` // the case in which a leak or a data race was seen first, if it is charged in another
	Func    string   `json:",omitempty"` // the function of the program to look at, "serve"
	Place   string   `json:",omitempty"` // where that is, or where the program failed: "exercises/ex8.1/clock2/clock2.go:26"
	Case    string   `json:",omitempty"` // where the code of the case is: "testutil/suites/clocktest/clocktest.go:310"
	Hints   []string `json:",omitempty"` // the titles of the hints for it, in the order in which to show them
}

// String returns the message after the kind, unless the kind is [Wrong], which the
// message shows by itself; "" for [Passed].
func (v Verdict) String() string {
	switch {
	case v.Kind == Passed:
		return ""
	case v.Message == "":
		return string(v.Kind)
	case v.Kind == Wrong:
		return v.Message
	}
	return string(v.Kind) + ": " + v.Message
}

// Failed reports whether the program was found wrong: v is not Passed, and not one of
// the kinds that say nothing about the program.
func (v Verdict) Failed() bool {
	switch v.Kind {
	case "", Passed, NotChecked, NotRun, GraderProblem:
		return false
	}
	return true
}

// An Error is an error of a certain kind. A case returns it where the kind is not Wrong.
type Error struct {
	Kind  Kind
	About string // as in [Verdict]; "" if the kind decides
	Cause string // as in [Verdict]
	Place string // as in [Verdict]; of a program that runs as a process, without its folder
	Err   error
}

// Errorf returns an error of a kind, with a message as of [fmt.Errorf]. Of kind Passed,
// it is a note on a case that has passed.
func Errorf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Because returns err, of the same kind, with the cause that it has in common with others. It
// returns nil if err is nil.
func Because(cause string, err error) error {
	if err == nil {
		return nil
	}
	v := Of(err)
	return &Error{Kind: v.Kind, About: v.About, Cause: cause, Place: v.Place, Err: err}
}

// Of returns the verdict on a case that has returned err: Passed if that is nil, the
// kind of an [*Error] in it, and otherwise Wrong.
func Of(err error) Verdict {
	if err == nil {
		return Verdict{Kind: Passed}
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return Verdict{Kind: e.Kind, Message: err.Error(), About: e.About, Cause: e.Cause, Place: e.Place}
	}
	return Verdict{Kind: Wrong, Message: err.Error()}
}
