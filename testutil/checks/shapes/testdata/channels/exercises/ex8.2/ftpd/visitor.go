package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

const maxLine = 8 << 10

// A visitor is a client who is connected.
type visitor struct {
	conn  net.Conn
	files *os.Root
	cwd   string // "/", "/sub"

	name   string // from USER
	inside bool   // has logged in
	bye    bool   // has said QUIT

	door *door // where the next data connection comes, or nil

	ctx  context.Context // ends when the client is gone
	left context.CancelFunc
}

func newVisitor(conn net.Conn, files *os.Root) *visitor {
	v := &visitor{conn: conn, files: files, cwd: "/"}
	v.ctx, v.left = context.WithCancel(context.Background())
	return v
}

// serve answers one command after another.
func (v *visitor) serve() {
	defer v.conn.Close()
	defer v.left()
	defer v.closeDoor()
	v.say(220, "Good day.")
	for line := range v.lines() {
		verb, arg, _ := strings.Cut(line, " ")
		v.do(strings.ToUpper(verb), arg)
		if v.bye {
			return
		}
	}
}

// lines returns a channel of what the client says. Since it is read in a goroutine
// of its own, we learn at once that the client has left, even in a transfer.
func (v *visitor) lines() <-chan string {
	lines := make(chan string, 64)
	go func() {
		defer close(lines)
		defer v.left()
		in := bufio.NewScanner(v.conn)
		in.Buffer(nil, maxLine)
		for in.Scan() {
			select {
			case lines <- in.Text():
			case <-v.ctx.Done():
				return
			}
		}
		if errors.Is(in.Err(), bufio.ErrTooLong) {
			v.say(500, "That line is too long. Goodbye.")
		}
	}()
	return lines
}

// say replies to a command, all in one write.
func (v *visitor) say(code int, format string, args ...any) {
	text := strings.Map(oneLine, fmt.Sprintf(format, args...))
	v.conn.SetWriteDeadline(time.Now().Add(time.Minute))
	if _, err := fmt.Fprintf(v.conn, "%d %s\r\n", code, text); err != nil {
		v.conn.Close() // ends the goroutine that reads
	}
}

// oneLine keeps the ends of lines, which may be part of a file's name, out of a reply.
func oneLine(r rune) rune {
	if r == '\r' || r == '\n' {
		return '?'
	}
	return r
}
