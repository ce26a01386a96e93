package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// This is FTP over TLS (RFC 4217): after AUTH TLS the control connection is one of
// TLS, and after PROT P so is each data connection.

// loadTLS returns how to speak TLS with the certificate and the key in two
// files, in PEM. Without files it returns nil.
func loadTLS(cert, key string) (*tls.Config, error) {
	switch {
	case cert == "" && key == "":
		return nil, nil
	case cert == "" || key == "":
		return nil, errors.New("-tls-cert and -tls-key want each other")
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("-tls-cert %s and -tls-key %s: %w", cert, key, err)
	}
	return newTLS(pair), nil
}

func newTLS(pair tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}

// forData returns how to speak TLS on data connections: without tickets that let a client
// resume its session. One that only uploads may close before it has read its ticket, and
// then TCP resets the connection. On the control connection there must be one, or
// PHP makes no data connection.
func forData(control *tls.Config) *tls.Config {
	data := control.Clone()
	data.SessionTicketsDisabled = true
	return data
}

// Security is which connections of a session are of TLS.
type security struct {
	control bool // by AUTH TLS
	sized   bool // by PBSZ, which must come before PROT
	data    bool // by PROT P
}

// tlsFeatures returns what FEAT lists of this file.
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
func (s *session) pbsz(string) {
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

// secured returns move, or after PROT P a move that does the same over TLS. Only one
// that has gone well ends in TLS too, so that the client sees if a third party has cut the
// connection.
func (s *session) secured(move func(t *transfer, conn net.Conn) error) func(t *transfer, conn net.Conn) error {
	if !s.security.data {
		return move
	}
	return func(t *transfer, raw net.Conn) error {
		under := &endConn{Conn: raw}
		conn := wholeConn{tls.Server(under, forData(s.srv.tls)), under}
		raw.SetDeadline(time.Now().Add(dataTime))
		if err := conn.HandshakeContext(t.ctx); err != nil {
			return fmt.Errorf("handshake: %w", err)
		}
		if err := move(t, conn); err != nil {
			return err
		}
		return conn.CloseWrite()
	}
}

// A wholeConn is a data connection of TLS whose Read returns io.EOF only if the other
// side has ended it in TLS. That of package tls does so too if a third party has cut the
// connection between two records.
type wholeConn struct {
	*tls.Conn
	under *endConn
}

func (c wholeConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.EOF && c.under.ended {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// An endConn is the connection below it, and knows whether its end has been read.
type endConn struct {
	net.Conn
	ended bool
}

func (c *endConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.ended = c.ended || err == io.EOF
	return n, err
}
