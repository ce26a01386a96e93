package suite

import "fmt"

// Returned is the error of a server whose serve has returned before its listener was closed.
type Returned struct {
	Err      error // what serve returned
	Failures int   // how often the test had made Accept fail before
	Closed   bool  // by the program: its own listener
}

func (r Returned) Unwrap() error { return r.Err }

func (r Returned) Error() string {
	what := "serve returned nil"
	if r.Err != nil {
		what = fmt.Sprintf("serve returned the error %q", r.Err)
	}
	switch r.Failures {
	case 0:
		if r.Closed {
			return what + "; its listener was closed, by the program and not by the test"
		}
		return what + ", but its listener is still open"
	case 1:
		return fmt.Sprintf("the test made Accept fail once, and %s; want serve to log the error and to call Accept again", what)
	default:
		return fmt.Sprintf("the test made Accept fail %d times, and %s; want serve to call Accept again each time", r.Failures, what)
	}
}
