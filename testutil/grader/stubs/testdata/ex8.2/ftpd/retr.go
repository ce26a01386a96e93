package main

// retr sends a file.
func (s *session) retr(arg string) {
	// TODO: 150, the bytes over the data connection, close it, 226
}
