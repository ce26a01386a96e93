package main

import (
	"errors"
	"io/fs"
	"net"
)

// With -keep, an upload that breaks off stays as far as it has come, so that the client can ask
// for its SIZE, and go on there with REST and STOR (RFC 3659, 5.4) or with APPE.

// keeps reports whether a broken upload stays. One of text does not: there is no way
// to go on with it.
func (s *session) keeps() bool { return s.srv.keep && !s.ascii }

// An upload is a file that is on its way to a name.
type upload struct {
	partial, name string
	before        fs.FileInfo // of the file that has the name, or nil
	offset        int64       // how much of that it begins with
}

// keeping returns move, or with -keep a move that does the same, and gives up its name if
// move fails.
func (s *session) keeping(up upload, move func(t *transfer, conn net.Conn) error) func(t *transfer, conn net.Conn) error {
	if !s.keeps() {
		return move
	}
	return func(t *transfer, conn net.Conn) error {
		err := move(t, conn)
		full := errors.Is(err, diskFull) || errors.Is(err, overQuota) // and needs the space
		if err != nil && !full && t.moved.Load() > 0 && s.srv.nameKept(up) {
			err = errors.Join(errKept, err)
		}
		return err
	}
}

// nameKept gives a broken upload its name, and reports whether it could. It replaces no
// file but the shorter part of itself.
func (srv *server) nameKept(up upload) bool {
	if up.before != nil && up.offset < up.before.Size() {
		return false
	}
	srv.naming.Lock()
	defer srv.naming.Unlock()
	return unchanged(srv.root, up.name, up.before) == nil && srv.root.Rename(up.partial, up.name) == nil
}
