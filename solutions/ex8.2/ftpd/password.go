package main

import (
	"errors"
	"time"
)

var (
	errIdle     = errors.New("you have said nothing for too long")
	errStranger = errors.New("you have not logged in for too long")
)

// patience returns how long the client may take to say something, and the
// error if it does not.
func (s *session) patience() (time.Duration, error) {
	if left := time.Until(s.access.by); !s.access.by.IsZero() && left < s.srv.idle {
		return left, errStranger
	}
	return s.srv.idle, errIdle
}

// welcome returns the text of the greeting, and ask that of the request for a
// password.
func (srv *server) welcome() string {
	if srv.account == nil {
		return "FTP server ready; log in as anonymous with any password"
	}
	return "FTP server ready; log in"
}

func (srv *server) ask() string {
	if srv.account == nil {
		return "Any password is accepted"
	}
	return "and the password?"
}

// admit reports whether the user may come in with the password. If not, it says
// so after a while, in which only this session waits.
func (s *session) admit(password string) bool {
	if s.srv.account == nil || s.srv.account.opens(s.name, password) {
		s.access = access{}
		return true
	}
	s.log.Warn("wrong password", "user", s.name)
	select {
	case <-time.After(failureTime):
	case <-s.srv.ending.Done():
	}
	s.access.failures++
	s.left = s.access.failures == maxFailures
	s.reply(530, "Login incorrect")
	return false
}
