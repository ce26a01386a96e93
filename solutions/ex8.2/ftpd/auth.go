package main

import (
	"context"
	"crypto/tls"
	"strings"
	"time"
)

// tlsFeatures returns what FEAT lists of TLS.
func (srv *server) tlsFeatures() []string {
	if srv.tls == nil {
		return nil
	}
	return []string{"AUTH TLS", "PBSZ", "PROT"}
}

// auth goes on in TLS, with a new beginning: the client must log in again.
func (s *session) auth(arg string) {
	switch {
	case s.srv.tls == nil:
		s.reply(502, "TLS is not available")
		return
	case s.security.control:
		s.reply(503, "TLS is already active")
		return
	case !strings.EqualFold(arg, "TLS") && !strings.EqualFold(arg, "TLS-C"):
		s.reply(504, "Only AUTH TLS is supported")
		return
	case len(s.waiting) > 0 || s.lines.begun():
		// Who knows who has sent this: the client itself waits for the reply. As it
		// comes before the handshake, it must not count as said after it.
		s.reply(421, "Data came before the reply to AUTH")
		s.left = true
		return
	}
	s.reply(234, "Proceed with negotiation")
	patience, _ := s.patience()
	ctx, cancel := context.WithTimeout(s.srv.ending, patience)
	defer cancel()
	s.conn.SetReadDeadline(time.Time{}) // that of finish, if this has waited for a transfer
	conn := tls.Server(s.conn, s.srv.tls)
	if err := conn.HandshakeContext(ctx); err != nil {
		s.log.Warn("handshake", "err", err)
		s.left = true // no reply would be understood
		return
	}
	s.conn, s.lines = conn, newLineReader(conn)
	s.security.control = true
	s.forget()
}

// pbsz sets the size of a buffer, of which TLS has no need. RFC 4217, 8, wants it
// all the same.
func (s *session) pbsz() {
	if !s.security.control {
		s.reply(503, "Send AUTH TLS first")
		return
	}
	s.security.sized = true
	s.reply(200, "PBSZ=0")
}

// prot sets whether data connections are of TLS (P) or not (C).
func (s *session) prot(arg string) {
	switch level := strings.ToUpper(arg); {
	case !s.security.sized:
		s.reply(503, "Send PBSZ 0 first")
	case level == "C" && s.srv.tlsOnly:
		s.reply(534, "Data connections require TLS")
	case level == "C" || level == "P":
		s.security.data = level == "P"
		s.reply(200, "protection "+level)
	case level == "S" || level == "E":
		s.reply(536, "Only PROT P and PROT C are supported in TLS")
	default:
		s.reply(504, "Only the levels P and C are supported")
	}
}
