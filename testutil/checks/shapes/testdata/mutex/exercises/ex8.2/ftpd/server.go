// Ftpd is a small FTP server for reading. Everybody may log in, and see the files of
// one directory.
package main

import (
	"bufio"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/textproto"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ftpd:", err)
		os.Exit(1)
	}
}

// start serves as the flags in args say.
func start(args []string) error {
	flags := flag.NewFlagSet("ftpd", flag.ExitOnError)
	port := flags.Uint("port", 8021, "port of localhost")
	root := flags.String("root", ".", "directory to serve")
	flags.Parse(args)
	ln, err := net.Listen("tcp", "localhost:"+strconv.FormatUint(uint64(*port), 10))
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("ftpd listens on", ln.Addr())
	return serve(ln, *root)
}

// Limits of what a client may do.
const (
	maxCommand  = 4096             // bytes in a line
	acceptTime  = 8 * time.Second  // to make a data connection
	stallTime   = 60 * time.Second // without a byte of a transfer
	sessionTime = 10 * time.Minute // without a command
)

// serve serves the files below root to the clients of ln. When ln is closed it ends all
// sessions, waits for them, and returns nil.
func serve(ln net.Listener, root string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return err
	}
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		return cmp.Or(err, fmt.Errorf("%s is not a directory", root))
	}
	var sessions sync.WaitGroup
	var open connections
	defer sessions.Wait()
	defer open.closeAll()
	var pause time.Duration // after a failed Accept
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if ne, ok := errors.AsType[net.Error](err); ok && ne.Temporary() { // as net/http does
			pause = min(max(5*time.Millisecond, 2*pause), time.Second)
			slog.Error("accepting a client", "err", err, "pause", pause)
			time.Sleep(pause)
			continue
		}
		if err != nil {
			return err
		}
		pause = 0
		sessions.Go(func() {
			s := &session{root: root, dir: "/", conn: conn, open: &open}
			s.serve()
		})
	}
}

// Connections are all that must be closed at the end. They are shared by all sessions.
type connections struct {
	mu     sync.Mutex
	all    map[io.Closer]bool
	closed bool
}

// add adds c, or closes it if the end has come.
func (o *connections) add(c io.Closer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		c.Close()
		return
	}
	if o.all == nil {
		o.all = make(map[io.Closer]bool)
	}
	o.all[c] = true
}

// close closes c and forgets it.
func (o *connections) close(c io.Closer) error {
	o.mu.Lock()
	delete(o.all, c)
	o.mu.Unlock()
	return c.Close()
}

func (o *connections) closeAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for c := range o.all {
		c.Close()
	}
}

// A session is what one client has done so far.
type session struct {
	root string // a directory of this machine, without links
	dir  string // where the client is; "/" is the root
	conn net.Conn
	open *connections

	out      *textproto.Writer
	user     string
	loggedIn bool
	text     bool             // TYPE A
	passive  *net.TCPListener // for the next transfer, or nil
}

// serve answers commands until the client has gone.
func (s *session) serve() {
	s.open.add(s.conn)
	defer s.open.close(s.conn)
	defer s.closePassive()

	limited := &io.LimitedReader{R: s.conn}
	in := textproto.NewReader(bufio.NewReader(limited))
	s.out = textproto.NewWriter(bufio.NewWriter(s.conn))
	err := s.reply("220 FTP server ready")
	for err == nil {
		limited.N = maxCommand
		s.conn.SetReadDeadline(time.Now().Add(sessionTime))
		line, readErr := in.ReadLine()
		switch {
		case errors.Is(readErr, os.ErrDeadlineExceeded):
			s.reply("421 timeout")
			return
		case readErr != nil && limited.N == 0:
			s.reply("500 line too long")
			return
		case readErr != nil:
			return
		}
		verb, arg, _ := strings.Cut(line, " ")
		err = s.command(strings.ToUpper(strings.TrimSpace(verb)), arg)
	}
}

var errQuit = errors.New("the client has said QUIT")

