// Package ftpclient is an FTP client that can be told each step, for tests of a server and for
// measures of it. It wants exact replies: a server's graders are in package ftptest, whose
// client takes what real clients take.
//
//	c, err := ftpclient.Dial(ctx, &net.Dialer{}, "localhost:8021", 10*time.Second)
//	…
//	_, err = c.Want(220)
//	err = c.Login()
//	data, err := c.Begin("RETR rain.txt")
//	text, err := io.ReadAll(data)
//	data.Close()
//	_, err = c.Want(226)
package ftpclient

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Client is one end of a control connection. It is for the use of one goroutine.
type Client struct {
	Conn  net.Conn
	Text  *textproto.Conn
	Asked string // the last command

	ctx      context.Context
	dialer   *net.Dialer
	patience time.Duration
}

// New returns the client of a connection.
func New(conn net.Conn) *Client {
	return &Client{Conn: conn, Text: textproto.NewConn(conn), Asked: "connecting", ctx: context.Background(), dialer: new(net.Dialer)}
}

// Dial connects a client by d, which also makes its data connections. Each connection has
// a deadline, after the time of patience. The client reads no greeting.
func Dial(ctx context.Context, d *net.Dialer, addr string, patience time.Duration) (*Client, error) {
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(patience))
	c := New(conn)
	c.ctx, c.dialer, c.patience = ctx, d, patience
	return c, nil
}

// Close closes the control connection.
func (c *Client) Close() error { return c.Conn.Close() }

// Send sends a command.
func (c *Client) Send(line string) error {
	c.Asked = line
	_, err := fmt.Fprintf(c.Conn, "%s\r\n", line)
	return err
}

// Want reads a reply, and wants it to have one of some codes. It returns the text.
func (c *Client) Want(codes ...int) (text string, err error) {
	code, text, err := c.Text.ReadResponse(0)
	if err != nil {
		return "", fmt.Errorf("%q: read the reply: %w, want %v", c.Asked, err, codes)
	}
	if !slices.Contains(codes, code) {
		return "", fmt.Errorf("the reply to %q is %d %s, want %v", c.Asked, code, text, codes)
	}
	return text, nil
}

// Do sends a command, and wants the reply to have one of some codes.
func (c *Client) Do(line string, codes ...int) (text string, err error) {
	if err := c.Send(line); err != nil {
		return "", err
	}
	return c.Want(codes...)
}

// Login logs in. The greeting has been read.
func (c *Client) Login() error {
	if _, err := c.Do("USER anonymous", 331, 230); err != nil { // pure-ftpd wants no password
		return err
	}
	_, err := c.Do("PASS guest@", 230)
	return err
}

// StartTLS goes on in TLS.
func (c *Client) StartTLS(config *tls.Config) error {
	if _, err := c.Do("AUTH TLS", 234); err != nil {
		return err
	}
	conn := tls.Client(c.Conn, config)
	if err := conn.Handshake(); err != nil {
		return err
	}
	c.Conn, c.Text = conn, textproto.NewConn(conn)
	return nil
}

// Passive has the server listen, and returns the address.
func (c *Client) Passive() (addr string, err error) {
	text, err := c.Do("EPSV", 229)
	if err != nil {
		return "", err
	}
	_, port, _ := strings.Cut(text, "(|||")
	port, _, ok := strings.Cut(port, "|)")
	if _, err := strconv.ParseUint(port, 10, 16); err != nil || !ok {
		return "", fmt.Errorf("the reply to EPSV is %q, want a port as in (|||50000|)", text)
	}
	host, _, err := net.SplitHostPort(c.Conn.RemoteAddr().String())
	return net.JoinHostPort(host, port), err
}

// Data has the server listen, and makes a data connection.
func (c *Client) Data() (net.Conn, error) {
	addr, err := c.Passive()
	if err != nil {
		return nil, err
	}
	conn, err := c.dialer.DialContext(c.ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("make a data connection: %w", err)
	}
	if c.patience > 0 {
		conn.SetDeadline(time.Now().Add(c.patience))
	}
	return conn, nil
}

// Begin makes a data connection, and sends the command that uses it.
func (c *Client) Begin(line string) (net.Conn, error) {
	data, err := c.Data()
	if err != nil {
		return nil, err
	}
	if _, err := c.Do(line, 150, 125); err != nil {
		data.Close()
		return nil, err
	}
	return data, nil
}
