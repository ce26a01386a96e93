package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"syscall"
)

// Uploads go to a file of their own, which gets its name when it is complete. One
// that breaks off leaves all as it was. Only APPE adds to a file where it is.

// stor takes a file, or after REST the rest of one.
func (s *session) stor(arg string) {
	if offset, ok := s.restart(); ok {
		s.upload("STOR", arg, offset)
	}
}

// appe takes more of a file.
func (s *session) appe(arg string) {
	offset := s.offset
	s.offset = 0
	if offset > 0 {
		s.reply(554, "REST is not allowed before APPE; use STOR")
		return
	}
	s.upload("APPE", arg, 0)
}

// stou takes a file under a name that no other has.
func (s *session) stou(string) {
	s.offset = 0
	s.upload("STOU", "ftp-"+rand.Text(), 0)
}

// upload takes a file, of which the first bytes, up to offset, are here already.
func (s *session) upload(verb, arg string, offset int64) {
	root := s.srv.root
	name, info, err := s.target(arg)
	switch {
	case err != nil:
		s.reply(refusal(arg, "cannot be written", err))
		return
	case offset > 0 && (info == nil || offset > info.Size()):
		s.reply(554, "The restart position is beyond the end of the file")
		return
	case verb == "APPE" && info != nil:
		s.grow(arg, name)
		return
	}
	mode := fs.FileMode(0o666)
	if info != nil {
		mode = info.Mode().Perm() // or more people could read it than before
	}
	partial := path.Join(path.Dir(name), partialPrefix+rand.Text())
	f, err := root.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL|largeFile, mode)
	if err != nil {
		s.reply(refusal(arg, "cannot be written", err))
		return
	}
	defer root.Remove(partial) // fails when all has gone well
	defer f.Close()
	lock(f) // see sweep
	up := upload{partial, name, info, offset}
	s.carry(verb+" "+s.path(arg), s.keeping(up, func(t *transfer, conn net.Conn) error {
		if err := copyHead(t.ctx, f, root, name, offset); err != nil {
			return err
		}
		if err := s.receive(t, f, conn); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		s.srv.naming.Lock()
		defer s.srv.naming.Unlock()
		if verb == "APPE" || offset > 0 {
			if err := unchanged(root, name, info); err != nil {
				return err
			}
		}
		return root.Rename(partial, name)
	}))
}

// target returns the name of the file that an upload is for, and what there is to say of
// it, or nil if there is none. Of a link it is the file to which that leads.
func (s *session) target(arg string) (name string, info fs.FileInfo, err error) {
	root, name := s.srv.root, inRoot(s.path(arg))
	info, err = root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return name, nil, nil
	}
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		name, info, err = follow(root, name)
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return "", nil, err
	}
	// Who may not write to a file may still replace it, but should not.
	f, err := root.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK|largeFile, 0)
	if err != nil {
		return "", nil, err
	}
	return name, info, f.Close()
}

// follow returns the name of the file to which a link leads, which is no link itself.
func follow(root *os.Root, link string) (name string, info fs.FileInfo, err error) {
	end, err := root.Stat(link)
	if err != nil {
		return "", nil, err
	}
	name = link
	for range 10 {
		to, err := root.Readlink(name)
		if err != nil {
			return "", nil, err
		}
		name = path.Join(path.Dir(name), to)
		info, err := root.Lstat(name)
		if err != nil {
			return "", nil, err
		}
		if os.SameFile(info, end) {
			return name, info, nil
		}
	}
	return "", nil, fs.ErrInvalid
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

// receive copies what the client sends to w. It returns nil if that is the end of the
// file, and not of the client.
func (s *session) receive(t *transfer, w io.Writer, conn net.Conn) (err error) {
	if s.ascii {
		err = fromASCII(w, steady{conn, t, s.srv.stall})
	} else {
		err = t.copy(w, conn, conn, s.srv.stall)
	}
	if err == nil {
		s.catchUp(t)
		err = t.ctx.Err()
	}
	return err
}

// copyHead copies the first n bytes of the named file to f, unless ctx ends before.
func copyHead(ctx context.Context, f *os.File, root *os.Root, name string, n int64) error {
	if n == 0 {
		return nil
	}
	old, err := root.OpenFile(name, os.O_RDONLY|largeFile, 0)
	if err != nil {
		return err
	}
	defer old.Close()
	for ; n > 0; n -= chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.CopyN(f, old, min(n, chunk)); err != nil {
			return err
		}
	}
	return nil
}

// dele removes a file.
func (s *session) dele(arg string) {
	name := inRoot(s.path(arg))
	info, err := s.srv.root.Lstat(name)
	if err == nil && info.IsDir() {
		err = fs.ErrInvalid
	}
	if err == nil {
		err = s.srv.root.Remove(name)
	}
	s.changed(err, arg, "removed")
}

// mkd makes a directory.
func (s *session) mkd(arg string) {
	dir := s.path(arg)
	if err := s.srv.root.Mkdir(inRoot(dir), 0o777); err != nil {
		s.changed(err, arg, "")
		return
	}
	s.reply(257, quote(dir)+" created")
}

// rmd removes a directory that is empty.
func (s *session) rmd(arg string) {
	name := inRoot(s.path(arg))
	info, err := s.srv.root.Lstat(name)
	if err == nil && (!info.IsDir() || name == ".") {
		err = fs.ErrInvalid
	}
	if err == nil {
		err = s.srv.root.Remove(name)
	}
	s.changed(err, arg, "removed")
}

// rnfr and rnto give a file another name.
func (s *session) rnfr(arg string) {
	name := s.path(arg)
	if _, err := s.srv.root.Lstat(inRoot(name)); err != nil || name == "/" {
		s.reply(refusal(arg, absent, err))
		return
	}
	s.rename = name
	s.reply(350, "File exists, ready for destination name")
}

func (s *session) rnto(arg string) {
	from := s.rename
	s.rename = ""
	if from == "" {
		s.reply(503, "Send RNFR first")
		return
	}
	err := s.srv.root.Rename(inRoot(from), inRoot(s.path(arg)))
	s.changed(err, fmt.Sprintf("%s to %s", from, arg), "renamed")
}

// changed replies to a change of the files.
func (s *session) changed(err error, what, how string) {
	if err != nil {
		s.reply(refusal(what, "operation failed", err))
		return
	}
	s.reply(250, what+" "+how)
}
