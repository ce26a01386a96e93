package main

import (
	"path"
	"regexp"
	"strings"
)

// pwd tells the working directory.
func (s *session) pwd() {
	s.reply(257, quote(s.dir)+" is the current directory")
}

// cwd changes the working directory.
func (s *session) cwd(arg string) {
	dir := s.path(arg)
	info, err := s.srv.root.Stat(inRoot(dir) + "/.") // fails if nothing in it can be had
	if err != nil || !info.IsDir() {
		s.refuse(arg, absent, err)
		return
	}
	s.dir = dir
	s.reply(250, quote(dir)+" is the current directory")
}

// cdup goes one directory up. Above the root is the root.
func (s *session) cdup() {
	s.cwd("..")
}

// path returns the path of a file as the client sees it: it starts with a slash,
// which stands for the root. The name may be relative to the working directory.
func (s *session) path(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = s.dir + "/" + name
	}
	return path.Clean(name)
}

// quote puts a name in quotes, and doubles those that are in it (RFC 959,
// appendix II).
func quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// file returns the name by which os.Root knows a file that the client names.
func (s *session) file(name string) string {
	name = s.path(name)
	return inRoot(name)
}

// inRoot returns the name by which os.Root knows a path of the client. The name of an upload
// under way becomes one that no file can have.
func inRoot(path string) string {
	switch {
	case path == "/":
		return "."
	case isPartial(path):
		return "\x00"
	}
	return path[1:]
}

// partialPrefix and a text of package crypto/rand are the name of an upload under way.
const partialPrefix = ".ftpd-"

var partialText = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// isPartial reports whether a name is that of an upload under way. It is not listed, and
// clients cannot name it.
func isPartial(name string) bool {
	text, ok := strings.CutPrefix(path.Base(name), partialPrefix)
	return ok && partialText.MatchString(text)
}
