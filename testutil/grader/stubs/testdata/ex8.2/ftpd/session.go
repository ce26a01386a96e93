package main

import "net"

// A session is the visit of one client.
type session struct {
	srv  *server
	conn net.Conn // the control connection
	dir  string   // the working directory as the client sees it: "/", "/poems"
	// TODO: how to get the next data connection, when you come to part 3
}

// split returns the verb of a command, in upper case, and its argument, which
// may hold spaces.
func split(line string) (verb, arg string) {
	return "", ""
}

// reply sends a reply: a code of RFC 959, 4.2, and a text of one line.
func (s *session) reply(code int, text string) {
	// TODO
}
