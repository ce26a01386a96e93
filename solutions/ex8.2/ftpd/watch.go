package main

import (
	"context"
	"errors"
	"os"
)

// maxWaiting is how many bytes of commands may wait for those before them. A client
// that says NOOP every half a minute gets there in days.
const maxWaiting = 64 << 10

// watch reads what the client says while a transfer is under way, until its time is up or the
// client has gone. It cancels the transfer on ABOR; status is what STAT tells.
func (s *session) watch(cancel context.CancelCauseFunc, status func() []string) {
	for s.hear(cancel, status) {
	}
}

// hear reads a line while a transfer is under way. It carries out ABOR and STAT, and keeps
// all else for later. It returns false if there is no more to hear.
func (s *session) hear(cancel context.CancelCauseFunc, status func() []string) bool {
	if n := len(s.waiting); s.said >= maxWaiting || n > 0 && quits(s.waiting[n-1]) {
		return false // who has said QUIT may go
	}
	line, err := s.lines.next()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	if err != nil {
		cancel(errGone)
		return false
	}
	switch verb, arg := split(line); {
	case verb == "ABOR":
		cancel(errAborted)
	case verb == "STAT" && arg == "" && len(s.waiting) == 0: // none waits that came before
		s.replyLines(211, "A transfer is under way:", status(), "End")
		return true
	}
	s.waiting = append(s.waiting, line)
	s.said += len(line) + 1 // an empty one is kept too
	return true
}

// abor replies to ABOR. The transfer that it is about has ended: hear has seen to that.
func (s *session) abor() {
	s.forgetData()
	s.reply(226, "No transfer to abort")
}