// command carries out a command. An error ends the session.
func (s *session) command(verb, arg string) error {
	switch verb {
	case "USER":
		s.user, s.loggedIn = arg, false
		return s.reply("331 password please")
	case "PASS":
		if s.user == "" {
			return s.reply("503 USER comes first")
		}
		s.loggedIn = true
		return s.reply("230 logged in")
	case "QUIT":
		s.reply("221 bye")
		return errQuit
	case "SYST":
		return s.reply("215 UNIX Type: L8")
	case "NOOP":
		return s.reply("200 ok")
	case "FEAT":
		return s.replyLines("211", "Features:", " SIZE", " MDTM", " EPSV", "211 End")
	}
	if !s.loggedIn {
		return s.reply("530 please log in with USER and PASS")
	}
	switch verb {
	case "RETR", "SIZE", "MDTM", "CWD", "TYPE":
		if arg == "" {
			return s.reply("501 " + verb + " takes an argument")
		}
	}
	switch verb {
	case "PWD", "XPWD":
		return s.reply(`257 "` + strings.ReplaceAll(s.dir, `"`, `""`) + `"`)
	case "CWD":
		return s.changeDir(arg)
	case "CDUP", "XCUP":
		return s.changeDir("..")
	case "TYPE":
		return s.setType(arg)
	case "MODE", "STRU", "ALLO":
		return s.reply("202 not necessary")
	case "PASV":
		return s.listen(func(port int, ip net.IP) string {
			return fmt.Sprintf("227 Entering Passive Mode (%s,%d,%d)", strings.ReplaceAll(ip.String(), ".", ","), port/256, port%256)
		})
	case "EPSV":
		return s.listen(func(port int, _ net.IP) string {
			return fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)", port)
		})
	case "LIST":
		return s.list(withoutOptions(arg), longName)
	case "NLST":
		return s.list(withoutOptions(arg), fs.FileInfo.Name)
	case "RETR":
		return s.retrieve(arg)
	case "SIZE", "MDTM":
		return s.facts(verb, arg)
	}
	return s.reply("500 unknown command")
}

// reply writes a line that starts with a code.
func (s *session) reply(line string) error {
	s.conn.SetWriteDeadline(time.Now().Add(stallTime))
	return s.out.PrintfLine("%s", flat.Replace(line))
}

// flat makes one line of what may hold the name of any file.
var flat = strings.NewReplacer("\r", " ", "\n", " ")

// replyLines writes a reply of several lines, of which the last has the code again.
func (s *session) replyLines(code, first string, lines ...string) error {
	err := s.reply(code + "-" + first)
	for _, line := range lines {
		err = cmp.Or(err, s.reply(line))
	}
	return err
}

func (s *session) setType(arg string) error {
	switch arg[0] {
	case 'A', 'a':
		s.text = true
	case 'I', 'i', 'L', 'l':
		s.text = false
	default:
		return s.reply("504 unknown type")
	}
	return s.reply("200 type set to " + arg)
}

func (s *session) changeDir(name string) error {
	file, err := s.locate(name)
	if err != nil {
		return s.reply("550 no such directory")
	}
	if info, err := os.Stat(file); err != nil || !info.IsDir() {
		return s.reply("550 not a directory")
	}
	s.dir = s.absolute(name)
	return s.reply("250 directory changed to " + s.dir)
}

// absolute returns the path of a file from the root.
func (s *session) absolute(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = s.dir + "/" + name
	}
	return path.Clean(name)
}

// locate returns where a file stands on this machine. It is an error if that is
// outside the root, which a link may lead to.
func (s *session) locate(name string) (string, error) {
	if s.absolute(name) == "/" {
		return s.root, nil
	}
	local, err := filepath.Localize(s.absolute(name)[1:])
	if err != nil {
		return "", err
	}
	file, err := filepath.EvalSymlinks(filepath.Join(s.root, local))
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(s.root, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fs.ErrPermission
	}
	return file, nil
}

// listen listens for a data connection and says where, in the words of reply.
func (s *session) listen(reply func(port int, ip net.IP) string) error {
	s.closePassive()
	ip := net.IPv4(127, 0, 0, 1)
	if local, ok := s.conn.LocalAddr().(*net.TCPAddr); ok && local.IP.To4() != nil {
		ip = local.IP
	}
	ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: ip})
	if err != nil {
		return s.reply("425 cannot listen")
	}
	s.open.add(ln)
	s.passive = ln
	return s.reply(reply(ln.Addr().(*net.TCPAddr).Port, ip.To4()))
}

func (s *session) closePassive() {
	if s.passive != nil {
		s.open.close(s.passive)
		s.passive = nil
	}
}

// accept waits for the data connection of this client.
func (s *session) accept() (net.Conn, error) {
	defer s.closePassive()
	s.passive.SetDeadline(time.Now().Add(acceptTime))
	for {
		conn, err := s.passive.Accept()
		if err != nil {
			return nil, err
		}
		theirs, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
		ours, _, _ := net.SplitHostPort(s.conn.RemoteAddr().String())
		if theirs == ours {
			return conn, nil
		}
		conn.Close() // a stranger
	}
}

