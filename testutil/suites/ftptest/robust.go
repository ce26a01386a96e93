package ftptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// robust holds the second half of part 6: no client brings the server down.
var robust = []testCase{
	{
		Name: "survives_commands_without_their_arguments", Group: suite.Robustness, Points: 2,
		Explanation: "If a command comes without its argument, reply 501: check the argument before you use it. The session goes on.",
		Run:         visit(survivesMissingArguments),
	},
	{
		Name: "survives_empty_lines_and_garbage", Group: suite.Robustness, Points: 1,
		Explanation: "The session goes on after any line, or at least the server does. A line may be empty, blank, or have any bytes.",
		Run: visit(survives("garbage", "\r\n", "\n", " \r\n", "   \r\n\r\n", "\x00\r\n", "\xff\xf4\xff\xf2\r\n", "\x16\x03\x01\x02\x00\x01\r\n",
			"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "USER\x00anonymous\r\n", " USER anonymous\r\n", "%s%n\r\n")),
	},
	{
		Name: "survives_a_1_MiB_line", Group: suite.Robustness, Points: 1,
		Explanation: "The server replies to a very long line, or disconnects the client, and goes on. A line may be longer than any buffer.",
		Run:         visit(survivesALongLine),
	},
	{
		Name: "survives_clients_that_leave_at_any_moment", Group: suite.Robustness, Points: 3,
		Explanation: "A client may disconnect at any moment: only its session ends. Then a read or a write fails: log.Fatal and panic would end all other sessions, too.",
		Run:         visit(survivesLeaving),
	},
	{
		Name: "reports_an_aborted_transfer", Group: suite.Robustness, Points: 1,
		Explanation: "If the client closes its data connection before the end of the file, reply 426 or 451: 226 means that all was sent. The session goes on, and releases what the transfer has used.",
		Run:         visit(withClient(saysWhenItBreaksOff)),
	},
	{
		Name: "refuses_a_transfer_without_a_data_connection", Group: suite.Robustness, Points: 1,
		Explanation: "The reply to LIST or RETR without PASV or PORT before it is 425 (or 503): there is no data connection. Each data connection is for one transfer.",
		Run: visit(withClient(func(s *site, c *client) error {
			for _, line := range []string{"LIST", "RETR hello.txt", "NLST"} {
				if err := c.wantNoData(line); err != nil {
					return err
				}
			}
			if err := c.get("hello.txt", tree["hello.txt"]); err != nil {
				return err
			}
			if err := c.wantNoData("RETR hello.txt"); err != nil {
				return prefixed("after a transfer, without another PASV: ", err)
			}
			if err := closesWithoutData(s, c); err != nil {
				return err
			}
			return s.unlessCharged(c.wantsFailureWhereNothingListens(), notKnown)
		})),
	},
	{
		Name: "refuses_to_send_a_directory_or_a_pipe", Group: suite.Robustness, Points: 1,
		Explanation: "The reply to RETR of a directory is 550. The reply for a named pipe is 550, too: Open would wait forever.",
		Run:         visit(withClient(refusesNoFile)),
	},
	{
		Name: "does_not_load_a_file_into_memory", Group: suite.Robustness, Points: 1,
		Explanation: "Hold only a small piece of a file in memory, as io.Copy does: a file may be larger than the memory. os.ReadFile and io.ReadAll hold all of it.",
		Run:         visit(holdsNoWholeFile),
	},
	{
		Name: "requires_a_login", Group: suite.Robustness, Points: 1,
		Explanation: "Before USER and PASS, the reply to other commands is 530. (SYST, FEAT, HELP and NOOP reveal nothing, and some clients send SYST first: reply to them always.)",
		Run:         visit(wantsALogin),
	},
	{
		Name: "ends_its_replies_with_CR_LF", Group: suite.Robustness, Points: 1,
		Explanation: `All lines end in \r\n, in replies and in listings. With \n alone, lftp and some other clients wait forever.`,
		Run: visit(withClient(func(s *site, c *client) error {
			if err := c.get("hello.txt", tree["hello.txt"]); err != nil {
				return err
			}
			if err := c.setType("A"); err != nil {
				return err
			}
			for _, command := range []string{"LIST", "NLST", "LIST sub"} {
				text, err := c.fetch(command)
				if err != nil {
					return err
				}
				for line := range strings.Lines(text) {
					if !strings.HasSuffix(line, "\r\n") {
						return c.failure(`%s sent the line %q, want one that ends in "\r\n"`, command, line)
					}
				}
			}
			if err := c.talk(step{"PWD", "2 4 5"}, step{"CWD sub", "2 4 5"}, step{"CWD nosuch", "2 4 5"}, step{"XYZZY", "2 4 5"}); err != nil {
				return err
			}
			if err := c.quit(); err != nil {
				return s.unlessCharged(suite.About(goodbye, err), notKnown)
			}
			c.hurry = true
			c.hungUp() // of a server that ends now, this case is to see it
			c.hurry = false
			if c.bare {
				return c.failure(`a reply ends in "\n", want "\r\n"`)
			}
			if c.terse != "" {
				return c.failure(`a reply is the code %q alone, want a space and a text behind it (RFC 959, 4.2), for which PHP and others wait`, c.terse)
			}
			return nil
		})),
	},
	{
		Name: "quotes_the_working_directory", Group: suite.Robustness, Points: 1,
		Explanation: `The reply to PWD is 257 "/sub": the name is in quotes, and a quote in the name is doubled (RFC 959, appendix II). Without quotes, Python's ftplib and aria2 find no name.`,
		Run:         visit(quotesTheDirectory),
	},
	{
		Name: "reports_the_system_type_UNIX", Group: suite.Robustness, Points: 1,
		Explanation: "The reply to SYST is 215 UNIX Type: L8. After any other reply, the standard ftp command fetches binary files as text, and damages them silently.",
		Run: visit(withClient(func(s *site, c *client) error {
			r, err := c.do("SYST", "215")
			switch {
			case err != nil:
				return err
			case !strings.HasPrefix(r.text, "UNIX"):
				return c.failure("the reply to SYST is %q, which names another system than UNIX, want 215 UNIX Type: L8", r)
			case !strings.HasPrefix(r.text, "UNIX Type: L8"):
				return c.failure("the reply to SYST is %q, without Type: L8, want 215 UNIX Type: L8", r)
			}
			return nil
		})),
	},
	{
		Name: "closes_the_old_data_port_on_a_second_PASV", Group: suite.Robustness, Points: 1,
		Explanation: "A second PASV replaces the first: close the listener of the first. Otherwise each PASV leaks a port and a file descriptor.",
		Run:         visit(withClient(forgetsOldPort)),
	},
	{
		Name: "opens_data_connections_in_each_supported_mode", Group: suite.Robustness, Points: 1,
		Explanation: "Each of PASV, EPSV, PORT and EPRT that the server accepts must work, because the client chooses. One of them is enough, and the last one counts.",
		Run: visit(withClient(func(s *site, c *client) error {
			known := 0
			for c.method = range methods {
				l, err := methods[c.method].open(c)
				if errors.Is(err, errNotKnown) {
					continue
				}
				if err != nil {
					return err
				}
				known++
				s.keep(l)
				got, err := c.fetchOver(l, "RETR hello.txt")
				if err != nil {
					return err
				}
				if !strings.HasPrefix(got, "hello, world") { // its end may be another: this is text
					return c.failure("RETR hello.txt sent %s", difference(got, tree["hello.txt"]))
				}
				if c.nowhere != nil {
					return s.unlessCharged(c.nowhere, dataConnection)
				}
			}
			if known == 0 {
				return c.failure("none of PASV, EPSV, PORT and EPRT is known")
			}
			c.close()
			return takesTheLastMode(s)
		})),
	},
	{
		Name: "refuses_data_connections_from_other_hosts", Group: suite.Robustness, Points: 1,
		Explanation: "Accept a data connection only from the address of the client (RFC 2577, 2). Any program may connect to the port of PASV: compare the addresses.",
		Run:         visit(withClient(givesNothingToStrangers)),
	},
	{
		Name: "refuses_to_connect_to_other_hosts", Group: suite.Robustness, Points: 1,
		Explanation: "Connect only to the client's address, and never to a port below 1024 (RFC 2577, 3). PORT and EPRT may name any machine: an attacker could use the server to attack it.",
		Run:         visit(withClient(connectsToNobodyElse)),
	},
	{
		Name: "lists_a_name_with_a_newline_on_one_line", Group: suite.Robustness, Points: 1,
		Explanation: "In a listing, print another character in place of a newline in a name. Otherwise the rest of the name becomes a new line of the listing.",
		Run: visit(func(s *site) error {
			const name = "one\n-rw-r--r-- 1 ftp ftp 13 Mar 14 15:09 forged.txt"
			if err := os.WriteFile(filepath.Join(s.root, "sub", name), nil, 0o644); err != nil {
				return suite.Unchecked("there are no such names: " + err.Error())
			}
			c, err := s.login()
			if err != nil {
				return err
			}
			for _, command := range []string{"LIST sub", "NLST sub"} {
				text, err := c.fetch(command)
				if err != nil {
					return s.unlessCharged(err, listing)
				}
				if !strings.Contains(text, "inner.txt") {
					return c.failure("%s sent %s, want a line for %q", command, shown(linesOf(text)), "inner.txt")
				}
				for _, line := range linesOf(text) {
					if strings.HasPrefix(line, "-rw-r--r-- 1 ftp ftp 13 Mar 14") {
						return c.failure("%s: a file's name holds a newline, and forges the line %q", command, line)
					}
				}
			}
			return nil
		}),
	},
	{
		Name: "closes_the_connections_of_a_client_that_has_left", Group: suite.Robustness, Points: 2,
		Explanation: "When a client leaves, close its connections and its listeners: put defer conn.Close() at the top of handleConn. Close a file when it is sent.",
		Run:         visit(keepsNoConnection),
	},
	{
		Name: "leaks_no_goroutine", Group: suite.Robustness, Points: 1, Collects: suite.Leaks,
		Explanation: "When a client has left, close what its goroutines wait for, or these goroutines leak.",
		Run: visit(func(s *site) error {
			if s.isOutside() {
				return suite.Unchecked("the goroutines of another process cannot be seen")
			}
			for range 10 {
				c, err := s.login()
				if err != nil {
					return err
				}
				if _, err := c.link(); err != nil {
					return err
				}
			}
			return nil
		}),
	},
}

// takesTheLastMode wants the file to come over the data connection that was asked for last: a
// client to which PASV is of no use may try PORT.
func takesTheLastMode(s *site) error {
	for _, modes := range [][]method{{methods[0], methods[2]}, {methods[2], methods[0]}} {
		c, err := s.login()
		if err != nil {
			return err
		}
		var last link
		for _, mode := range modes {
			last, err = mode.open(c)
			if errors.Is(err, errNotKnown) {
				return nil
			}
			if err != nil {
				return err
			}
			s.keep(last)
		}
		got, err := c.fetchOver(last, "RETR hello.txt")
		if err == nil && !strings.HasPrefix(got, "hello, world") {
			err = c.failure("RETR hello.txt sent %s", difference(got, tree["hello.txt"]))
		}
		if err != nil {
			return prefixed(fmt.Sprintf("a client has sent %s and then %s: ", modes[0].verb, modes[1].verb), err)
		}
		c.close()
	}
	return nil
}

// wantNoData wants a command that sends data to be refused, as there is no data connection.
func (c *client) wantNoData(line string) error {
	r, err := c.do(line, "150", "125", "425", "5")
	if err == nil && r.is("1") {
		_, err = c.want("425", "4", "5")
	}
	return err
}

// wantsFailureWhereNothingListens tells the server ports at which nothing listens, and wants RETR to
// fail. A server that lets the client connect is told none.
func (c *client) wantsFailureWhereNothingListens() error {
	for _, active := range []func(c *client) (link, error){(*client).port, (*client).eprt} {
		l, err := active(c)
		if errors.Is(err, errNotKnown) {
			continue
		}
		if err != nil {
			return err
		}
		told := c.asked()
		l.Close()
		if err := c.wantNoData("RETR hello.txt"); err != nil {
			return prefixed("after "+told+", where nothing listens: ", err)
		}
	}
	return nil
}

// closesWithoutData wants no file to stay open that could not be sent, as far as this system
// tells.
func closesWithoutData(s *site, c *client) error {
	before, err := s.descriptors(s.pid())
	if err != nil {
		return nil
	}
	const n, most = 6, 3
	for range n {
		if err := c.wantNoData("RETR hello.txt"); err != nil {
			return err
		}
	}
	if open, ok := s.open(s.pid(), before+most); !ok {
		err := fmt.Errorf("after %d RETR without a data connection, the server has %d open files and sockets for it, want none: close the file before every return", n, open-before)
		return suite.About("TestRobust/closes_the_connections_of_a_client_that_has_left", err)
	}
	return nil
}

func survivesMissingArguments(s *site) error {
	c, err := s.login()
	if err != nil {
		return err
	}
	// What may change the login or the data connection of the others comes last.
	for _, line := range []string{"LIST -", "CWD", "CWD ", "RETR", "RETR  ", "TYPE", "TYPE X", "REST", "REST x", "REST -1", "SIZE", "MDTM",
		"STOR", "DELE", "MKD", "RMD", "RNFR", "RNTO", "OPTS", "MODE", "STRU", "FEAT x", "PORT", "PORT 1,2", "PORT a,b,c,d,e,f",
		"PORT 1,2,3,4,5,6,7", "PORT 300,0,0,1,0,1", "EPRT", "EPRT |", "EPRT |1|x|y|", "EPRT ||||", "EPSV", "PASV x", "PASS", "USER", "USER "} {
		r, err := c.do(line, "1", "2", "3", "4", "5")
		if err == nil && r.is("1") {
			_, err = c.want("4", "5")
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(line, "USER") || line == "PASS" {
			continue
		}
		if err := c.answers(); err != nil {
			return prefixed("after "+line+": ", err)
		}
	}
	c.close()
	return s.greeted("commands without their arguments")
}

// survives returns a visit in which clients send lines of all kinds, before and
// after their login.
func survives(what string, lines ...string) func(s *site) error {
	return func(s *site) error {
		for _, known := range []bool{false, true} {
			after := ""
			for _, line := range lines {
				c, err := s.connect()
				if err == nil && known {
					err = c.login(s.name())
				}
				if err != nil {
					return prefixed(after+"a new client comes: ", err)
				}
				c.write(line) // the server may close the connection in the middle
				c.close()
				after = fmt.Sprintf("after a client has sent %q, ", short(line))
			}
			if err := s.greeted(what); err != nil {
				return err
			}
		}
		return nil
	}
}

// survivesALongLine makes its lines only when it is run: each process of a case would have
// to make those of a variable.
func survivesALongLine(s *site) error {
	long := strings.Repeat("x", 1<<20) + "\r\n"
	return survives("a 1 MiB line", long, "CWD "+long)(s)
}

func wantsALogin(s *site) error {
	another, err := s.login() // which lets in no client but itself
	if err != nil {
		return err
	}
	another.close()
	c, err := s.connect()
	if err != nil {
		return err
	}
	if _, err := c.do("PASS "+s.pass(), "2", "3", "4", "5"); err != nil { // it may be enough
		return prefixed("before USER: ", err)
	}
	c.close()
	if c, err = s.connect(); err != nil {
		return err
	}
	const needed = "530 503"
	refused := []step{
		{"LIST", needed}, {"CWD sub", needed}, {"RETR hello.txt", needed}, {"NLST", needed}, {"PWD", needed}, {"CDUP", needed},
	}
	for _, line := range []string{ // these may be unknown too
		"PASV", "EPSV", "PORT 127,0,0,1,200,10", "EPRT |1|127.0.0.1|51210|",
		"MLSD", "MLST", "SIZE hello.txt", "MDTM hello.txt", "STAT sub", "REST 1",
		"STOR new.txt", "APPE hello.txt", "STOU", "DELE hello.txt", "MKD new", "RMD sub", "RNFR hello.txt", "RNTO new.txt",
	} {
		refused = append(refused, step{line, needed + " 500 501 502 504 550"})
	}
	if err := c.talk(refused...); err != nil {
		return prefixed("before the login: ", err)
	}
	r, err := c.do("USER "+s.name(), "331", "230")
	if err != nil || r.is("230") {
		return err
	}
	if err := c.talk(refused...); err != nil {
		return prefixed("after USER, and before PASS: ", err)
	}
	if _, err := c.do("PASS "+s.pass(), "230", "202"); err != nil {
		return err
	}
	if err := c.walk([]string{"CWD sub", "CDUP"}); err != nil {
		return prefixed("after the login: ", err)
	}
	return nil
}

func saysWhenItBreaksOff(s *site, c *client) error {
	if err := s.addSparse("large.bin", large); err != nil {
		return err
	}
	if err := s.addSparse("medium.bin", 1<<20); err != nil {
		return err
	}
	conn, err := c.start("large.bin")
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(conn, make([]byte, 1000)); err != nil {
		return c.failure("RETR large.bin: %w", err)
	}
	conn.Close()
	r, err := c.over()
	if err != nil {
		return err
	}
	if !r.is("4", "5") { // a server that sends only the beginning may have sent all that it would
		err := c.failure("after the client has closed the data connection of RETR large.bin too early, the reply is %q, want code 426 or 451", r)
		return s.unlessCharged(err, largeFile)
	}
	const n = 110 // more than a server might have places for
	for i := range n {
		r, err := c.breakOff("RETR medium.bin")
		if err == nil && !r.is("4", "5") {
			err = c.failure("the client has closed the data connection of RETR medium.bin before the file was sent, and the reply is %q; want code 426 or 451", r)
		}
		if err == nil && i%10 == 0 { // its few bytes may be on their way before the server can know
			_, err = c.breakOff("LIST")
		}
		if err != nil {
			return prefixed(fmt.Sprintf("after %s that broke off: ", counted(1+i, "transfer")), err)
		}
	}
	_, err = c.fetch("RETR hello.txt")
	return prefixed(fmt.Sprintf("after %d transfers that broke off: ", 1+n), err)
}

// breakOff closes a data connection before something is sent over it, and returns the
// last reply to the command that should send it.
func (c *client) breakOff(command string) (reply, error) {
	l, err := c.link()
	if err != nil {
		return reply{}, err
	}
	breakLink(l)
	r, err := c.do(command, "1", "4", "5")
	if err != nil || !r.is("1") {
		return r, err
	}
	return c.want("2", "4", "5")
}

// breakLink closes a link in such a way that the server gets an error when it sends.
func breakLink(l link) {
	if d, ok := l.(*dataConn); ok {
		reset(d)
		return
	}
	l.Close()
}

// leavings are ways in which a client leaves a server.
var leavings = []struct {
	when string
	do   func(s *site) error
}{
	{"left before its greeting", func(s *site) error {
		c, err := s.connectSilently()
		if err == nil {
			c.close()
		}
		return err
	}},
	{"left in the middle of a command", func(s *site) error {
		c, err := s.connect()
		if err != nil {
			return err
		}
		defer c.close()
		return c.write("USER ano")
	}},
	{"left without a goodbye", func(s *site) error {
		c, err := s.login()
		if err == nil {
			c.close()
		}
		return err
	}},
	{"broken its connection", func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		c.reset()
		return nil
	}},
	{"left after asking for a data connection", func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		defer c.close()
		l, err := c.link()
		if err == nil {
			l.Close()
		}
		return err
	}},
	{"closed its data connection and asked for a listing", func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		defer c.close()
		l, err := c.link()
		if err != nil {
			return err
		}
		l.Close()
		return c.send("LIST")
	}},
	{"left in the middle of a transfer", func(s *site) error {
		return s.breakOff(func(c *client, data net.Conn) { c.close(); data.Close() })
	}},
	{"broken its data connection", func(s *site) error {
		return s.breakOff(func(c *client, data net.Conn) { reset(data) })
	}},
	{"broken both connections", func(s *site) error {
		return s.breakOff(func(c *client, data net.Conn) { reset(data); c.reset() })
	}},
}

