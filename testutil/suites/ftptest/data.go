package ftptest

import (
	"bufio"
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

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
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

// noConnection is the cause of failures of a server with which no method works.
const noConnection = "there is no data connection"

// link gets a data connection by the first method that works. Methods with odd replies,
// which come after all others, are taken if nothing else works.
func (c *client) link() (link, error) {
	for ; c.method < 2*len(methods); c.method++ {
		m := methods[c.method%len(methods)]
		c.lenient = c.method >= len(methods)
		if c.site.isSilent(m.verb) {
			continue
		}
		l, err := m.open(c)
		if _, ok := errors.AsType[silence](err); ok && !c.linked {
			if c.unusable == nil {
				c.unusable = err
			}
			if err = c.site.keepSilence(m.verb, err); err == nil {
				continue
			}
		}
		u, ok := errors.AsType[unusable](err)
		switch {
		case errors.Is(err, errNotKnown):
			continue
		case ok && !c.linked:
			if c.unusable == nil {
				c.unusable = u.error
			}
			if !u.odd {
				err = verdict.Because(noConnection, c.site.odd(u.error, dataConnection))
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
				err = c.site.odd(c.unusable, dataConnection)
			}
			if c.method%len(methods) >= 2 {
				c.site.note("the server connects to the client (" + m.verb + "). Most clients of today prefer PASV or EPSV")
			}
		}
		return l, err
	}
	switch {
	case c.unusable != nil:
		return nil, suite.About(dataConnection, verdict.Because(noConnection, c.unusable))
	case verdict.Of(c.unknownMethod).Cause == keptCR:
		return nil, c.unknownMethod
	}
	err := c.failure("there is no data connection: PASV, EPSV, PORT and EPRT get no reply")
	if c.refused != "" {
		err = c.failure("there is no data connection: the reply to %s is %q, and no other of PASV, EPSV, PORT and EPRT works", c.refused, c.refusal)
	}
	return nil, verdict.Because(noConnection, err)
}

// try sends a command that asks for a data connection.
func (c *client) try(line, code string) (reply, error) {
	if err := c.send(line); err != nil {
		return reply{}, err
	}
	c.hurry = !c.linked
	r, err := c.reply()
	c.hurry = false
	switch {
	case err != nil:
		return r, err
	case r.is("5", "4"):
		if r, err = c.diagnose(r, []string{code}); err != nil && !errors.Is(err, errTwoReplies) {
			if c.unknownMethod == nil {
				c.refused, _, _ = strings.Cut(line, " ")
				c.unknownMethod, c.refusal = err, r
			}
			err = errNotKnown
		}
		return r, err
	case !r.is(code) && !(c.lenient && r.is("2")):
		r, err := c.diagnose(r, []string{code, "4", "5"})
		switch {
		case errors.Is(err, errTwoReplies):
			return r, err
		case err != nil:
			return r, unusable{c.failure("the reply to %s is %q, want code %s", line, r, code), true}
		case r.is("4", "5"):
			return r, errNotKnown
		}
		return r, nil
	}
	return r, nil
}

var (
	sixNumbers = regexp.MustCompile(`(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)`)
	portAlone  = regexp.MustCompile(`\([!-/:-~]{3}(\d+)[!-/:-~]\)`)
	anyNumber  = regexp.MustCompile(`\d+`)
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
		return "", unusable{error: c.failure("the reply to PASV is %q, want an address as six numbers, like (127,0,0,1,195,80)", r)}
	}
	host := strings.Join(m[1:5], ".")
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		c.nowhere = c.failure("the reply to PASV is %q, want the address at which the client has reached the server: to the client, %s is its own machine", r, host)
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
	var port string
	if m != nil {
		port = m[1]
	} else {
		err := c.failure("the reply to EPSV is %q, want a port, like (|||50000|)", r)
		if port = anyNumber.FindString(r.text); port == "" {
			return "", unusable{error: err}
		}
		c.nowhere = err // no client knows this form
	}
	host, _, err := net.SplitHostPort(c.conn.RemoteAddr().String())
	return net.JoinHostPort(host, port), err
}

// A dataConn is a data connection that is there.
type dataConn struct {
	net.Conn
	in *bufio.Reader
}

func newDataConn(conn net.Conn) *dataConn { return &dataConn{conn, bufio.NewReader(conn)} }

func (d *dataConn) Read(p []byte) (int, error) { return d.in.Read(p) }

func (d *dataConn) conn(time.Duration) (net.Conn, error) { return d, nil }

