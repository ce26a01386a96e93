package main

import (
	"fmt"
	"io/fs"
)

// stat tells how the session stands, or lists files on the control connection.
func (s *session) stat(arg string) {
	if arg == "" {
		s.replyLines(211, "This session:", []string{"user " + s.name, "directory " + s.dir, "no transfer is under way"}, "End")
		return
	}
	flags, name := s.cutFlags(arg)
	l, err := s.find(name)
	if err != nil {
		s.refuse(arg, absent, err)
		return
	}
	defer l.close()
	s.write(fmt.Sprintf("213-Status of %s\r\n", printable(arg)))
	l.writeTo(replyWriter{s}, func(line []byte, prefix string, info fs.FileInfo) []byte {
		return appendKind(appendLong(append(line, ' '), info), info, flags)
	})
	s.reply(213, "End")
}

// A replyWriter writes the lines of a long reply, of which only a part is in memory.
type replyWriter struct{ s *session }

func (w replyWriter) Write(p []byte) (int, error) {
	w.s.write(string(p)) // if the client has gone, the next Read says so
	return len(p), nil
}
