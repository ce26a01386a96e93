package pipenet

import (
	"net"
	"os"
	"sync/atomic"
	"syscall"
)

// A FailingListener fails some of the calls of Accept, as TCP does when the process has
// too many open files.
type FailingListener struct {
	net.Listener
	failures atomic.Int64 // how many are left
	accepts  atomic.Int64
}

// FailAccepts returns a listener like ln whose next n calls of Accept fail.
func FailAccepts(ln net.Listener, n int) *FailingListener {
	f := &FailingListener{Listener: ln}
	f.failures.Store(int64(n))
	return f
}

// Accept fails with [syscall.EMFILE] in a [*net.OpError], which is Temporary, or accepts.
func (ln *FailingListener) Accept() (net.Conn, error) {
	ln.accepts.Add(1)
	if ln.failures.Add(-1) < 0 {
		return ln.Listener.Accept()
	}
	return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: ln.Addr(), Err: os.NewSyscallError("accept4", syscall.EMFILE)}
}

// Recover lets Accept fail no more.
func (ln *FailingListener) Recover() { ln.failures.Store(0) }

// Accepts returns how often Accept was called.
func (ln *FailingListener) Accepts() int { return int(ln.accepts.Load()) }