// begins reports whether data come, or their end, before patience is over.
func (d *dataConn) begins(patience time.Duration) bool {
	d.SetReadDeadline(time.Now().Add(patience))
	defer d.SetReadDeadline(time.Time{})
	_, err := d.in.Peek(1)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// passive connects as soon as the server has said where.
func (c *client) passive(ask func(c *client) (string, error)) (link, error) {
	address, err := ask(c)
	if err != nil {
		return nil, err
	}
	told, port, _ := net.SplitHostPort(address)
	host, _, _ := net.SplitHostPort(c.conn.RemoteAddr().String())
	var conn net.Conn
	if net.ParseIP(host).IsLoopback() && !net.ParseIP(told).IsLoopback() { // tests stay on this machine
		err = fmt.Errorf("the server is at %s", host)
	} else {
		conn, err = c.dialData(address, c.site.patience)
	}
	if err == nil {
		return newDataConn(conn), nil
	}
	err = c.failure("the server tells its client to connect to %s, and that fails: %w", address, err)
	if told != host { // some clients take the address of the server instead
		if conn, _ := c.dialData(net.JoinHostPort(host, port), c.site.patience); conn != nil {
			c.nowhere = err
			return newDataConn(conn), nil
		}
	}
	return nil, unusable{error: err}
}

func (c *client) dialData(address string, patience time.Duration) (net.Conn, error) {
	d := net.Dialer{Timeout: patience}
	return d.DialContext(context.WithoutCancel(c.site.ctx), "tcp", address)
}

func (c *client) port() (link, error) {
	ip := c.localIP()
	if ip.To4() == nil && ip.IsLoopback() {
		ip = net.IPv4(127, 0, 0, 1) // PORT can tell no other, and it is this machine too
	}
	return c.active(ip, func(ip net.IP, port int) string {
		if ip = ip.To4(); ip == nil {
			return ""
		}
		return fmt.Sprintf("PORT %d,%d,%d,%d,%d,%d", ip[0], ip[1], ip[2], ip[3], port>>8, port&0xff)
	})
}

func (c *client) eprt() (link, error) {
	return c.active(c.localIP(), func(ip net.IP, port int) string {
		family := 2
		if ip.To4() != nil {
			family = 1
		}
		return fmt.Sprintf("EPRT |%d|%s|%d|", family, ip, port)
	})
}

// A listening is a link that the server has to make.
type listening struct {
	*net.TCPListener
	made *dataConn // nil until it has
}

func (l *listening) conn(patience time.Duration) (net.Conn, error) {
	if l.made != nil {
		return l.made, nil
	}
	l.SetDeadline(time.Now().Add(patience))
	conn, err := l.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, errors.New("the server does not connect to the address that it was told")
	}
	if err != nil {
		return nil, err
	}
	l.made = newDataConn(conn)
	l.TCPListener.Close() // there is one connection to make
	return l.made, nil
}

// localIP returns the address of the client.
func (c *client) localIP() net.IP { return c.conn.LocalAddr().(*net.TCPAddr).IP }

// active listens at ip, and tells the server where.
func (c *client) active(ip net.IP, command func(ip net.IP, port int) string) (link, error) {
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: ip})
	if err != nil {
		return nil, errNotKnown // this machine has no such address
	}
	line := command(ip, ln.Addr().(*net.TCPAddr).Port)
	if line == "" {
		ln.Close()
		return nil, errNotKnown
	}
	if _, err := c.try(line, "200"); err != nil {
		ln.Close()
		return nil, err
	}
	return &listening{TCPListener: ln}, nil
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

// begin sends a command that uses a data connection, and returns it. It is an error if the
// command is refused.
func (c *client) begin(l link, line string) (net.Conn, error) {
	conn, r, err := c.request(l, line)
	if err == nil && conn == nil {
		err = c.unknown(r, c.failure("the reply to %s is %q, want code 150 or 125", line, r))
		if r.is("425") {
			err = c.unconnected(l, err)
		}
	}
	return conn, err
}

// unconnected returns err, about a transfer for which the server has no data connection, with the
// cause if it is the server that has to connect.
func (c *client) unconnected(l link, err error) error {
	if _, ok := l.(*listening); !ok || !c.linked { // a case about a certain method is about itself
		return err
	}
	return suite.About(dataConnection, verdict.Because(noConnection, err))
}

// request sends a command that uses a data connection, and returns it, or nil and the reply
// if the command is refused.
func (c *client) request(l link, line string) (conn net.Conn, r reply, err error) {
	c.ended = nil
	if err := c.send(line); err != nil {
		return nil, r, err
	}
	if !c.sendsAtOnce(l) {
		if r, err = c.reply(); err == nil {
			r, err = c.preliminary(line, r)
		}
	} else {
		err = c.unannounced("the data came, and no reply to %s", line)
	}
	if err != nil || r.is("4", "5") {
		l.Close()
		return nil, r, err
	}
	if conn, err = l.conn(c.site.patience); err != nil {
		return nil, r, c.unconnected(l, c.failure("%s: %w", line, err))
	}
	c.site.keep(conn)
	return conn, r, nil
}

// preliminary returns the first reply to a command that uses a data connection, which is r
// if that is not a second reply to the command before.
func (c *client) preliminary(line string, r reply) (reply, error) {
	switch {
	case r.is("150", "125", "4", "5"):
		return r, nil
	case r.is("1"):
		return r, c.site.odd(c.failure("the reply to %s is %q, want code 150 or 125", line, r), c.ofTransfer()...)
	}
	next, err := c.diagnose(r, []string{"150", "125", "4", "5"})
	if err == nil || errors.Is(err, errTwoReplies) || !r.is("226", "250") {
		return next, err
	}
	c.ended = &r
	return r, c.unannounced("the reply to %s is %q", line, r)
}