func survivesLeaving(s *site) error {
	if err := s.addSparse("large.bin", large); err != nil {
		return err
	}
	for _, leave := range leavings {
		if err := leave.do(s); err != nil {
			return err
		}
		if err := s.greeted("a client has " + leave.when); err != nil {
			return err
		}
	}
	if !s.isOutside() {
		s.await(func() (string, bool) { return "", s.spun() != nil || s.others() == "" })
	}
	return nil
}

// breakOff begins a transfer and lets leave end it.
func (s *site) breakOff(leave func(c *client, data net.Conn)) error {
	c, err := s.login()
	if err != nil {
		return err
	}
	data, err := c.start("large.bin")
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(data, make([]byte, 1000)); err != nil {
		return c.failure("RETR large.bin: %w", err)
	}
	leave(c, data)
	return nil
}

// reset closes the connection in such a way that the server gets an error.
func (c *client) reset() {
	reset(c.conn)
	c.close()
}

// reset closes a connection in such a way that the other end gets an error.
func reset(conn net.Conn) {
	if d, ok := conn.(*dataConn); ok {
		conn = d.Conn
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

func quotesTheDirectory(s *site) error {
	for _, name := range []string{`q"d/x`, "50%d/x"} {
		if err := s.add(name, ""); err != nil {
			return suite.Unchecked("there are no such names: " + err.Error())
		}
	}
	for _, dir := range []struct{ name, want string }{{"sub", `"/sub"`}, {`q"d`, `"/q""d"`}, {"50%d", `"/50%d"`}} {
		c, err := s.login()
		if err != nil {
			return err
		}
		r, err := c.do("CWD "+dir.name, "2")
		if err != nil && r.notKnown() {
			return s.missing("CWD", goingDown, err)
		}
		if err != nil {
			return err
		}
		r, err = c.do("PWD", "257")
		if err != nil {
			return err
		}
		if !strings.HasPrefix(r.text, dir.want) {
			err := c.failure("the reply to PWD is %q, want 257 %s", r, dir.want)
			if strings.Contains(dir.name, "%") {
				err = c.failure("the reply to PWD is %q, want 257 %s: text from outside must not be a format of package fmt", r, dir.want)
			}
			return err
		}
		c.do("CWD /", "2") // where the next one starts is for other cases
		c.close()
	}
	return nil
}

func forgetsOldPort(s *site, c *client) error {
	var ports []string
	for range 3 {
		l, err := c.link()
		if err != nil {
			return err
		}
		d, ok := l.(*dataConn)
		if !ok {
			return nil // it is the client that listens
		}
		ports = append(ports, d.RemoteAddr().String())
	}
	last := ports[2]
	for _, port := range ports[:2] {
		if port == last {
			continue // the kernel may give out a port again as soon as it is free
		}
		if text, ok := s.refuses(port); !ok {
			return c.failure("after another %s, the server still listens on %s%s, where the one before led", methods[c.method%len(methods)].verb, port, text)
		}
	}
	return nil
}

// refuses waits until the server does not listen at address.
func (s *site) refuses(address string) (string, bool) {
	return s.await(func() (string, bool) { return "", !s.listensAt(address) })
}

// portOf returns the port of an address, "127.0.0.1:8021"; 0 if it has none.
func portOf(address string) int {
	_, text, _ := net.SplitHostPort(address)
	port, _ := strconv.Atoi(text)
	return port
}

// listensAt reports whether the server listens at address. If it is in this process, and the
// system tells, there is no need to connect. By now another program may listen there, and would
// take that connection for one of its client.
func (s *site) listensAt(address string) bool {
	if !s.isOutside() {
		ports, _ := program.ListensAt([]int{os.Getpid()})
		if slices.Contains(ports, portOf(s.address)) { // the system tells what is ours
			return slices.Contains(ports, portOf(address))
		}
	}
	conn, err := net.DialTimeout("tcp", address, s.patience)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func givesNothingToStrangers(s *site, c *client) error {
	if err := c.binary(); err != nil {
		return err
	}
	useless := func(err error) bool {
		_, ok := errors.AsType[unusable](err)
		return ok || errors.Is(err, errNotKnown)
	}
	address, err := c.pasvAddress()
	if useless(err) {
		address, err = c.epsvAddress()
	}
	if useless(err) {
		return nil // it is the client that listens
	}
	if err != nil {
		return err
	}
	if _, port, err := net.SplitHostPort(address); err == nil { // at the server, whatever it has told
		host, _, _ := net.SplitHostPort(c.conn.RemoteAddr().String())
		address = net.JoinHostPort(host, port)
	}
	stranger := net.Dialer{Timeout: s.patience, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
	conn, err := stranger.DialContext(context.WithoutCancel(s.ctx), "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EINVAL):
		return suite.Unchecked("this machine has no second address: " + err.Error())
	case err != nil:
		return nil // no stranger can even connect
	}
	s.keep(conn)
	if err := c.send("RETR hello.txt"); err != nil {
		return err
	}
	conn.SetReadDeadline(c.deadline())
	if data, _ := io.ReadAll(conn); len(data) > 0 {
		return c.failure("a stranger, at 127.0.0.9, has connected to the port of %v, and received the file: %q", c.conn.LocalAddr(), short(string(data)))
	}
	// A server that still waits for its client need not wait any more.
	if s.listensAt(address) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
		}
	}
	return nil
}

func connectsToNobodyElse(s *site, c *client) error {
	ln, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		return suite.Unchecked("this machine has no second address: " + err.Error())
	}
	defer ln.Close()
	port := ln.Addr().(*net.TCPAddr).Port
	for _, line := range []string{
		fmt.Sprintf("PORT 127,0,0,2,%d,%d", port>>8, port&0xff),
		fmt.Sprintf("EPRT |1|127.0.0.2|%d|", port),
		"PORT 127,0,0,1,0,25",
		"EPRT |1|127.0.0.1|25|",
	} {
		r, err := c.do(line, "2", "4", "5")
		if err != nil {
			return err
		}
		if !r.is("2") {
			continue
		}
		if r, err = c.do("RETR hello.txt", "1", "4", "5"); err != nil {
			return err
		}
		if r.is("1") {
			verb, _, _ := strings.Cut(line, " ")
			return c.failure("%s is not the client's address or port, and the reply to RETR is %q, want %s or RETR refused", line, r, verb)
		}
	}
	return nil
}

// notFiles are names of directories, and of a pipe, the last one.
var notFiles = []string{"sub", "sub/", "/", ".", "pipe"}

func refusesNoFile(s *site, c *client) error {
	names := notFiles
	noPipe := makePipe(filepath.Join(s.root, "pipe"))
	if noPipe != nil {
		names = names[:len(names)-1]
	}
	for _, name := range names {
		if err := c.wantRefused("RETR " + name); err != nil {
			return err
		}
	}
	if err := c.get("hello.txt", tree["hello.txt"]); err != nil || noPipe == nil {
		return err
	}
	return suite.Unchecked("there are no named pipes: " + noPipe.Error())
}

func holdsNoWholeFile(s *site) error {
	const size, most = 64 << 20, 32 << 20 // the race detector needs five times as much
	if err := s.addSparse("huge.bin", size); err != nil {
		return err
	}
	before, err := s.memory()
	if err != nil {
		return suite.Unchecked("how much memory the server uses is not known: " + err.Error())
	}
	c, err := s.login()
	if err != nil {
		return err
	}
	data, err := c.start("huge.bin")
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(data, make([]byte, 1)); err != nil {
		return c.failure("RETR huge.bin: %w", err)
	}
	after, err := s.memory()
	if err == nil && after-before > most {
		err = c.failure("before the first byte of a file of %d MiB came, the server used %d MiB more memory, want at most %d", size>>20, (after-before)>>20, most>>20)
	}
	return err
}

// memory returns how many bytes of memory the server uses.
func (s *site) memory() (int, error) {
	if s.remote {
		return 0, errNoProcess
	}
	if s.process == nil {
		var m runtime.MemStats
		runtime.GC() // what is garbage is not used
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc), nil
	}
	return memoryOf(program.Group(s.process.Pid()))
}

