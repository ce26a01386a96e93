package main

// rein logs the client out. It may log in again (RFC 959, 4.1.1).
func (s *session) rein() {
	if s.security.control {
		s.reply(502, "REIN is not supported in TLS; connect again") // RFC 4217, 11, wants TLS to end
		return
	}
	s.forget()
	s.reply(220, s.srv.welcome())
}

// forget undoes what the client has said, as if it came now.
func (s *session) forget() {
	s.name, s.known = "", false
	s.dir, s.ascii, s.offset, s.onlyEP = "/", true, 0, false
	s.forgetData()
}
