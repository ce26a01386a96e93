package main

import "fmt"

// rnfr and rnto give a file another name.
func (s *session) rnfr(arg string) {
	name := s.path(arg)
	if _, err := s.srv.root.Lstat(inRoot(name)); err != nil || name == "/" {
		s.refuse(arg, absent, err)
		return
	}
	s.rename = name
	s.reply(350, "File exists, ready for destination name")
}

func (s *session) rnto(arg string) {
	from := s.rename
	s.rename = ""
	if from == "" {
		s.reply(503, "Send RNFR first")
		return
	}
	err := s.srv.root.Rename(inRoot(from), s.file(arg))
	s.changed(err, fmt.Sprintf("%s to %s", from, arg), "renamed")
}