// wantRefused wants a command to be refused before or after its reply 150.
func (c *client) wantRefused(line string) error {
	l, err := c.link()
	if err != nil {
		return err
	}
	defer l.Close()
	conn, r, err := c.request(l, line)
	if conn != nil {
		defer conn.Close()
	}
	if conn == nil && !r.is("1") { // it need not connect before it refuses
		return err
	}
	r, err = c.over()
	if err == nil && !r.is("4", "5") {
		err = c.failure("the reply to %s is %q, want code 4xx or 5xx", line, r)
	}
	return err
}

// errNoProcess is the error about the process of a server that was running before.
var errNoProcess = errors.New("it was running before, as a process that is not known")

// requests are what a client asks of a server again and again. Each may open something.
var requests = []struct {
	what, closes string
	do           func(c *client) error
	about        string // the case that is about it, "" if it is none of robust
}{
	{"fetched a file", "the file", func(c *client) error { _, err := c.fetch("RETR hello.txt"); return err }, ""},
	{"listed a directory", "the directory", func(c *client) error { _, err := c.fetch("LIST"); return err }, ""},
	{"listed the names in a directory", "the directory", func(c *client) error { _, err := c.fetch("NLST sub"); return err }, ""},
	{"changed its directory", "each", func(c *client) error {
		return c.talk(step{"CWD sub", "2 4 5"}, step{"CWD nosuch", "2 4 5"}, step{"CWD ..", "2 4 5"})
	}, ""},
	{"asked for a file and a directory that do not exist", "each", func(c *client) error {
		if err := c.refusedOrEmpty("RETR nosuch.txt"); err != nil {
			return err
		}
		return c.refusedOrEmpty("LIST nosuch")
	}, ""},
	{"asked about a file", "the file", func(c *client) error {
		return c.talk(step{"SIZE hello.txt", "2 5"}, step{"MDTM hello.txt", "2 5"}, step{"MLST hello.txt", "2 5"})
	}, ""},
	{"asked for a directory as a file", "each", func(c *client) error { return c.wantRefused("RETR sub") }, noFile},
	{"closed its data connection too early", "each", func(c *client) error { _, err := c.breakOff("RETR medium.bin"); return err }, brokenOff},
	{"closed its data connection before a listing was sent", "each", func(c *client) error { _, err := c.breakOff("LIST"); return err }, brokenOff},
}

