package main

import (
	"fmt"
	"io"
	"strconv"
)

// retr sends a file.
func (s *session) retr(arg string) {
	offset, ok := s.restart()
	if !ok {
		return
	}
	f, info, err := s.open(arg)
	if err != nil {
		s.refuse(arg, absent, err)
		return
	}
	defer f.Close()
	switch {
	case info.IsDir():
		s.reply(550, arg+": is a directory")
		return
	case offset > info.Size():
		s.reply(554, "The file has only "+strconv.FormatInt(info.Size(), 10)+" bytes")
		return
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		s.reply(451, "Cannot read the file from that position")
		return
	}
	var size string
	if !s.ascii {
		size = fmt.Sprintf(" (%d bytes)", info.Size()-offset) // some clients ask for no SIZE
	}
	t := s.begin("RETR", s.path(arg), size)
	if t == nil {
		return
	}
	if s.ascii {
		err = toASCII(t, f)
	} else {
		err = t.copy(t.conn, f)
	}
	if err == nil {
		err = whole(f, info.Size())
	}
	s.finish(t, err)
}
