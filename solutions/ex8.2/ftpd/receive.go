package main

import (
	"io"
	"time"
)

// receive copies what the client sends to w. It returns nil if that is the end of the
// file, and not of the client.
func (s *session) receive(t *transfer, w io.Writer) (err error) {
	if s.ascii {
		err = fromASCII(w, t)
	} else {
		err = t.copy(w, t.conn)
	}
	if err == nil {
		s.catchUp(t)
		err = t.ctx.Err()
	}
	return err
}

// lastWords returns how long after the end of the data the end of its client may come, after an
// upload that has taken so long. When Linux kills a process, it closes its connections in any
// order, but at the same time. One that ends by itself, as Python does on ^C, may take longer:
// after a long upload a longer wait is no loss.
func lastWords(took time.Duration) time.Duration {
	return min(max(2*time.Millisecond, took/50), 100*time.Millisecond)
}

// catchUp ends watch, and reads what has come until now. A client that is killed in an upload
// closes both connections, and one that gives it up says ABOR and closes that of the
// data: in which order they are read is chance, and it is not the end of a file.
func (s *session) catchUp(t *transfer) {
	s.conn.SetReadDeadline(time.Now().Add(lastWords(time.Since(t.start))))
	t.watching.Wait()
	for t.ctx.Err() == nil && (s.lines.hasLine() || ready(s.conn)) {
		s.conn.SetReadDeadline(time.Now().Add(time.Second)) // the end of the line may be missing
		if !s.hear(t.cancel, t.status) {
			return
		}
	}
}
