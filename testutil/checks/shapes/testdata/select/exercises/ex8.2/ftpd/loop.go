package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	idleTime   = 30 * time.Minute
	maxPending = 50 // commands that have come during a transfer
)

// A loop is the event loop of one client. Only its own goroutine touches it.
type loop struct {
	conn  net.Conn
	files tree
	ctx   context.Context // ends with the visit

	stage   stage
	dir     []string // "/a/b" is {"a", "b"}
	way     way      // to the next data connection; nil if there is none
	job     job      // to begin when its reply is out
	ended   chan error
	abort   context.CancelFunc // of the transfer under way; nil if there is none
	pending []command
}

// A command is what the client says, with its verb in upper case.
type command struct{ verb, arg string }

// A reply is a code and a text of one line.
type reply struct {
	code int
	text string
}

// A stage answers a command, and returns the stage that follows; nil is the end.
type stage func(l *loop, c command) (reply, stage)

// A job is what a transfer does in its own goroutine.
type job func(ctx context.Context) error

// visit runs the loop of a client.
func visit(ctx context.Context, conn net.Conn, files tree) {
	ctx, cancel := context.WithCancel(ctx)
	l := &loop{conn: conn, files: files, ctx: ctx, stage: stranger, ended: make(chan error)}
	defer conn.Close()
	defer l.forget()
	defer l.endTransfer()
	defer cancel()

	commands := make(chan command)
	go read(ctx, conn, commands)
	l.write(reply{220, "ftpd"})
	for l.stage != nil {
		select {
		case c, ok := <-commands:
			if !ok {
				return
			}
			l.pending = append(l.pending, c)
			if l.abort != nil && c.verb == "ABOR" {
				l.abort()
			}
			if len(l.pending) > maxPending {
				return
			}
		case err := <-l.ended:
			l.abort()
			l.abort = nil
			l.write(outcome(err))
		case <-time.After(idleTime):
			if l.abort == nil {
				l.write(reply{421, "you say nothing"})
				return
			}
		case <-ctx.Done():
			return
		}
		l.answer()
	}
}

// answer answers what is pending, up to the next transfer.
func (l *loop) answer() {
	for l.abort == nil && l.stage != nil && len(l.pending) > 0 {
		c := l.pending[0]
		l.pending = l.pending[1:]
		var r reply
		r, l.stage = l.stage(l, c)
		l.write(r)
		if l.job != nil {
			l.begin(l.job)
			l.job = nil
		}
	}
}

// begin starts a transfer, whose end is an event.
func (l *loop) begin(j job) {
	ctx, cancel := context.WithCancel(l.ctx)
	l.abort = cancel
	go func() { l.ended <- j(ctx) }()
}

// endTransfer waits for the transfer under way, if any, whose context has ended.
func (l *loop) endTransfer() {
	if l.abort != nil {
		<-l.ended
		l.abort()
	}
}

func (l *loop) write(r reply) {
	l.conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
	text := strings.ReplaceAll(strings.ReplaceAll(r.text, "\r", ""), "\n", "")
	fmt.Fprintf(l.conn, "%d %s\r\n", r.code, text) // if it fails, so does read
}

// read sends the client's commands until it leaves, and then closes commands.
func read(ctx context.Context, conn net.Conn, commands chan<- command) {
	defer close(commands)
	in := bufio.NewReaderSize(conn, 2048)
	for {
		line, err := in.ReadSlice('\n')
		c := parse(string(line))
		for err == bufio.ErrBufferFull { // no command is so long
			c = command{}
			_, err = in.ReadSlice('\n')
		}
		if err != nil {
			return
		}
		select {
		case commands <- c:
		case <-ctx.Done():
			return
		}
	}
}

func parse(line string) command {
	verb, arg, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	return command{strings.ToUpper(verb), arg}
}
