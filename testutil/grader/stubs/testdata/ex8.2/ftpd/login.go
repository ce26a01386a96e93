package main

// user takes the client's name. Any user may log in.
func (s *session) user(arg string) {
	// TODO: 331, any password will do
}

// pass takes the password, whatever it is.
func (s *session) pass(arg string) {
	// TODO: 230, come in
}

// quit says goodbye. The connection is closed when it returns to handleConn.
func (s *session) quit() {
	// TODO: 221, goodbye
}
