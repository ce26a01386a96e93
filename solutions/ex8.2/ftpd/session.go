package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
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
	rename string // by RNFR, the path that RNTO is about
	data   dialer // by PASV or a similar command, how to get the next data connection
	onlyEP bool   // by EPSV ALL, no other command may ask for a data connection
	left   bool   // after QUIT

	access   access   // by USER and PASS
	security security // by AUTH, PBSZ and PROT

	lines   *lineReader // reads what the client says
	waiting []string    // what it has said during the last transfer
	said    int         // how many bytes that is
}

// split returns the verb of a command, in upper case, and its argument, which
// may hold spaces.
func split(line string) (verb, arg string) {
	verb, arg, _ = strings.Cut(line, " ")
	return strings.ToUpper(verb), arg
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
// client's terminal. All other bytes stay, even if they are not UTF-8: the client will
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

// longAgo is a deadline that ends a Read immediately.
var longAgo = time.Unix(1, 0)
