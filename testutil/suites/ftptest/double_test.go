package ftptest

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A double is a small correct server of which one thing may be changed. Its zero value
// is correct.
type double struct {
	command func(line string) string                 // changes a command before it is carried out
	reply   func(command, line string) string        // changes a reply, of a line; "" sends none
	data    func(command string, data []byte) []byte // changes what goes over a data connection
	name    func(dir, arg string) string             // resolves a name, in place of resolve
	shared  bool                                     // all clients have one working directory
	machine bool                                     // PWD shows the path on the machine
	today   bool                                     // LIST shows the time of day of files of the future
	ends    func(command, line string) bool          // reports whether the session ends after a reply, of a line
	newline string                                   // ends a reply, in place of CR LF
	free    bool                                     // USER alone logs in
	early   bool                                     // the data of a large file come before the reply 150
	stale   bool                                     // LIST shows of each directory what it has shown first
	at      net.IP                                   // where data connections are to be made, of this machine; that of the client if nil
	late    time.Duration                            // how long it waits for a data connection; forever if 0
	user    string                                   // who may log in, with the password; anybody if empty

	password string
}

// resolve returns the path from the root that a name stands for in the directory dir.
func resolve(dir, arg string) string {
	if path.IsAbs(arg) {
		return path.Clean(arg)
	}
	return path.Join(dir, arg)
}

func (d double) serve(ln net.Listener, root string) error {
	fsys, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer fsys.Close()
	var mu sync.Mutex
	shared, listed := "/", new(sync.Map)
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			time.Sleep(time.Millisecond)
			continue
		}
		s := &doubleSession{double: d, root: fsys, rootName: root, conn: conn, dir: "/", listed: listed}
		if d.shared {
			s.get = func() string { mu.Lock(); defer mu.Unlock(); return shared }
			s.set = func(dir string) { mu.Lock(); defer mu.Unlock(); shared = dir }
		} else {
			s.get = func() string { return s.dir }
			s.set = func(dir string) { s.dir = dir }
		}
		go s.handle()
	}
}

// A doubleSession is what a double keeps of one client.
type doubleSession struct {
	double
	root     *os.Root
	rootName string
	conn     net.Conn
	dir      string
	get      func() string // the working directory
	set      func(dir string)
	listed   *sync.Map // what LIST has shown first, by path
	asked    string    // the command that is carried out
	link     func() (net.Conn, error)
	unlink   func()
}

func (s *doubleSession) say(line string) {
	if s.reply != nil {
		line = s.reply(s.asked, line)
	}
	if line != "" {
		io.WriteString(s.conn, line+cmp.Or(s.newline, "\r\n"))
	}
	if s.ends != nil && s.ends(s.asked, line) {
		s.conn.Close()
	}
}

// path returns the name of a file for the methods of s.root.
func (s *doubleSession) path(arg string) string {
	name := s.name
	if name == nil {
		name = resolve
	}
	return "." + name(s.get(), arg)
}

func (s *doubleSession) handle() {
	defer s.conn.Close()
	defer s.forget()
	s.say("220 hi")
	in, user, name := false, false, ""
	for lines := bufio.NewScanner(s.conn); lines.Scan(); {
		line := lines.Text()
		s.asked = line
		if s.command != nil {
			line = s.command(line)
		}
		verb, arg, _ := strings.Cut(line, " ")
		switch verb = strings.ToUpper(verb); {
		case verb == "USER" && s.free:
			in = true
			s.say("230 in")
		case verb == "USER":
			name, user, in = arg, true, false
			s.say("331 who")
		case verb == "PASS" && !user:
			s.say("503 USER first")
		case verb == "PASS" && s.user != "" && (name != s.user || arg != s.password):
			s.say("530 no")
		case verb == "PASS":
			in = true
			s.say("230 in")
		case verb == "QUIT":
			s.say("221 bye")
			return
		case verb == "SYST":
			s.say("215 UNIX Type: L8")
		case verb == "NOOP":
			s.say("200 ok")
		case !in:
			s.say("530 log in first")
		default:
			s.carryOut(verb, arg)
		}
	}
}

func (s *doubleSession) carryOut(verb, arg string) {
	switch verb {
	case "TYPE":
		if !slices.Contains([]string{"A", "I", "A N", "L 8"}, strings.ToUpper(arg)) {
			s.say("504 no such type")
			return
		}
		s.say("200 ok")
	case "PWD":
		dir := s.get()
		if s.machine {
			dir = path.Join(s.rootName, dir)
		}
		s.say(`257 "` + strings.ReplaceAll(dir, `"`, `""`) + `"`)
	case "CDUP":
		s.cwd("..")
	case "CWD":
		s.cwd(arg)
	case "PASV", "EPSV":
		s.passive(verb)
	case "PORT", "EPRT":
		s.active(verb, arg)
	case "LIST", "NLST":
		for strings.HasPrefix(arg, "-") {
			_, arg, _ = strings.Cut(arg, " ")
		}
		s.send(s.list(verb, arg))
	case "RETR":
		s.send(s.file(arg))
	default:
		s.say("502 not known")
	}
}

