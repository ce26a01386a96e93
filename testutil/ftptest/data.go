package ftptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/testutil/suite"
)

// A method is a way to get a data connection. Any one is enough.
type method struct {
	verb string
	open func(c *client) (link, error)
}

var methods = []method{
	{"PASV", (*client).pasv},
	{"EPSV", (*client).epsv},
	{"PORT", (*client).port},
	{"EPRT", (*client).eprt},
}

// A link is a data connection that is there, or that the server has yet to make.
type link interface {
	conn(patience time.Duration) (net.Conn, error)
	io.Closer
}

// errNotKnown is the error of a method that the server does not know.
var errNotKnown = errors.New("not known")

// An unusable is the error of a method that the server knows and that makes no data
// connection.
type unusable struct {
	error
	odd bool // because of the code of its reply, which most clients refuse
}

func (u unusable) Unwrap() error { return u.error }

// link gets a data connection by the first method that works. Methods with odd replies,
// which come after all others, are taken if nothing else works.
func (c *client) link() (link, error) {
	for ; c.method < 2*len(methods); c.method++ {
		m := methods[c.method%len(methods)]
		c.lenient = c.method >= len(methods)
		l, err := m.open(c)
		u, ok := errors.AsType[unusable](err)
		switch {
		case errors.Is(err, errNotKnown):
			continue
		case ok && !c.linked:
			if c.unusable == nil {
				c.unusable = u.error
			}
			if !u.odd {
				err = c.site.odd(dataConnection, u.error)
			} else {
				err = nil
			}
			if err == nil {
				continue
			}
		case err == nil:
			c.linked = true
			c.site.keep(l)
			if c.unusable != nil && c.lenient {
				err = c.site.odd(dataConnection, c.unusable)
			}
			if c.method%len(methods) >= 2 {
				c.site.note("the server connects to the client (" + m.verb + "). Most clients of today prefer PASV or EPSV")
			}
		}
		return l, err
	}
	if c.unusable != nil {
		return nil, c.unusable
	}
	return nil, c.failure("there is no data connection: none of PASV, EPSV, PORT and EPRT is known")
}

// try sends a command that asks for a data connection.
func (c *client) try(line, code string) (reply, error) {
	if err := c.send(line); err != nil {
		return reply{}, err
	}
	r, err := c.reply()
	switch {
	case err != nil:
		return r, err
	case r.is("5", "4"):
		return r, errNotKnown
	case !r.is(code) && !(c.lenient && r.is("2")):
		r, err := c.settle(r, []string{code, "4", "5"})
		switch {
		case errors.Is(err, errTwoReplies):
			return r, err
		case err != nil:
			return r, unusable{c.failure("%s is answered %q, want code %s", line, r, code), true}
		case r.is("4", "5"):
			return r, errNotKnown
		}
		return r, nil
	}
	return r, nil
}

var (
	sixNumbers = regexp.MustCompile(`(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)`)
	portAlone  = regexp.MustCompile(`\([!-~]{3}(\d+)[!-~]\)`)
)

func (c *client) pasv() (link, error) { return c.passive((*client).pasvAddress) }

func (c *client) epsv() (link, error) { return c.passive((*client).epsvAddress) }

// pasvAddress asks with PASV where to connect to.
func (c *client) pasvAddress() (string, error) {
	r, err := c.try("PASV", "227")
	if err != nil {
		return "", err
	}
	m := sixNumbers.FindStringSubmatch(r.text)
	if m == nil {
		return "", unusable{error: c.failure("PASV is answered %q, want an address as six numbers, like (127,0,0,1,195,80)", r)}
	}
	host := strings.Join(m[1:5], ".")
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		c.nowhere = c.failure("PASV is answered %q, want the address at which the client has reached the server: to the client, %s is its own machine", r, host)
		host, _, _ = net.SplitHostPort(c.conn.RemoteAddr().String()) // some clients do so
	}
	high, _ := strconv.Atoi(m[5])
	low, _ := strconv.Atoi(m[6])
	return net.JoinHostPort(host, strconv.Itoa(high<<8|low)), nil
}

