package main

import "errors"

// With -keep, an upload that breaks off stays as far as it has come, so that the client can ask
// for its SIZE, and go on there with REST and STOR (RFC 3659, 5.4) or with APPE.

// keeps reports whether a broken upload stays. One of text does not: there is no way
// to go on with it.
func (s *session) keeps() bool { return s.srv.keep && !s.ascii }

// kept gives an upload that has failed with err its name, with -keep, and reports whether it
// has. It replaces no file but the shorter part of itself. If the disk is full, that needs
// the space.
func (s *session) kept(t *transfer, up upload, err error) bool {
	full := errors.Is(err, diskFull) || errors.Is(err, overQuota)
	replaces := up.before != nil && up.offset < up.before.Size()
	if !s.keeps() || full || replaces || t.moved.Load() == 0 {
		return false
	}
	s.srv.naming.Lock()
	defer s.srv.naming.Unlock()
	return unchanged(up.dir, up.base, up.before) == nil && up.dir.Rename(up.partial, up.base) == nil
}
