package main

// pwd tells the working directory.
func (s *session) pwd() {
	// TODO: 257 "/poems" is the current directory
}

// cwd changes the working directory.
func (s *session) cwd(arg string) {
	_ = s.path // TODO: 250, or 550 if there is no such directory
}

// cdup goes one directory up. Above the root is the root.
func (s *session) cdup() {
	// TODO
}

// path returns the path of a file as the client sees it: it starts with a slash,
// which stands for the root. The name may be relative to the working directory.
func (s *session) path(name string) string {
	return "" // TODO: package path cleans names
}
