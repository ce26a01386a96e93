package main

import "io/fs"

// dele removes a file.
func (s *session) dele(arg string) {
	name := s.file(arg)
	info, err := s.srv.root.Lstat(name)
	if err == nil && info.IsDir() {
		err = fs.ErrInvalid
	}
	if err == nil {
		err = s.srv.root.Remove(name)
	}
	s.changed(err, arg, "removed")
}
