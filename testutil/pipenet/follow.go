package pipenet

import (
	"cmp"
	"net"
	"sync"
	"time"
)

// Follow calls f with all that the other end of client writes, while it writes it. It
// returns the first error of f; [io.EOF] if the other end hangs up; or what Read returns
// when the read deadline of client passes, which is in the past after an error of f.
//
// To read a day of lines so takes half of the time that Read takes, since nobody waits
// for anybody. f must not keep what it is given. client is one that Dial has returned.
func Follow(client net.Conn, f func(p []byte) error) error {
	c := client.(*conn)
	var stopped error // guarded by c.reader.mu
	c.reader.set(func(p []byte) {
		if stopped == nil {
			stopped = f(p)
		}
		if stopped != nil {
			c.SetReadDeadline(time.Unix(0, 0))
		}
	})
	var p [512]byte
	for {
		n, err := c.Read(p[:])
		if n > 0 {
			c.reader.see(p[:n]) // of a write that began before
		}
		if err != nil {
			c.reader.set(nil)
			return cmp.Or(stopped, err)
		}
	}
}

// A follower sees what is written in one direction of a connection.
type follower struct {
	mu sync.Mutex // guards f, and is held over it
	f  func(p []byte)
}

func (fl *follower) set(f func(p []byte)) {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	fl.f = f
}

// see reports whether somebody follows, and has seen p.
func (fl *follower) see(p []byte) bool {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	if fl.f == nil {
		return false
	}
	traffic.Add(1)
	fl.f(p)
	return true
}