// unannounced returns an error about data that came without a reply 150 before them.
func (c *client) unannounced(format string, args ...any) error {
	err := c.failure("%s; want 150 or 125 before the data, and 226 after them", fmt.Sprintf(format, args...))
	if c.site.isAbout(bareListing) { // LIST and NLST are often one function
		return c.site.unlessCharged(err, listing)
	}
	if c.verb() == "RETR" { // of a small file both may come at the same moment
		return c.site.odd(err, transferEnd, largeFile, repliesLast)
	}
	return c.site.odd(err, caseOf(c.asked(), false))
}

// sendsAtOnce reports whether the server sends data over l, and no reply before them. It looks
// for a while: on a busy machine neither may come soon.
func (c *client) sendsAtOnce(l link) bool {
	if c.site.fake {
		return false
	}
	const moment = 50 * time.Millisecond
	for end := time.Now().Add(c.site.patience / 5); time.Now().Before(end); {
		if c.moreIn(moment) {
			return false
		}
		if conn, err := l.conn(moment); err == nil && conn.(*dataConn).begins(moment) {
			return !c.moreIn(c.site.patience / 20) // which came first
		}
	}
	return false
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
		return silence{c.failure("%s: after 150 the server replied %q, with %d bytes sent and the data connection still open", command, strings.TrimSpace(line), n)}
	}
	return silence{c.failure("%s: got %d bytes, and the data connection is still open; want it closed after the last byte", command, n)}
}

// over returns the reply to the end of a transfer.
func (c *client) over() (reply, error) {
	if c.ended != nil {
		return *c.ended, nil
	}
	for {
		r, err := c.reply()
		if _, ok := errors.AsType[silence](err); ok {
			err = verdict.Because("the end of a transfer gets no reply", err)
		}
		if err != nil || !r.is("1") {
			return r, err
		}
		if c.before.is("1") {
			err = c.failure("after the first reply to %s, the server sent another, %q; want one of 150 and 125", c.asked(), r)
		} else {
			err = c.failure("the reply %q to %s came after the data; want 150 or 125 before them", r, c.asked())
		}
		names := c.ofTransfer()
		if c.verb() == "RETR" {
			names = append(names, largeFile, repliesLast)
		}
		if err := c.site.odd(err, names...); err != nil {
			return r, err
		}
	}
}

// finish reads the reply to the end of a transfer, and wants it to say that all went well.
func (c *client) finish() error {
	r, err := c.over()
	switch {
	case err != nil || r.is("226"):
	case r.is("250"):
		c.site.note("the reply at the end of a transfer is 250: most clients accept that, and rclone wants 226")
	default:
		err = c.failure("the reply to %s is %q, want code 226 or 250", c.asked(), r)
		if r.is("2") {
			err = c.site.odd(err, c.ofTransfer()...)
		}
	}
	return err
}

// ofTransfer returns the cases about the replies to a command that uses a data connection, the
// last command. Servers have one function for all such commands, or one for each.
func (c *client) ofTransfer() []string {
	switch c.verb() {
	case "LIST":
		return []string{transferEnd, listing}
	case "NLST":
		return []string{transferEnd, listing, bareListing}
	}
	return []string{transferEnd}
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
		err = c.site.odd(err, everyByteSent)
	case isBegun(got, want) && !c.site.isAbout(everyByteSent):
		return c.site.unlessCharged(err, transferEnd, everyByteSent, largeFile)
	case strings.HasPrefix(want, got):
		return err
	case strings.HasPrefix(got, want) && want != "", isEncoded(got, want):
		err = c.site.unlessCharged(err, everyByteSent)
	}
	return suite.About(everyByteSent, err)
}

// isBegun reports whether got is the beginning of want, and long enough to tell it from others.
func isBegun(got, want string) bool {
	const enough = 1 << 10
	return strings.HasPrefix(want, got) && (len(got) >= enough || 2*len(got) >= len(want) && got != "")
}

// isEncoded reports whether got is want with its bytes taken for letters: only those that are no
// ASCII differ.
func isEncoded(got, want string) bool {
	ascii := func(text string) string {
		b := make([]byte, 0, len(text))
		for i := range len(text) {
			if text[i] < 0x80 && text[i] != '?' {
				b = append(b, text[i])
			}
		}
		return string(b)
	}
	return ascii(got) == ascii(want) && ascii(got) != ""
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
	switch {
	case isConverted(got, want):
		text += ": this is text conversion, as only line ends differ"
	case isEncoded(got, want):
		text += ": this is text conversion, as only bytes from 0x80 on differ"
	}
	return text
}

var withoutLineEnds = strings.NewReplacer("\r", "", "\n", "")

// isConverted reports whether got is want, sent as text: only line ends differ, and not
// since some at the end are missing.
func isConverted(got, want string) bool {
	return !strings.HasPrefix(want, got) && !strings.HasPrefix(got, want) && withoutLineEnds.Replace(got) == withoutLineEnds.Replace(want)
}
