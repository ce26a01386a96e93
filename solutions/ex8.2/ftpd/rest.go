package main

import "strconv"

// rest sets where the next transfer starts (RFC 3659, 5).
func (s *session) rest(arg string) {
	offset, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || offset < 0 {
		s.reply(501, "REST needs a number of bytes")
		return
	}
	if offset > 0 && s.ascii {
		s.reply(501, noText)
		return
	}
	s.offset = offset
	s.reply(350, "Restarting at "+arg)
}

// noText is why REST goes with TYPE I only: it counts the bytes that are sent, and for text
// those of the file are others.
const noText = "REST counts the bytes of a file as it is; use TYPE I"

// restart returns where the transfer starts that comes now. If it cannot start there, it
// says so to the client.
func (s *session) restart() (offset int64, ok bool) {
	offset, s.offset = s.offset, 0
	if offset > 0 && s.ascii {
		s.reply(554, noText)
		return 0, false
	}
	return offset, true
}

// fromStart reports whether a command that has no use for a start position has none, and
// replies if it has.
func (s *session) fromStart(verb string) bool {
	offset := s.offset
	s.offset = 0
	if offset > 0 {
		s.reply(554, "REST is not allowed before "+verb+"; use STOR")
	}
	return offset == 0
}
