package main

import (
	"errors"
	"syscall"
)

// absent is what a client reads about a file that it cannot have. It does not tell
// whether there is such a file.
const absent = "no such file or directory"

// refuse replies to a command about a file that has failed with err: the reason, or that
// the client may try again, as the file has nothing to do with it.
func (s *session) refuse(name, reason string, err error) {
	switch {
	case errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE):
		s.reply(450, name+": too many files are open; try again later")
	case errors.Is(err, syscall.EISDIR):
		s.reply(550, name+": is a directory")
	case errors.Is(err, syscall.ENOTDIR):
		s.reply(550, name+": not a directory")
	default:
		s.reply(550, name+": "+reason)
	}
}

// changed replies to a change of the files that has gone well, or failed with err.
func (s *session) changed(err error, what, how string) {
	if err != nil {
		s.refuse(what, "operation failed", err)
		return
	}
	s.reply(250, what+" "+how)
}
