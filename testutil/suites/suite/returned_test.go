package suite_test

import (
	"errors"
	"testing"

	"example.com/workbook/testutil/suites/suite"
)

func TestReturnedSaysWhatTheTestDidToAccept(t *testing.T) {
	full := errors.New("too many open files")
	for _, tt := range []struct {
		err  suite.Returned
		want string
	}{
		{suite.Returned{}, "serve returned nil, but its listener is still open"},
		{suite.Returned{Err: full}, `serve returned the error "too many open files", but its listener is still open`},
		{suite.Returned{Closed: true}, "serve returned nil; its listener was closed, by the program and not by the test"},
		{suite.Returned{Failures: 1}, "the test made Accept fail once, and serve returned nil; want serve to log the error and to call Accept again"},
		{suite.Returned{Err: full, Failures: 26}, `the test made Accept fail 26 times, and serve returned the error "too many open files"; want serve to call Accept again each time`},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%#v.Error() = %q, want %q", tt.err, got, tt.want)
		}
	}
	if !errors.Is(suite.Returned{Err: full}, full) {
		t.Error("a Returned does not wrap the error of serve")
	}
}