// transfer makes a data connection and lets write write to it.
func (s *session) transfer(write func(w io.Writer) error) error {
	if s.passive == nil {
		return s.reply("425 use PASV or EPSV first")
	}
	if err := s.reply("150 opening data connection"); err != nil {
		return err
	}
	conn, err := s.accept()
	if err != nil {
		return s.reply("425 no data connection")
	}
	s.open.add(conn)
	err = write(patient{conn})
	closeErr := s.open.close(conn)
	if err != nil || closeErr != nil {
		return s.reply("426 transfer aborted")
	}
	return s.reply("226 transfer complete")
}

// A patient connection waits for a reader, but not forever.
type patient struct{ net.Conn }

func (p patient) Write(b []byte) (int, error) {
	p.SetWriteDeadline(time.Now().Add(stallTime))
	return p.Conn.Write(b)
}

// withoutOptions drops options for ls, as in LIST -la dir.
func withoutOptions(arg string) string {
	words := strings.Split(arg, " ")
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

func (s *session) list(name string, line func(fs.FileInfo) string) error {
	dir, err := s.locate(name)
	if err != nil {
		return s.reply("550 not found")
	}
	info, err := os.Stat(dir)
	if err != nil {
		return s.reply("550 not found")
	}
	infos := []fs.FileInfo{info}
	if info.IsDir() {
		if infos, err = s.readDir(name, dir); err != nil {
			return s.reply("550 cannot be listed")
		}
	}
	return s.transfer(func(w io.Writer) error {
		buffered := bufio.NewWriter(w)
		for _, info := range infos {
			fmt.Fprintf(buffered, "%s\r\n", flat.Replace(line(info)))
		}
		return buffered.Flush()
	})
}

// readDir returns what is in a directory, but for files that the client could not get.
func (s *session) readDir(name, dir string) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(dir)
	var infos []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			var to string
			if to, err = s.locate(path.Join(s.absolute(name), e.Name())); err == nil {
				info, err = os.Stat(to)
				info = link{info, e.Name()}
			}
		}
		if err == nil && (info.IsDir() || info.Mode().IsRegular()) {
			infos = append(infos, info)
		}
	}
	return infos, err
}

// A link is known by its own name, and has the rest from what it leads to.
type link struct {
	fs.FileInfo
	name string
}

func (l link) Name() string { return l.name }

func longName(info fs.FileInfo) string {
	date := info.ModTime().Format("Jan _2 15:04")
	if age := time.Since(info.ModTime()); age > 180*24*time.Hour || age < 0 {
		date = info.ModTime().Format("Jan _2  2006")
	}
	mode := "-rw-r--r--"
	if info.IsDir() {
		mode = "drwxr-xr-x"
	}
	return fmt.Sprintf("%s    1 0        0        %12d %s %s", mode, info.Size(), date, info.Name())
}

// regular returns a file that can be read, and what there is to know of it.
func (s *session) regular(name string) (string, fs.FileInfo, error) {
	file, err := s.locate(name)
	if err != nil {
		return "", nil, err
	}
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	return file, info, err
}

func (s *session) retrieve(name string) error {
	file, _, err := s.regular(name)
	if err != nil {
		return s.reply("550 not a file")
	}
	f, err := os.Open(file)
	if err != nil {
		return s.reply("550 cannot be opened")
	}
	defer f.Close()
	return s.transfer(func(w io.Writer) error {
		if s.text {
			return copyText(w, f)
		}
		_, err := io.Copy(w, f)
		return err
	})
}

// copyText copies r to w, with CR LF for each end of a line.
func copyText(w io.Writer, r io.Reader) error {
	out := bufio.NewWriter(w)
	in := bufio.NewReader(r)
	for last := byte(0); ; {
		b, err := in.ReadByte()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if b == '\n' && last != '\r' {
			out.WriteByte('\r')
		}
		if err := out.WriteByte(b); err != nil {
			return err
		}
		last = b
	}
}

// facts answers SIZE and MDTM.
func (s *session) facts(verb, name string) error {
	_, info, err := s.regular(name)
	switch {
	case err != nil:
		return s.reply("550 not a file")
	case verb == "SIZE":
		return s.reply(fmt.Sprint("213 ", info.Size()))
	}
	return s.reply("213 " + info.ModTime().UTC().Format("20060102150405"))
}
