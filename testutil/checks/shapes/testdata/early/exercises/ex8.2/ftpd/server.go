// Ftpd is an FTP server in one file. Each session has one listener for data, from its start to its end.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"path"
	"sort"
	"strings"
	"time"
)

func main() {
	port := flag.Int("port", 8021, "port on localhost")
	root := flag.String("root", ".", "directory")
	flag.Parse()
	if flag.NArg() != 0 {
		fmt.Fprintln(os.Stderr, "usage: ftpd [-port n] [-root dir]")
		os.Exit(2)
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "ftpd: listening on %s\n", ln.Addr())
	if err := serve(ln, *root); err != nil {
		log.Fatal(err)
	}
}

func serve(ln net.Listener, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	for {
		c, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			log.Print("accept: ", err)
			time.Sleep(20 * time.Millisecond)
			continue
		}
		go talk(c, root)
	}
}

type client struct {
	net.Conn
	root   *os.Root
	cwd    string
	name   string
	logged bool
	pl     *net.TCPListener // for all data connections of the session
	asked  bool             // PASV since the last transfer
	data   chan net.Conn
}

func (c *client) say(code int, format string, args ...any) {
	fmt.Fprintf(c, "%d %s\r\n", code, fmt.Sprintf(format, args...))
}

// abs makes a name absolute.
func (c *client) abs(name string) string {
	if strings.HasPrefix(name, "/") {
		return path.Clean(name)
	}
	return path.Join(c.cwd, name)
}

// in gives the name for os.Root.
func in(p string) string {
	p = strings.TrimPrefix(p, "/")
	if p == "" {
		return "."
	}
	return p
}

func (c *client) drop() {
	c.asked = false
	select {
	case d := <-c.data:
		d.Close()
	default:
	}
}

func (c *client) listen() (*net.TCPAddr, bool) {
	c.drop()
	c.asked = true
	return c.pl.Addr().(*net.TCPAddr), true
}

// open takes the data connection of the client.
func (c *client) open() (net.Conn, error) {
	c.asked = false
	select {
	case d := <-c.data:
		return d, nil
	case <-time.After(20 * time.Second):
		return nil, errors.New("no client came")
	}
}

func talk(conn net.Conn, root *os.Root) {
	defer conn.Close()
	c := &client{Conn: conn, root: root, cwd: "/", data: make(chan net.Conn, 1)}
	host, _, _ := net.SplitHostPort(conn.LocalAddr().String())
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		c.say(421, "no port for you")
		return
	}
	c.pl = l.(*net.TCPListener)
	gone := make(chan struct{})
	defer func() {
		c.pl.Close()
		<-gone
		c.drop()
	}()
	go func() {
		defer close(gone)
		for {
			d, err := c.pl.Accept()
			if err != nil {
				return
			}
			a, _, _ := net.SplitHostPort(d.RemoteAddr().String())
			b, _, _ := net.SplitHostPort(c.RemoteAddr().String())
			if a != b {
				d.Close()
				continue
			}
			select {
			case c.data <- d:
			default:
				d.Close() // one at a time
			}
		}
	}()
	c.say(220, "hello")
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			c.say(500, "line too long")
			return
		}
		if err != nil {
			return
		}
		verb, arg, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
		verb = strings.ToUpper(verb)
		if !c.do(verb, arg) {
			return
		}
	}
}

