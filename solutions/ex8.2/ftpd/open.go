package main

import (
	"io/fs"
	"os"
	"syscall"
)

// open opens a file or directory to be read. What is neither, such as a named
// pipe, is refused, without waiting for its writer.
func (s *session) open(name string) (*os.File, fs.FileInfo, error) {
	f, err := s.srv.root.OpenFile(s.file(name), os.O_RDONLY|syscall.O_NONBLOCK|largeFile, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// A link is a symbolic link in a listing. It must not look like the directory that it
// leads to: a client that removes a tree would empty that, and one that fetches
// a tree might go round forever.
type link struct {
	fs.FileInfo // of the link itself
	target      string
}

// lstat returns what there is to say of a file. That of a link is a link, if the client
// could have what it leads to.
func (s *session) lstat(name string) (fs.FileInfo, error) {
	name = s.file(name)
	info, err := s.srv.root.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return info, err
	}
	to, err := s.srv.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !listed(to) {
		return nil, fs.ErrInvalid
	}
	target, err := s.srv.root.Readlink(name)
	return link{info, target}, err
}

// listed reports whether the client may see a file: it is a file or a directory, or leads
// to one.
func listed(info fs.FileInfo) bool {
	_, isLink := info.(link)
	return isLink || info.IsDir() || info.Mode().IsRegular()
}
