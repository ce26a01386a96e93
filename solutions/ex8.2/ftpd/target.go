package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// A target is where an upload goes.
type target struct {
	arg    string      // as the client names it
	name   string      // as os.Root does; for a link, that of the file to which it leads
	before fs.FileInfo // of the file that has the name, or nil
}

// An upload is a file that is on its way to a name.
type upload struct {
	target
	dir     *os.Root // the directory of both names, wherever another client moves it
	base    string   // the name
	partial string   // that of the file until then
	offset  int64    // how much of the old file it begins with
}

// findTarget returns the target of an upload. If nothing can be written there, it says so to
// the client.
func (s *session) findTarget(arg string) (to target, ok bool) {
	to, err := s.lookUp(target{arg: arg, name: s.file(arg)})
	if err != nil {
		s.refuse(arg, "cannot be written", err)
		return to, false
	}
	return to, true
}

// lookUp completes a target of which the name is known.
func (s *session) lookUp(to target) (target, error) {
	root := s.srv.root
	info, err := root.Lstat(to.name)
	if errors.Is(err, fs.ErrNotExist) {
		return to, nil
	}
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		to.name, info, err = follow(root, to.name)
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return to, err
	}
	to.before = info
	// Who may not write to a file may still replace it, but should not.
	f, err := root.OpenFile(to.name, os.O_WRONLY|syscall.O_NONBLOCK|largeFile, 0)
	if err != nil {
		return to, err
	}
	return to, f.Close()
}

// follow returns the name of the file to which a link leads. There is no link in any part of
// that name.
func follow(root *os.Root, link string) (name string, info fs.FileInfo, err error) {
	end, err := root.Stat(link)
	if err != nil {
		return "", nil, err
	}
	name = "."
	rest := strings.Split(link, "/")
	for links := 0; len(rest) > 0; {
		to, err := root.Readlink(path.Join(name, rest[0]))
		if err != nil { // it is no link
			name, rest = path.Join(name, rest[0]), rest[1:]
			continue
		}
		if links++; links > 40 {
			return "", nil, fs.ErrInvalid
		}
		rest = slices.Concat(strings.Split(filepath.ToSlash(to), "/"), rest[1:])
	}
	info, err = root.Lstat(name)
	if err == nil && !os.SameFile(info, end) {
		err = fs.ErrInvalid
	}
	return name, info, err
}

// unchanged returns an error if the named file is not what it was before, or if there is
// one and there was none: an upload that went on after its bytes would undo the change.
// To be the same file is not enough, as a file system may give the number of one that has
// been replaced to the next.
func unchanged(root *os.Root, name string, before fs.FileInfo) error {
	now, err := root.Lstat(name)
	switch {
	case before == nil && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case before != nil && os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime()):
		return nil
	}
	return &fs.PathError{Op: "add to", Path: name, Err: errors.New("it has changed during the upload")}
}
