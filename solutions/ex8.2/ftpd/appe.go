package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// appe takes more of a file.
func (s *session) appe(arg string) {
	if !s.fromStart("APPE") {
		return
	}
	to, ok := s.findTarget(arg)
	switch {
	case !ok:
	case to.before == nil:
		s.upload("APPE", to, 0)
	default:
		s.grow(to)
	}
}

// grow adds to a file where it is, as a program adds to its log: who reads the file sees
// what is new, and the file keeps its owner and its other names. One client at a time may.
func (s *session) grow(to target) {
	root := s.srv.root
	f, err := root.OpenFile(to.name, os.O_WRONLY|os.O_APPEND|syscall.O_NONBLOCK|largeFile, 0)
	if err != nil {
		s.refuse(to.arg, "cannot be written", err)
		return
	}
	defer f.Close()
	if !lock(f) {
		s.reply(450, to.arg+": file busy; try again later")
		return
	}
	before, err := f.Stat()
	if err != nil || !before.Mode().IsRegular() {
		s.refuse(to.arg, "cannot be written", err)
		return
	}
	t := s.begin("APPE", s.path(to.arg), "")
	if t == nil {
		return
	}
	end := &tail{f: f}
	err = s.receive(t, end)
	if err == nil {
		err = stillThere(root, to.name, before)
	}
	if err != nil && (s.keeps() || !end.cut(before.Size())) {
		err = errors.Join(errKept, err)
	}
	f.Close() // and unlock it, before the client reads the last reply
	s.finish(t, err)
}

// stillThere returns an error if the named file is another than before: what was added
// to that is lost.
func stillThere(root *os.Root, name string, before fs.FileInfo) error {
	now, err := root.Lstat(name)
	if err == nil && !os.SameFile(now, before) {
		err = &fs.PathError{Op: "add to", Path: name, Err: errors.New("it was replaced after it was opened")}
	}
	return err
}

// A tail writes to the end of a file, and knows how much that was.
type tail struct {
	f *os.File
	n int64
}

func (t *tail) Write(p []byte) (int, error) {
	n, err := t.f.Write(p)
	t.n += int64(n)
	return n, err
}

// cut makes the file end again where it did. It reports whether it could: what another
// program has added stays.
func (t *tail) cut(end int64) bool {
	now, err := t.f.Stat()
	return err == nil && now.Size() == end+t.n && t.f.Truncate(end) == nil
}