func (s *doubleSession) cwd(arg string) {
	name := s.path(arg)
	if info, err := s.root.Stat(name); err != nil || !info.IsDir() {
		s.say("550 no such directory")
		return
	}
	s.set(strings.TrimPrefix(name, "."))
	s.say("250 ok")
}

// forget gives up the data connection that was asked for and not used.
func (s *doubleSession) forget() {
	if s.unlink != nil {
		s.unlink()
	}
	s.link, s.unlink = nil, nil
}

func (s *doubleSession) passive(verb string) {
	s.forget()
	ip := s.conn.LocalAddr().(*net.TCPAddr).IP
	if verb == "PASV" {
		ip = net.IPv4(127, 0, 0, 1) // it can tell no other
	}
	told := "127,0,0,1"
	at := net.TCPAddr{IP: ip}
	if s.at != nil {
		at.IP = s.at
		told = strings.ReplaceAll(s.at.String(), ".", ",")
	}
	ln, err := net.ListenTCP("tcp", &at)
	if err != nil {
		s.say("425 no port")
		return
	}
	s.link = func() (net.Conn, error) {
		defer ln.Close()
		if s.late > 0 {
			ln.SetDeadline(time.Now().Add(s.late))
		}
		conn, err := ln.Accept()
		if err == nil && s.at == nil && !conn.RemoteAddr().(*net.TCPAddr).IP.Equal(ip) {
			conn.Close()
			err = errors.New("a stranger")
		}
		return conn, err
	}
	s.unlink = func() { ln.Close() }
	port := ln.Addr().(*net.TCPAddr).Port
	if verb == "EPSV" {
		s.say(fmt.Sprintf("229 extended passive (|||%d|)", port))
		return
	}
	s.say(fmt.Sprintf("227 passive (%s,%d,%d)", told, port>>8, port&0xff))
}

func (s *doubleSession) active(verb, arg string) {
	s.forget()
	var host string
	var port int
	if verb == "PORT" {
		var n [6]int
		fmt.Sscanf(arg, "%d,%d,%d,%d,%d,%d", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5])
		host, port = fmt.Sprintf("%d.%d.%d.%d", n[0], n[1], n[2], n[3]), n[4]<<8|n[5]
	} else if fields := strings.Split(arg, "|"); len(fields) == 5 {
		host = fields[2]
		port, _ = strconv.Atoi(fields[3])
	}
	if host != "127.0.0.1" && host != "::1" || port < 1024 || port > 65535 {
		s.say("501 not your address")
		return
	}
	s.link = func() (net.Conn, error) { return net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port))) }
	s.say("200 ok")
}

func (s *doubleSession) list(verb, arg string) (io.ReadCloser, error) {
	dir, err := s.root.Open(s.path(arg))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		if verb == "LIST" {
			kind, layout := "-", "Jan _2 15:04"
			if info.IsDir() {
				kind = "d"
			}
			if age := time.Since(info.ModTime()); age > 180*day || age < -day && !s.today {
				layout = "Jan _2  2006"
			}
			fmt.Fprintf(&text, "%srw-r--r-- 1 ftp ftp %8d %s ", kind, info.Size(), info.ModTime().UTC().Format(layout))
		}
		fmt.Fprintf(&text, "%s\r\n", strings.ReplaceAll(e.Name(), "\n", "?"))
	}
	shown := text.String()
	if s.stale {
		first, _ := s.listed.LoadOrStore(verb+s.path(arg), shown)
		shown = first.(string)
	}
	return io.NopCloser(strings.NewReader(shown)), nil
}

func (s *doubleSession) file(arg string) (io.ReadCloser, error) {
	name := s.path(arg)
	info, err := s.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("no file")
	}
	return s.root.Open(name)
}

// send sends what is to be read over the data connection.
func (s *doubleSession) send(from io.ReadCloser, err error) {
	if err != nil {
		s.say("550 no such file or directory")
		return
	}
	defer from.Close()
	if s.link == nil {
		s.say("425 no data connection")
		return
	}
	link := s.link
	s.link, s.unlink = nil, nil
	const most = 4 << 20 // more than any file whose contents a case compares
	data, _ := io.ReadAll(io.LimitReader(from, most))
	early := s.early && len(data) == most
	if !early {
		s.say("150 here it comes")
	}
	conn, err := link()
	if err == nil {
		if s.data != nil {
			data = s.data(s.asked, data)
		}
		if _, err = conn.Write(data); err == nil {
			_, err = io.Copy(conn, from)
		}
		conn.Close()
	}
	if early {
		s.say("150 here it comes")
	}
	if err != nil {
		s.say("426 broken off")
		return
	}
	s.say("226 done")
}