func keepsNoConnection(s *site) error {
	if s.remote {
		return suite.Unchecked("what the server has open is not known: " + errNoProcess.Error())
	}
	pid := s.pid()
	if _, err := s.descriptors(pid); err != nil {
		return suite.Unchecked("this system does not tell what a process has open: " + err.Error())
	}
	if err := s.addSparse("medium.bin", 1<<20); err != nil {
		return err
	}
	first, err := s.login() // a server may open its root now
	if err != nil {
		return err
	}
	first.close()
	before, err := s.descriptors(pid)
	if err != nil {
		return err
	}
	stays, err := s.login()
	if err != nil {
		return err
	}
	idle := before
	if s.process != nil { // it may have started another process for this client
		if idle, err = s.descriptors(pid); err != nil {
			return err
		}
	}
	if err := s.closesAfterRequests(stays, pid, idle); err != nil {
		return err
	}
	stays.close()
	return s.closesAfterClients(pid, before)
}

// closesAfterRequests has a client make each of the requests some times. Process pid of the
// server had idle sockets and files open before.
func (s *site) closesAfterRequests(c *client, pid, idle int) error {
	// Its control connection has two ends if the server is in this process. The
	// session may keep its directory, and the listener of the last PASV.
	const n, most = 10, 4
	var about []string // of the requests so far: one that gets too many replies confuses the next
	for _, request := range requests {
		if request.about != "" {
			about = append(about, request.about)
		}
		for range n {
			if err := request.do(c); err != nil {
				return s.unlessCharged(err, about...) // the client cannot go on
			}
		}
		if open, ok := s.open(pid, idle+most); !ok {
			return fmt.Errorf("a client has %s %d times: the server has %d open sockets and files for it, want at most %d: close %s before every return", request.what, n, open-idle, most, request.closes)
		}
	}
	return nil
}

