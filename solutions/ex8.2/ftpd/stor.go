package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
)

// Uploads go to a file of their own, which gets its name when it is complete. One
// that breaks off leaves all as it was. Only APPE adds to a file where it is.

// stor takes a file, or after REST the rest of one.
func (s *session) stor(arg string) {
	offset, ok := s.restart()
	if !ok {
		return
	}
	if to, ok := s.findTarget(arg); ok {
		s.upload("STOR", to, offset)
	}
}

// stou takes a file under a name that no other has.
func (s *session) stou() {
	if !s.fromStart("STOU") {
		return
	}
	if to, ok := s.findTarget("ftp-" + rand.Text()); ok {
		s.upload("STOU", to, 0)
	}
}

// upload takes a file, of which the first bytes, up to offset, are here already.
func (s *session) upload(verb string, to target, offset int64) {
	if offset > 0 && (to.before == nil || offset > to.before.Size()) {
		s.reply(554, "The restart position is beyond the end of the file")
		return
	}
	mode := fs.FileMode(0o666)
	if to.before != nil {
		mode = to.before.Mode().Perm() // or more people could read it than before
	}
	dir, err := s.srv.root.OpenRoot(path.Dir(to.name))
	if err != nil {
		s.refuse(to.arg, "cannot be written", err)
		return
	}
	defer dir.Close()
	up := upload{to, dir, path.Base(to.name), partialPrefix + rand.Text(), offset}
	f, err := dir.OpenFile(up.partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL|largeFile, mode)
	if err != nil {
		s.refuse(to.arg, "cannot be written", err)
		return
	}
	defer dir.Remove(up.partial) // fails when all has gone well
	defer f.Close()
	if to.before != nil {
		keepOwner(f, to.before)
		f.Chmod(mode) // whatever the umask
	}
	lock(f) // see sweep
	t := s.begin(verb, s.path(to.arg), "")
	if t == nil {
		return
	}
	err = s.store(t, f, up)
	if err != nil && s.kept(t, up, err) {
		err = errors.Join(errKept, err)
	}
	s.finish(t, err)
}

// store copies what the client sends to f, and gives f its name.
func (s *session) store(t *transfer, f *os.File, up upload) error {
	if err := copyHead(t.ctx, f, up.dir, up.base, up.offset); err != nil {
		return err
	}
	if err := s.receive(t, f); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	s.srv.naming.Lock()
	defer s.srv.naming.Unlock()
	if up.offset > 0 || up.before == nil && t.verb == "APPE" {
		if err := unchanged(up.dir, up.base, up.before); err != nil {
			return err
		}
	}
	return up.dir.Rename(up.partial, up.base)
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
