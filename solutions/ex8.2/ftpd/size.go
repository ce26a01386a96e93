package main

import (
	"io/fs"
	"strconv"
	"syscall"
)

// The commands of RFC 3659 tell facts about files in a form that is defined,
// as that of LIST is not.

// timestamp is the form of times, in UTC.
const timestamp = "20060102150405"

// size tells how many bytes RETR would send.
func (s *session) size(arg string) {
	info, err := s.regular(arg)
	switch {
	case err != nil:
		s.refuse(arg, absent, err)
	case s.ascii:
		s.reply(550, "SIZE not allowed in ASCII mode; use TYPE I")
	default:
		s.reply(213, strconv.FormatInt(info.Size(), 10))
	}
}

// mdtm tells when a file was last changed.
func (s *session) mdtm(arg string) {
	info, err := s.regular(arg)
	if err != nil {
		s.refuse(arg, absent, err)
		return
	}
	s.reply(213, info.ModTime().UTC().Format(timestamp))
}

func (s *session) regular(name string) (fs.FileInfo, error) {
	info, err := s.srv.root.Stat(s.file(name))
	switch {
	case err == nil && info.IsDir():
		err = syscall.EISDIR
	case err == nil && !info.Mode().IsRegular():
		err = fs.ErrInvalid
	}
	return info, err
}
