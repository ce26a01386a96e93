package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"syscall"
)

// grow adds to a file where it is, as a program adds to its log: who reads the file sees
// what is new, and the file keeps its owner and its other names. One client at a time may.
func (s *session) grow(arg, name string) {
	root := s.srv.root
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_APPEND|syscall.O_NONBLOCK|largeFile, 0)
	if err != nil {
		s.reply(refusal(arg, "cannot be written", err))
		return
	}
	defer f.Close()
	if !lock(f) {
		s.reply(450, arg+": file busy; try again later")
		return
	}
	before, err := f.Stat()
	if err != nil || !before.Mode().IsRegular() {
		s.reply(refusal(arg, "cannot be written", err))
		return
	}
	s.carry("APPE "+s.path(arg), func(t *transfer, conn net.Conn) error {
		defer f.Close() // and unlock it, before the client hears that this is over
		end := &tail{f: f}
		err := s.receive(t, end, conn)
		if err == nil {
			err = stillThere(root, name, before)
		}
		if err != nil && (s.keeps() || !end.cut(before.Size())) {
			err = errors.Join(errKept, err)
		}
		return err
	})
}

// errKept is that of an APPE that has broken off, if it cannot be undone.
var errKept = errors.New("the received part is in the file")

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
