package main

import (
	"io/fs"
	"strconv"
)

// mlsd sends the facts of each file of a directory.
func (s *session) mlsd(arg string) {
	if info, err := s.srv.root.Stat(s.file(arg)); err == nil && !info.IsDir() {
		s.reply(501, arg+": not a directory")
		return
	}
	s.sendList("MLSD", arg, func(line []byte, prefix string, info fs.FileInfo) []byte {
		return s.appendFacts(line, info, info.Name())
	})
}

// mlst tells the facts of one file on the control connection.
func (s *session) mlst(arg string) {
	info, err := s.lstat(arg)
	if err != nil || !listed(info) {
		s.refuse(arg, absent, err)
		return
	}
	s.replyLines(250, "Facts:", []string{string(s.appendFacts(nil, info, s.path(arg)))}, "End")
}

// appendFacts appends the facts of a file and its name. Those of perm are what the client may
// try (RFC 3659, 7.5.5): to read, to write and append, to give another name, to remove, and in
// a directory to enter and list it, and to make files and directories.
func (s *session) appendFacts(line []byte, info fs.FileInfo, name string) []byte {
	_, isLink := info.(link)
	if isLink {
		line = append(line, "type=OS.unix=symlink;"...)
	} else if info.IsDir() {
		line = append(line, "type=dir;"...)
	} else {
		line = append(line, "type=file;size="...)
		line = strconv.AppendInt(line, info.Size(), 10)
		line = append(line, ';')
	}
	line = append(line, "modify="...)
	line = info.ModTime().UTC().AppendFormat(line, timestamp)
	line = append(append(line, ";perm="...), s.perm(info)...)
	if !isLink { // a client would give that of the link to what it fetches
		line = append(line, ";unix.mode=0"...)
		line = strconv.AppendUint(line, uint64(info.Mode().Perm()), 8)
	}
	line = append(line, "; "...)
	return append(line, name...)
}

func (s *session) perm(info fs.FileInfo) string {
	switch {
	case info.IsDir() && s.srv.write:
		return "elcmfdp"
	case info.IsDir():
		return "el"
	case s.srv.write:
		return "rwafd"
	}
	return "r"
}
