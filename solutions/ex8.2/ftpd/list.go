package main

import "io/fs"

// list sends the files of a directory, one a line, as ls -l shows them.
func (s *session) list(arg string) {
	flags, name := s.cutFlags(arg)
	s.sendList("LIST", name, func(line []byte, prefix string, info fs.FileInfo) []byte {
		return appendKind(appendLong(line, info), info, flags)
	})
}

// nlst sends only the names.
func (s *session) nlst(arg string) {
	flags, name := s.cutFlags(arg)
	s.sendList("NLST", name, func(line []byte, prefix string, info fs.FileInfo) []byte {
		return appendKind(append(append(line, prefix...), info.Name()...), info, flags)
	})
}

// sendList sends a line for each file that arg stands for, which add appends to an
// empty one. The prefix turns a file's name into one that means it in the working
// directory.
func (s *session) sendList(verb, arg string, add func(line []byte, prefix string, info fs.FileInfo) []byte) {
	s.offset = 0 // REST is for the next transfer, and this is one
	l, err := s.find(arg)
	if err != nil {
		s.refuse(arg, absent, err)
		return
	}
	defer l.close()
	t := s.begin(verb, s.path(l.dir), "")
	if t == nil {
		return
	}
	s.finish(t, l.writeTo(t, add))
}