// epsvAddress asks with EPSV where to connect to.
func (c *client) epsvAddress() (string, error) {
	r, err := c.try("EPSV", "229")
	if err != nil {
		return "", err
	}
	m := portAlone.FindStringSubmatch(r.text)
	if m == nil {
		return "", unusable{error: c.failure("EPSV is answered %q, want a port, like (|||50000|)", r)}
	}
	host, _, err := net.SplitHostPort(c.conn.RemoteAddr().String())
	return net.JoinHostPort(host, m[1]), err
}

// A dialed is a link to a port of the server.
type dialed struct{ net.Conn }

func (d dialed) conn(time.Duration) (net.Conn, error) { return d.Conn, nil }

// passive connects as soon as the server has said where.
func (c *client) passive(ask func(c *client) (string, error)) (link, error) {
	address, err := ask(c)
	if err != nil {
		return nil, err
	}
	told, port, _ := net.SplitHostPort(address)
	host, _, _ := net.SplitHostPort(c.conn.RemoteAddr().String())
	patience := c.site.patience
	if told != host {
		patience /= 8 // from another network no answer may come
	}
	conn, err := c.dialData(address, patience)
	if err == nil {
		return dialed{conn}, nil
	}
	err = c.failure("the server tells its client to connect to %s, and that fails: %w", address, err)
	if told != host { // some clients take the address of the server instead
		if conn, _ := c.dialData(net.JoinHostPort(host, port), c.site.patience); conn != nil {
			c.nowhere = err
			return dialed{conn}, nil
		}
	}
	return nil, unusable{error: err}
}

func (c *client) dialData(address string, patience time.Duration) (net.Conn, error) {
	d := net.Dialer{Timeout: patience}
	return d.DialContext(context.WithoutCancel(c.site.ctx), "tcp", address)
}

func (c *client) port() (link, error) {
	return c.active(func(ip net.IP, port int) string {
		if ip = ip.To4(); ip == nil {
			return "" // PORT cannot tell such an address
		}
		return fmt.Sprintf("PORT %d,%d,%d,%d,%d,%d", ip[0], ip[1], ip[2], ip[3], port>>8, port&0xff)
	})
}

func (c *client) eprt() (link, error) {
	return c.active(func(ip net.IP, port int) string {
		family := 2
		if ip.To4() != nil {
			family = 1
		}
		return fmt.Sprintf("EPRT |%d|%s|%d|", family, ip, port)
	})
}

// A listening is a link that the server has to make.
type listening struct{ *net.TCPListener }

func (l listening) conn(patience time.Duration) (net.Conn, error) {
	l.SetDeadline(time.Now().Add(patience))
	conn, err := l.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, errors.New("the server does not connect to the address that it was told")
	}
	return conn, err
}

// active listens, and tells the server where.
func (c *client) active(command func(ip net.IP, port int) string) (link, error) {
	local := c.conn.LocalAddr().(*net.TCPAddr)
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: local.IP})
	if err != nil {
		return nil, err
	}
	line := command(local.IP, ln.Addr().(*net.TCPAddr).Port)
	if line == "" {
		ln.Close()
		return nil, errNotKnown
	}
	if _, err := c.try(line, "200"); err != nil {
		ln.Close()
		return nil, err
	}
	return listening{ln}, nil
}

// fetch carries out a command that sends data, and returns them.
func (c *client) fetch(line string) (string, error) {
	l, err := c.link()
	if err != nil {
		return "", err
	}
	return c.fetchOver(l, line)
}

func (c *client) fetchOver(l link, line string) (string, error) {
	conn, err := c.begin(l, line)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	data, err := c.readAll(conn)
	if err != nil {
		return "", err
	}
	return data, c.finish()
}

