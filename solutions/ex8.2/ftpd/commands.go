package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"time"
)

// handleConn serves the client of conn until it leaves.
func (srv *server) handleConn(conn net.Conn) {
	s := &session{srv: srv, conn: conn, dir: "/", ascii: true,
		access: newAccess(srv.login),
		log:    slog.With("client", conn.RemoteAddr().String()),
		lines:  newLineReader(conn)}
	defer func() { s.conn.Close() }() // by then it may be another: see auth
	defer s.forgetData()
	stop := context.AfterFunc(srv.ctx, func() { // no reply may hold up the end of the server
		conn.SetWriteDeadline(time.Now().Add(time.Second))
	})
	defer stop()
	s.reply(220, srv.welcome())
	start := time.Now()
	for !s.left {
		line, err := s.nextLine()
		if err == io.EOF {
			break // the client has gone
		}
		if err != nil {
			s.reply(421, err.Error())
			break
		}
		s.do(split(line))
	}
	s.log.Info("session", "user", s.name, "took", time.Since(start).Round(time.Millisecond))
}

var errEnding = errors.New("the server ends")

// nextLine returns the next line that the client sends, without its end.
func (s *session) nextLine() (string, error) {
	if s.srv.ending.Err() != nil {
		return "", errEnding
	}
	if len(s.waiting) > 0 {
		line := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.said -= len(line) + 1
		return line, nil
	}
	patience, late := s.patience()
	s.conn.SetReadDeadline(time.Now().Add(patience))
	stop := context.AfterFunc(s.srv.ending, func() { s.conn.SetReadDeadline(longAgo) })
	defer stop()
	line, err := s.lines.next()
	switch {
	case err == nil:
		return line, nil
	case s.srv.ending.Err() != nil:
		return "", errEnding
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "", late
	default:
		return "", io.EOF
	}
}

// do carries out one command and replies to it.
func (s *session) do(verb, arg string) {
	if verb != "RNTO" {
		s.rename = "" // RNTO comes right after RNFR
	}
	if s.refused(verb, arg) {
		return
	}
	switch verb {
	case "USER":
		s.user(arg)
	case "PASS":
		s.pass(arg)
	case "QUIT":
		s.quit()
	case "PWD", "XPWD": // names that begin with X are those of RFC 775; old clients try them
		s.pwd()
	case "CWD", "XCWD":
		s.cwd(arg)
	case "CDUP", "XCUP":
		s.cdup()
	case "PASV":
		s.pasv()
	case "EPSV":
		s.epsv(arg)
	case "LIST":
		s.list(arg)
	case "NLST":
		s.nlst(arg)
	case "RETR":
		s.retr(arg)
	case "TYPE":
		s.typ(arg)
	case "NOOP":
		s.reply(200, "NOOP command successful")
	case "SYST":
		s.reply(215, "UNIX Type: L8") // after any other, Debian's ftp damages binary files
	default:
		s.extra(verb, arg)
	}
}
