package pipenet

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A stream is one direction of a connection, with a bounded socket buffer.
type stream struct {
	mu             sync.Mutex // guards what follows
	changed        sync.Cond  // of mu
	buf            []byte     // written, and not yet read
	store          []byte     // where an empty buf begins
	size           int        // how many bytes buf may hold
	reader, writer side
	reset          bool // the reader has closed and left something unread
}

// A side is the reader's or the writer's side of a stream.
type side struct {
	closed   bool
	deadline time.Time // the zero time for none
	timer    *time.Timer
}

func newStream(size int) *stream {
	s := &stream{size: size}
	s.changed.L = &s.mu
	return s
}

// err returns why a side cannot go on, whatever the other has done.
func (s *side) err() error {
	switch {
	case s.closed:
		return net.ErrClosed
	case !s.deadline.IsZero() && !time.Now().Before(s.deadline):
		return os.ErrDeadlineExceeded
	}
	return nil
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if err := s.reader.err(); err != nil {
			return 0, err
		}
		if len(p) == 0 {
			return 0, nil
		}
		if len(s.buf) > 0 {
			n := copy(p, s.buf)
			s.buf = s.buf[n:] // moving the rest would take long if all of it is read in single bytes
			s.changed.Broadcast()
			return n, nil
		}
		if s.writer.closed {
			return 0, io.EOF
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if err := s.writer.err(); err != nil {
			return n, err
		}
		if s.reader.closed {
			return n, s.broken()
		}
		if free := s.size - len(s.buf); free > 0 && len(p) > 0 {
			k := min(free, len(p))
			if len(s.buf) == 0 {
				s.buf = s.store[:0]
			}
			s.buf = append(s.buf, p[:k]...)
			if cap(s.buf) > cap(s.store) {
				s.store = s.buf
			}
			p, n = p[k:], n+k
			s.changed.Broadcast()
		}
		if len(p) == 0 {
			return n, nil
		}
		s.changed.Wait()
	}
}

// broken returns the error of a write that nothing will read. Like TCP, it says once
// that what was written before is lost.
func (s *stream) broken() error {
	if s.reset {
		s.reset = false
		return Reset
	}
	return Broken
}

func (s *stream) closeReader() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset = len(s.buf) > 0
	s.buf, s.store = nil, nil
	s.close(&s.reader)
}

func (s *stream) closeWriter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close(&s.writer)
}

func (s *stream) close(own *side) {
	own.closed = true
	if own.timer != nil {
		own.timer.Stop()
	}
	s.changed.Broadcast()
}

// setDeadline sets the deadline of a side of s, also for the call that is blocked now.
func (s *stream) setDeadline(own *side, t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own.closed {
		return net.ErrClosed
	}
	own.deadline = t
	s.changed.Broadcast()
	switch {
	case t.IsZero():
		if own.timer != nil {
			own.timer.Stop()
		}
	case own.timer == nil:
		own.timer = time.AfterFunc(time.Until(t), s.wake)
	default:
		own.timer.Reset(time.Until(t))
	}
	return nil
}

// wake lets both sides look at their deadlines.
func (s *stream) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}
