package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"
)

// A session is the visit of one client. The goroutine of handleConn serves it.
// During a transfer there is another, that of watch, since the client may say ABOR.
type session struct {
	srv  *server
	conn net.Conn // the control connection
	log  *slog.Logger

	name   string // of the user; "" before USER
	known  bool   // PASS, or a USER that needs none, has been accepted
	dir    string // the working directory as the client sees it: "/", "/poems"
	ascii  bool   // TYPE A: newlines change on the way
	offset int64  // by REST, where the next transfer starts
	length string // how long the file is that is sent next, as the reply 150 says it
	rename string // by RNFR, the path that RNTO is about
	data   dialer // by PASV and the like, how to get the next data connection
	onlyEP bool   // by EPSV ALL, no other command may ask for a data connection
	left   bool   // after QUIT

	access   access   // by USER and PASS
	security security // by AUTH, PBSZ and PROT

	lines    *lineReader // reads what the client says
	waiting  []string    // what it has said during the last transfer
	said     int         // how many bytes that is
	transfer *transfer   // the last
}

// handleConn serves the client of conn until it leaves.
func (srv *server) handleConn(conn net.Conn) {
	s := &session{srv: srv, conn: conn, dir: "/", ascii: true,
		access: newAccess(srv.login),
		log:    slog.With("client", conn.RemoteAddr().String()),
		lines:  newLineReader(conn)}
	defer func() { s.conn.Close() }() // by then it may be another: see auth
	defer s.forgetData()
	defer context.AfterFunc(srv.ctx, func() { // no reply may hold up the end of the server
		conn.SetWriteDeadline(time.Now().Add(time.Second))
	})()
	s.reply(220, srv.welcome())
	start := time.Now()
	for !s.left {
		line, err := s.next()
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

var (
	errIdle   = errors.New("you have said nothing for too long")
	errEnding = errors.New("the server ends")
)

// next returns the next line that the client sends, without its end.
func (s *session) next() (string, error) {
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
	defer context.AfterFunc(s.srv.ending, func() { s.conn.SetReadDeadline(longAgo) })()
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

// longAgo is a deadline that ends a Read at once.
var longAgo = time.Unix(1, 0)

// split returns the verb of a command, in upper case, and its argument, which
// may hold spaces.
func split(line string) (verb, arg string) {
	verb, arg, _ = strings.Cut(line, " ")
	return strings.ToUpper(verb), arg
}

// do carries out one command and replies to it.
func (s *session) do(verb, arg string) {
	c, ok := commands[verb]
	if verb != "RNTO" {
		s.rename = "" // RNTO comes right after RNFR
	}
	switch {
	case verb == "":
		s.reply(500, "Empty command")
	case verb == "POST": // by a browser, for a web page that has put commands behind it
		s.reply(421, "This is not an HTTP server")
		s.left = true
	case !ok:
		s.reply(500, fmt.Sprintf("Unknown command %.20q; HELP lists the commands", verb))
	case !s.known && !c.stranger:
		s.reply(530, "Please login with USER and PASS")
	case c.secret && s.srv.tlsOnly && !s.security.control:
		s.reply(530, "TLS is required; send AUTH TLS first")
	case c.arg == one && arg == "":
		s.reply(501, verb+" needs an argument")
	case c.arg == none && strings.TrimSpace(arg) != "":
		s.reply(501, verb+" takes no argument")
	case c.writes && !s.srv.write:
		s.reply(550, "Permission denied: the server is read-only")
	case c.names && printable(arg) != arg:
		s.reply(553, "File name not allowed: it has control characters")
	default:
		c.run(s, arg)
	}
}

// replyTime is how long a client may take to read a reply, in which it
// must empty what has piled up before.
const replyTime = time.Minute

// reply sends a reply: a code of RFC 959, 4.2, and a text of one line. The
// text may hold what the client has sent.
func (s *session) reply(code int, text string) {
	s.write(fmt.Sprintf("%d %s\r\n", code, printable(text)))
}

// replyLines sends a reply of several lines: the first, the lines between, which
// are indented, and the last.
func (s *session) replyLines(code int, first string, lines []string, last string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d-%s\r\n", code, printable(first))
	for _, line := range lines {
		fmt.Fprintf(&b, " %s\r\n", printable(line))
	}
	fmt.Fprintf(&b, "%d %s\r\n", code, printable(last))
	s.write(b.String())
}

// write sends a whole reply at once, so that those of two goroutines do not mix.
func (s *session) write(reply string) {
	s.conn.SetWriteDeadline(time.Now().Add(replyTime))
	if _, err := io.WriteString(s.conn, reply); err != nil {
		s.conn.Close() // the client has gone
	}
}

// printable returns text with its control characters but TAB changed to question marks:
// a file's name may hold a newline, and must not forge a line, or a command to the
// client's terminal. All other bytes stay, even if they are no UTF-8: the client will
// ask for the file by them.
func printable(text string) string {
	b := []byte(text)
	makePrintable(b)
	return string(b)
}

func makePrintable(text []byte) {
	for i, c := range text {
		switch {
		case c < ' ' && c != '\t' || c == 0x7f:
			text[i] = '?'
		case c >= 0x80 && c < 0xa0 && i > 0 && text[i-1] == 0xc2: // U+0080 to U+009F
			text[i-1], text[i] = '?', '?'
		}
	}
}
