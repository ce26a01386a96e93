package main

import (
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// mfmt sets when a file or directory was last changed: MFMT 20200304150926 rain.txt (it is
// a draft, https://datatracker.ietf.org/doc/html/draft-somers-ftp-mfxx). Clients send it
// after an upload, so that a copy has the time of the file.
func (s *session) mfmt(arg string) {
	value, name, _ := strings.Cut(arg, " ")
	when, err := time.Parse(timestamp, value) // takes fractions of a second too
	if err != nil || name == "" || !storable(when) {
		s.reply(501, "MFMT needs a time such as 20200304150926, and a name")
		return
	}
	file := s.file(name)
	info, err := s.srv.root.Stat(file)
	if err == nil && !listed(info) {
		err = fs.ErrInvalid
	}
	if err == nil {
		err = s.srv.root.Chtimes(file, when, when)
	}
	if err == nil {
		info, err = s.srv.root.Stat(file) // a file system may know fewer times
	}
	if err != nil {
		s.refuse(name, "operation failed", err)
		return
	}
	s.reply(213, fmt.Sprintf("Modify=%s; %s", info.ModTime().UTC().Format(timestamp), name))
}

// storable reports whether package os can set a time: it counts nanoseconds in an int64, which
// go from 1677 to 2262.
func storable(when time.Time) bool { return time.Unix(0, when.UnixNano()).Equal(when) }
