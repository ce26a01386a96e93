package main

import "io/fs"

// mkd makes a directory.
func (s *session) mkd(arg string) {
	dir := s.path(arg)
	if err := s.srv.root.Mkdir(inRoot(dir), 0o777); err != nil {
		s.changed(err, arg, "")
		return
	}
	s.reply(257, quote(dir)+" created")
}

// rmd removes a directory that is empty.
func (s *session) rmd(arg string) {
	name := s.file(arg)
	info, err := s.srv.root.Lstat(name)
	if err == nil && (!info.IsDir() || name == ".") {
		err = fs.ErrInvalid
	}
	if err == nil {
		err = s.srv.root.Remove(name)
	}
	s.changed(err, arg, "removed")
}