// closesAfterClients has clients ask for data connections and leave. Process pid of the server
// had so many sockets and files open before they came.
func (s *site) closesAfterClients(pid, before int) error {
	const n = 10
	for i := range n {
		c, err := s.login()
		if err != nil {
			return err
		}
		if _, err := c.link(); err != nil {
			return err
		}
		switch i % 3 {
		case 0:
			if err := c.quit(); err != nil {
				return err
			}
		case 1:
			if err := c.stall("medium.bin"); err != nil {
				return err
			}
		}
		c.close()
	}
	s.hangUp()
	if after, ok := s.open(pid, before); !ok {
		return fmt.Errorf("%d clients have asked for a data connection and disconnected: the server has %d more open sockets or files than before, want none", n, after-before)
	}
	return nil
}

// pid returns the number of the process that the server is in.
func (s *site) pid() int {
	if s.process != nil {
		return s.process.Pid()
	}
	return os.Getpid()
}

// open waits until a process has at most so many sockets and files of the root open.
func (s *site) open(pid, most int) (n int, ok bool) {
	_, ok = s.await(func() (string, bool) {
		n, _ = s.descriptors(pid)
		return "", n <= most
	})
	return n, ok
}

// descriptors returns how many sockets and files of the root a process has open or, of a
// server that is a process, its group.
func (s *site) descriptors(pid int) (int, error) {
	n, err := s.descriptorsOf(pid)
	if s.process == nil || err != nil {
		return n, err
	}
	for _, other := range program.Group(pid)[1:] {
		more, _ := s.descriptorsOf(other) // it may have ended
		n += more
	}
	return n, nil
}

// sockets returns the sockets that this process has open, as far as the system tells.
func sockets() map[string]bool {
	const dir = "/proc/self/fd"
	entries, _ := os.ReadDir(dir)
	open := make(map[string]bool)
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			open[to] = true
		}
	}
	return open
}

func (s *site) descriptorsOf(pid int) (int, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, e := range entries {
		to, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil || s.ofOthers[to] {
			continue
		}
		if strings.HasPrefix(to, "socket:") || to == s.root || strings.HasPrefix(to, s.root+"/") {
			n++
		}
	}
	return n, nil
}