// begin sends a command that uses a data connection, and returns it.
func (c *client) begin(l link, line string) (net.Conn, error) {
	if err := c.send(line); err != nil {
		return nil, err
	}
	r, err := c.reply()
	switch {
	case err != nil || r.is("150", "125"):
	case r.is("1"):
		err = c.site.odd(transferEnd, c.failure("%s is answered %q, want code 150 or 125", line, r))
	default:
		_, err = c.settle(r, []string{"150", "125"})
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	conn, err := l.conn(c.site.patience)
	if err != nil {
		return nil, c.failure("%s: %w", line, err)
	}
	c.site.keep(conn)
	return conn, nil
}

// start asks for a file as it is, and returns the data connection that brings it.
func (c *client) start(name string) (net.Conn, error) {
	if err := c.binary(); err != nil {
		return nil, err
	}
	l, err := c.link()
	if err != nil {
		return nil, err
	}
	return c.begin(l, "RETR "+name)
}

// readAll returns all that a data connection brings, and closes it, as clients do before they
// read the reply to the end of the transfer.
func (c *client) readAll(conn net.Conn) (string, error) {
	conn.SetReadDeadline(c.deadline())
	data, err := io.ReadAll(conn)
	if err != nil {
		return "", c.cutShort(int64(len(data)), err)
	}
	conn.Close()
	return string(data), nil
}

// cutShort says what is wrong with a data connection from which n bytes came, and then err.
func (c *client) cutShort(n int64, err error) error {
	command := c.asked()
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return c.failure("%s: the data connection broke after %d bytes: %w", command, n, err)
	}
	c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if line, err := c.in.ReadString('\n'); err == nil {
		return c.failure("%s: after 150 the server replied %q, with %d bytes sent and the data connection still open", command, strings.TrimSpace(line), n)
	}
	return c.failure("%s: got %d bytes, and the data connection is still open; want it closed after the last byte", command, n)
}

// finish reads the reply to the end of a transfer.
func (c *client) finish() error {
	r, err := c.reply()
	switch {
	case err != nil || r.is("226"):
	case r.is("250"):
		c.site.note("the end of a transfer is answered 250: most clients accept that, and rclone wants 226")
	default:
		err = c.failure("%s is answered %q, want code 226 or 250", c.asked(), r)
		if r.is("2") {
			err = c.site.odd(transferEnd, err)
		}
	}
	return err
}

// binary switches to files as they are.
func (c *client) binary() error { return c.setType("I") }

// setType switches to files as they are (I) or to text (A). Of a server that refuses,
// the bytes tell.
func (c *client) setType(name string) error {
	_, err := c.ask("TYPE "+name, "200", "2 4 5", typing)
	return err
}

// get fetches a file as it is, and wants its text.
func (c *client) get(name, want string) error {
	if err := c.binary(); err != nil {
		return err
	}
	return c.retr(name, want)
}

func (c *client) retr(name, want string) error {
	got, err := c.fetch("RETR " + name)
	if err != nil {
		return err
	}
	return c.compare("RETR "+name, got, want)
}

// compare wants got, which a command has sent, to be want. Text conversion is charged in
// the case about it.
func (c *client) compare(command, got, want string) error {
	if got == want {
		return nil
	}
	err := c.failure("%s sent %s", command, difference(got, want)+c.site.whose(got))
	switch {
	case isConverted(got, want):
		return c.site.odd(everyByteSent, err)
	case strings.HasPrefix(want, got):
		return err
	}
	return suite.About(everyByteSent, err)
}

// difference says where got is not want.
func difference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	text := fmt.Sprintf("%d bytes, want %d", len(got), len(want))
	switch {
	case i < len(got) && i < len(want):
		text += fmt.Sprintf("; byte %d is 0x%02x, want 0x%02x", i, got[i], want[i])
	case i < len(got):
		text += fmt.Sprintf("; after the file came %q", short(got[i:]))
	default:
		text += fmt.Sprintf("; the last %d bytes are missing", len(want)-i)
	}
	if isConverted(got, want) {
		text += ": this is text conversion, as only line ends differ"
	}
	return text
}

var withoutLineEnds = strings.NewReplacer("\r", "", "\n", "")

// isConverted reports whether got is want, sent as text: only line ends differ, and not
// since some at the end are missing.
func isConverted(got, want string) bool {
	return !strings.HasPrefix(want, got) && withoutLineEnds.Replace(got) == withoutLineEnds.Replace(want)
}
