package main

// list sends the files of a directory, one a line, as ls -l shows them.
func (s *session) list(arg string) {
	_ = s.connect // TODO: 150, the lines over the data connection, close it, 226
}

// nlst sends only the names.
func (s *session) nlst(arg string) {
	// TODO
}
