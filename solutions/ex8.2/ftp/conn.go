package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	user     = "anonymous"
	password = "guest@"

	dialTime  = 30 * time.Second // to connect
	replyTime = 60 * time.Second // until a reply is complete
	abortTime = 5 * time.Second  // the same, after Ctrl-C
)

// A conn is the control connection to a server: commands go out, and replies
// come back.
type conn struct {
	net.Conn
	text   *textproto.Conn
	host   string // where the server listens for data connections too
	typ    string // of the data, as TYPE sets it: A for text, or I for bytes
	noEPSV bool   // the server does not know EPSV
}

// A reply is the server's answer to a command. The first digit of its code says
// how things stand: 1 begun, 2 done, 3 tell me more, 4 and 5 failed.
type reply struct {
	code int
	text string // lines are separated by \n
}

// String returns r in one line that is fit to print.
func (r reply) String() string {
	return fmt.Sprintf("%d %s", r.code, printable(strings.ReplaceAll(r.text, "\n", " ")))
}

// dial connects to the server at addr.
func dial(ctx context.Context, addr string) (*conn, error) {
	dialer := net.Dialer{Timeout: dialTime}
	c, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, cause(err))
	}
	return newConn(c), nil
}

func newConn(c net.Conn) *conn {
	host, _, _ := net.SplitHostPort(c.RemoteAddr().String())
	return &conn{Conn: c, text: textproto.NewConn(c), host: host, typ: "A"}
}

// login waits for the greeting of the server and logs in.
func (c *conn) login(ctx context.Context) error {
	if _, err := c.reply(ctx, "2"); err != nil {
		return err
	}
	r, err := c.cmd(ctx, "23", "USER", user)
	if err == nil && r.code/100 == 3 {
		_, err = c.cmd(ctx, "2", "PASS", password)
	}
	return err
}

// setType makes typ the type of the data in later transfers.
func (c *conn) setType(ctx context.Context, typ string) error {
	if c.typ == typ {
		return nil
	}
	if _, err := c.cmd(ctx, "2", "TYPE", typ); err != nil {
		return fmt.Errorf("TYPE %s: %w", typ, err)
	}
	c.typ = typ
	return nil
}

// cmd sends a command and returns the reply. It is an error if the code of the
// reply starts with none of the digits of want.
func (c *conn) cmd(ctx context.Context, want string, words ...string) (reply, error) {
	line := strings.Join(words, " ")
	if strings.ContainsAny(line, "\r\n\x00") {
		return reply{}, errors.New("a name cannot contain the end of a line")
	}
	c.SetWriteDeadline(time.Now().Add(replyTime))
	if err := c.text.PrintfLine("%s", line); err != nil {
		return reply{}, lost(err)
	}
	return c.reply(ctx, want)
}

// reply reads the next reply, as cmd does. When ctx ends it does not wait much
// longer; but it does wait, since after an unread reply all later ones would
// be taken for the answers to other commands.
func (c *conn) reply(ctx context.Context, want string) (reply, error) {
	c.SetReadDeadline(time.Now().Add(replyTime))
	stop := context.AfterFunc(ctx, func() { c.SetReadDeadline(time.Now().Add(abortTime)) })
	defer stop()
	r, err := readReply(&c.text.Reader)
	if err != nil {
		return reply{}, lost(err)
	}
	switch {
	case r.code == 421:
		return reply{}, &lostError{fmt.Errorf("server closed the connection: %s", r)}
	case r.code >= 400:
		return reply{}, &failure{r}
	case !strings.Contains(want, strconv.Itoa(r.code/100)):
		return reply{}, fmt.Errorf("unexpected reply %s", r)
	}
	return r, nil
}

// readReply reads a reply of one line or more (RFC 959, 4.2). Unlike package textproto it
// takes one that is a code alone, as some servers send it.
func readReply(in *textproto.Reader) (reply, error) {
	line, err := in.ReadLine()
	if err != nil {
		return reply{}, err
	}
	first, text, more := cutCode(line)
	code, err := strconv.Atoi(first)
	if err != nil || code < 100 {
		return reply{}, textproto.ProtocolError(fmt.Sprintf("no reply: %.100q", line))
	}
	for more {
		if line, err = in.ReadLine(); err != nil {
			return reply{}, err
		}
		if c, rest, goesOn := cutCode(line); c == first {
			line, more = rest, goesOn
		}
		text += "\n" + line
	}
	return reply{code, text}, nil
}

// cutCode returns the code before a line, if it has one, what stands behind it, and whether
// more lines follow.
func cutCode(line string) (code, text string, more bool) {
	switch {
	case len(line) == 3:
		return line, "", false
	case len(line) > 3 && (line[3] == ' ' || line[3] == '-'):
		return line[:3], line[4:], line[3] == '-'
	}
	return "", line, false
}

// A failure is a reply that says that the command has failed.
type failure struct{ reply reply }

func (e *failure) Error() string { return e.reply.String() }

// A lostError says why the control connection is broken.
type lostError struct{ err error }

func (e *lostError) Error() string { return e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// lost returns the lostError for an error in the use of the connection.
func lost(err error) error {
	_, misread := errors.AsType[textproto.ProtocolError](err)
	switch {
	case misread:
		err = fmt.Errorf("server does not speak FTP: %w", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE): // it has not read all we sent
		err = errors.New("server closed the connection")
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errors.New("server does not answer")
	default:
		err = fmt.Errorf("connection lost: %w", cause(err))
	}
	return &lostError{err}
}

func isLost(err error) bool {
	_, ok := errors.AsType[*lostError](err)
	return ok
}

// cause returns the innermost error in err, which is the heart of the matter:
// of "dial tcp 127.0.0.1:8021: connect: connection refused" the last part.
func cause(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
