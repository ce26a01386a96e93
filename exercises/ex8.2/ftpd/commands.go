package main

import "net"

// handleConn serves the client of conn until it leaves.
func (srv *server) handleConn(conn net.Conn) {
	defer conn.Close()
	// TODO: greet the client with 220; then read its commands, line by line,
	// and do each, until it has said QUIT or gone away.
	_, _ = split, (*session).do
}

// do carries out one command and replies to it.
func (s *session) do(verb, arg string) {
	// TODO: the other commands. TYPE and NOOP need no more than the reply 200, and
	// SYST than 215 UNIX Type: L8. Call these functions, and delete the lines.
	_ = []func(){s.quit, s.pwd, s.cdup, s.pasv}
	_ = []func(arg string){s.cwd, s.epsv, s.list, s.nlst, s.retr}

	switch verb {
	case "USER":
		s.user(arg)
	case "PASS":
		s.pass(arg)
	default:
		s.reply(500, "I do not know that command")
	}
}
