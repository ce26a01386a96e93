package main

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/ftpclient"
)

// A client speaks FTP. Where the server does not answer as it should, the test ends.
type client struct {
	*ftpclient.Client
	t testing.TB
}

// dial connects a client that has not read anything.
func (s *site) dial(t testing.TB) *client {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, conn, patience)
}

func newClient(t testing.TB, conn net.Conn, patience time.Duration) *client {
	conn.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { conn.Close() })
	return &client{ftpclient.New(conn), t}
}

// login connects a client, logs it in and switches to files as they are.
func (s *site) login(t testing.TB) *client {
	t.Helper()
	c := s.dial(t)
	c.login()
	return c
}

func (c *client) login() {
	c.t.Helper()
	c.want(220)
	if err := c.Login(); err != nil {
		c.t.Fatal(err)
	}
	c.do("TYPE I", 200)
}

// send sends bytes as they are.
func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.Conn, text); err != nil {
		c.t.Fatalf("sending %q: %v", text, err)
	}
	c.Asked = strings.TrimSpace(text)
}

// want reads replies and wants them to have certain codes. It returns the text
// of the last.
func (c *client) want(codes ...int) (text string) {
	c.t.Helper()
	for _, code := range codes {
		var err error
		if text, err = c.Want(code); err != nil {
			c.t.Fatal(err)
		}
	}
	return text
}

// do sends a command and wants replies.
func (c *client) do(line string, codes ...int) (text string) {
	c.t.Helper()
	c.send(line + "\r\n")
	return c.want(codes...)
}

// wantEnd wants the server to disconnect.
func (c *client) wantEnd() {
	c.t.Helper()
	if line, err := c.Text.ReadLine(); !errors.Is(err, io.EOF) {
		c.t.Errorf("after %q: read %q, %v, want the connection closed", c.Asked, line, err)
	}
}

// passive asks the server to listen and returns the address.
func (c *client) passive() string {
	c.t.Helper()
	addr, err := c.Passive()
	if err != nil {
		c.t.Fatal(err)
	}
	return addr
}

// data makes a data connection.
func (c *client) data() *net.TCPConn {
	c.t.Helper()
	conn, err := c.Data()
	tcp, _ := conn.(*net.TCPConn)
	return c.connected(tcp, err)
}

func (c *client) connected(conn *net.TCPConn, err error) *net.TCPConn {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("making a data connection: %v", err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	c.t.Cleanup(func() { conn.Close() })
	return conn
}

// begin makes a data connection and sends a command that uses it.
func (c *client) begin(line string) *net.TCPConn {
	c.t.Helper()
	conn := c.data()
	c.do(line, 150)
	return conn
}

// all reads from a data connection to its end.
func (c *client) all(conn net.Conn) string {
	c.t.Helper()
	data, err := io.ReadAll(conn)
	if err != nil {
		c.t.Fatalf("%q: the data connection broke after %d bytes: %v", c.Asked, len(data), err)
	}
	conn.Close()
	return string(data)
}

// count reads from a data connection to its end, and returns how much there was.
func (c *client) count(conn net.Conn) int64 {
	c.t.Helper()
	n, err := io.Copy(io.Discard, conn)
	if err != nil {
		c.t.Fatalf("%q: the data connection broke after %d bytes: %v", c.Asked, n, err)
	}
	conn.Close()
	return n
}

// fetch carries out a command that sends data.
func (c *client) fetch(line string) string {
	c.t.Helper()
	text := c.all(c.begin(line))
	c.want(226)
	return text
}

// A step is a command, the code of its last reply, and the data that are sent
// either way.
type step struct {
	line string
	want int
	data string
}

// talk carries out commands.
func (c *client) talk(steps []step) {
	c.t.Helper()
	for _, s := range steps {
		switch verb, _ := split(s.line); {
		case s.want != 226:
			c.do(s.line, s.want)
		case rules[verb].writes:
			conn := c.begin(s.line)
			io.WriteString(conn, s.data)
			conn.Close()
			c.want(226)
		default:
			if got := c.fetch(s.line); got != s.data {
				c.t.Errorf("%q sends %q, want %q", s.line, got, s.data)
			}
		}
	}
}
