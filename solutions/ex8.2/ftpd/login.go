package main

import "strings"

// user takes the client's name. The reply is the same for all names (RFC 2577, 6).
func (s *session) user(arg string) {
	s.name, s.known = arg, false
	s.reply(331, s.srv.ask())
}

// pass takes the password: whatever it is, unless there is an account.
func (s *session) pass(arg string) {
	if s.name == "" {
		s.reply(503, "Login with USER first")
		return
	}
	if !s.admit(arg) {
		return
	}
	s.known = true
	s.reply(230, "User "+s.name+" logged in")
}

// quit says goodbye. The connection is closed when it returns to handleConn.
func (s *session) quit() {
	s.left = true
	s.reply(221, "Goodbye")
}

// quits reports whether line is the command QUIT.
func quits(line string) bool {
	verb, arg := split(line)
	return verb == "QUIT" && strings.TrimSpace(arg) == ""
}