func (c *client) do(verb, arg string) bool {
	switch verb {
	case "USER", "PASS", "QUIT", "NOOP", "SYST", "FEAT":
	case "CWD", "CDUP", "PWD", "LIST", "NLST", "RETR", "PASV", "EPSV", "TYPE", "XPWD":
		if !c.logged {
			c.say(530, "log in first")
			return true
		}
	default:
		c.say(502, "unknown command")
		return true
	}
	switch verb {
	case "USER":
		if arg == "" {
			c.say(501, "USER who?")
			break
		}
		c.name, c.logged = arg, false
		c.say(331, "password please")
	case "PASS":
		if c.name == "" {
			c.say(503, "USER first")
			break
		}
		c.logged = true
		c.say(230, "welcome %s", c.name)
	case "QUIT":
		c.say(221, "bye")
		return false
	case "NOOP":
		c.say(200, "ok")
	case "SYST":
		c.say(215, "UNIX Type: L8")
	case "FEAT":
		fmt.Fprint(c, "211-Features\r\n EPSV\r\n211 End\r\n")
	case "TYPE":
		switch strings.ToUpper(arg) {
		case "I", "L 8", "A", "A N":
			c.say(200, "type is %s", arg)
		case "":
			c.say(501, "TYPE what?")
		default:
			c.say(504, "no such type")
		}
	case "PWD", "XPWD":
		c.say(257, "\"%s\" is where you are", strings.ReplaceAll(c.cwd, `"`, `""`))
	case "CDUP":
		c.cwd = path.Dir(c.cwd)
		c.say(250, "ok")
	case "CWD":
		if arg == "" {
			c.say(501, "CWD where?")
			break
		}
		p := c.abs(arg)
		if fi, err := c.root.Stat(in(p)); err != nil || !fi.IsDir() {
			c.say(550, "no such directory")
			break
		}
		c.cwd = p
		c.say(250, "ok")
	case "PASV":
		if a, ok := c.listen(); ok {
			ip := a.IP.To4()
			if ip == nil {
				c.drop()
				c.say(425, "use EPSV")
				break
			}
			c.say(227, "Entering Passive Mode (%d,%d,%d,%d,%d,%d)", ip[0], ip[1], ip[2], ip[3], a.Port/256, a.Port%256)
		}
	case "EPSV":
		if a, ok := c.listen(); ok {
			c.say(229, "Entering Extended Passive Mode (|||%d|)", a.Port)
		}
	case "LIST", "NLST":
		c.list(verb, arg)
	case "RETR":
		c.retr(arg)
	}
	return true
}

// send does a whole transfer.
func (c *client) send(what string, r io.Reader) {
	if !c.asked {
		c.say(425, "PASV first")
		return
	}
	c.say(150, "here comes %s", what)
	d, err := c.open()
	if err != nil {
		c.say(425, "you did not connect")
		return
	}
	_, err = io.Copy(d, r)
	if e := d.Close(); err == nil {
		err = e
	}
	if err != nil {
		c.say(426, "transfer aborted")
		return
	}
	c.say(226, "done")
}

func (c *client) retr(arg string) {
	if arg == "" {
		c.say(501, "RETR what?")
		return
	}
	name := in(c.abs(arg))
	fi, err := c.root.Stat(name)
	if err != nil || !fi.Mode().IsRegular() {
		c.say(550, "no such file")
		return
	}
	f, err := c.root.Open(name)
	if err != nil {
		c.say(550, "cannot open")
		return
	}
	defer f.Close()
	c.send("the file", f)
}

func (c *client) list(verb, arg string) {
	for strings.HasPrefix(arg, "-") {
		_, arg, _ = strings.Cut(arg, " ")
	}
	name := in(c.abs(arg))
	fi, err := c.root.Stat(name)
	if err != nil {
		c.say(550, "no such file or directory")
		return
	}
	var infos []fs.FileInfo
	if fi.IsDir() {
		des, err := fs.ReadDir(c.root.FS(), name)
		if err != nil {
			c.say(550, "cannot read the directory")
			return
		}
		for _, de := range des {
			if info, err := de.Info(); err == nil {
				infos = append(infos, info)
			}
		}
	} else {
		infos = append(infos, fi)
	}
	sort.Slice(infos, func(i, j int) bool { return infos[i].Name() < infos[j].Name() })
	var sb strings.Builder
	for _, fi := range infos {
		if strings.ContainsAny(fi.Name(), "\r\n") {
			continue
		}
		if verb == "NLST" {
			fmt.Fprintf(&sb, "%s\r\n", fi.Name())
		} else {
			fmt.Fprintf(&sb, "%s\r\n", long(fi))
		}
	}
	c.send("the list", strings.NewReader(sb.String()))
}

func long(fi fs.FileInfo) string {
	mode := fi.Mode().String()
	if fi.Mode()&fs.ModeSymlink != 0 {
		mode = "l" + mode[1:]
	}
	t := fi.ModTime().UTC()
	when := t.Format("Jan _2 15:04")
	if age := time.Since(t); age < 0 || age > 180*24*time.Hour {
		when = t.Format("Jan _2  2006")
	}
	return fmt.Sprintf("%s   1 owner group %12d %s %s", mode[len(mode)-10:], fi.Size(), when, fi.Name())
}
