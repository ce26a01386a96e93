package ftptest

import (
	"errors"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/verdict"
)

// A server that does not look at the error of a Read loops without end when its client has left.
// It would keep a processor busy for as long as its process lives, and no case would pass. So such
// a loop ends here, and only the case about clients that leave fails.

// A serverConn is the server's end of a control connection. Its calls must not take a lock of the
// site: that would put what two sessions do in an order, and hide data races.
type serverConn struct {
	net.Conn
	site *site

	failedReads, failedWrites atomic.Int64 // in a row
}

// So many calls in a row may fail before it is clear that the server will go on forever. Of a loop
// that reads and writes, the place of the Read says more.
const (
	maxFailedReads  = 30 // it may log each of them
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

// count counts a call that has failed with err. When so many in a row have failed, it ends the
// goroutine, with its deferred calls. A deadline that has passed may be moved, so it does not count.
func (c *serverConn) count(err error, failed *atomic.Int64, limit int64) {
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		failed.Store(0)
		return
	}
	if failed.Add(1) == limit {
		c.site.spin(verdict.Errorf(verdict.Busy, "%s", goroutine.Busy(string(debug.Stack()))))
		runtime.Goexit()
	}
}

// spin notes where the server loops without end.
func (s *site) spin(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spins == nil {
		s.spins = err
	}
}

// spun returns where a loop of the server was ended; nil if none was.
func (s *site) spun() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spins
}
