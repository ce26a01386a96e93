package ftptest

import (
	"errors"
	"net"
	"os"
	"runtime"
	"runtime/debug"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/verdict"
)

// A server that does not look at the error of a Read loops without end when its client has left.
// It would keep a processor busy for as long as its process lives, and no case would pass. So such
// a loop ends here, and only the case about clients that leave fails.

// A serverConn is the server's end of a control connection.
type serverConn struct {
	net.Conn
	site *site

	failedReads, failedWrites int // in a row; guarded by site.mu
}

// So many calls in a row may fail before it is clear that the server will go on forever. Of a loop
// that reads and writes, the place of the Read says more.
const (
	maxFailedReads  = 1000
	maxFailedWrites = 10 * maxFailedReads
)

func (c *serverConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.count(err, &c.failedReads, maxFailedReads)
	return n, err
}

func (c *serverConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.count(err, &c.failedWrites, maxFailedWrites)
	return n, err
}

// count counts a call that has failed with err. It ends the goroutine, with its deferred calls, if
// most of them have failed. A deadline that has passed may be moved, so it does not count.
func (c *serverConn) count(err error, failed *int, most int) {
	s := c.site
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		*failed = 0
		return
	}
	if *failed++; *failed == most {
		if s.spins == nil {
			s.spins = verdict.Errorf(verdict.Busy, "%s", goroutine.Busy(string(debug.Stack())))
		}
		runtime.Goexit()
	}
}

// spun reports whether a loop of the server was ended.
func (s *site) spun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spins != nil
}
