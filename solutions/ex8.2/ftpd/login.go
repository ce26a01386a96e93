package main

import "strings"

// user takes the client's name. Anybody may come in, but the reply is the
// same for all names until there is a password (RFC 2577, 6).
func (s *session) user(arg string) {
	s.name, s.known = arg, false
	s.reply(331, "any password will do")
}

// pass takes the password, whatever it is.
func (s *session) pass(arg string) {
	if s.name == "" {
		s.reply(503, "say who you are first, with USER")
		return
	}
	s.known = true
	s.reply(230, "come in, "+s.name)
}

// quit says goodbye. The connection is closed when it returns to handleConn.
func (s *session) quit() {
	s.left = true
	s.reply(221, "goodbye")
}

// acct would take the account to charge.
func (s *session) acct(string) {
	s.reply(202, "there are no accounts")
}

// quits reports whether line is the command QUIT.
func quits(line string) bool {
	verb, arg := split(line)
	return verb == "QUIT" && strings.TrimSpace(arg) == ""
}
