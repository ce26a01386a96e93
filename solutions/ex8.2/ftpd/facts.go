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
		s.reply(refusal(arg, absent, err))
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
		s.reply(refusal(arg, absent, err))
		return
	}
	s.reply(213, info.ModTime().UTC().Format(timestamp))
}

func (s *session) regular(name string) (fs.FileInfo, error) {
	info, err := s.srv.root.Stat(inRoot(s.path(name)))
	switch {
	case err == nil && info.IsDir():
		err = syscall.EISDIR
	case err == nil && !info.Mode().IsRegular():
		err = fs.ErrInvalid
	}
	return info, err
}

// mlsd sends the facts of each file of a directory.
func (s *session) mlsd(arg string) {
	if info, err := s.srv.root.Stat(inRoot(s.path(arg))); err == nil && !info.IsDir() {
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
		s.reply(refusal(arg, absent, err))
		return
	}
	s.replyLines(250, "Facts:", []string{string(s.appendFacts(nil, info, s.path(arg)))}, "End")
}

// appendFacts appends the facts of a file and its name. Those of perm are what the client may
// try (RFC 3659, 7.5.5): to read, to write and append, to give another name, to remove, and in
// a directory to enter and list it, and to make files and directories.
func (s *session) appendFacts(line []byte, info fs.FileInfo, name string) []byte {
	if _, isLink := info.(link); isLink {
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
	line = append(line, ";unix.mode=0"...)
	line = strconv.AppendUint(line, uint64(info.Mode().Perm()), 8)
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
