package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/certificate"
	"example.com/workbook/testutil/kit/ftpclient"
)

// What there is to fetch.
const (
	small = 10_000
	large = 32 << 20 // more than a connection holds
)

var smallText = bytes.Repeat([]byte("0123456789"), small/10)

// fill makes the files of the server.
func fill(root string) error {
	if err := os.MkdirAll(filepath.Join(root, "sub"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "large.bin"), nil, 0o644); err != nil {
		return err
	}
	if err := os.Truncate(filepath.Join(root, "large.bin"), large); err != nil {
		return err
	}
	for _, name := range []string{"small.txt", "sub/small.txt"} {
		if err := os.WriteFile(filepath.Join(root, name), smallText, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A kind of client is what it does from its first command on. It returns an error if
// the server does not do as it should.
type kind func(c *client) error

// kinds are the clients that this program is. They leave by closing their connections.
var kinds = []kind{fetches, fetches, lists, stores, fetchesActively, fetchesOverTLS, storesOverTLS,
	readsSlowly, aborts, resetsControl, resetsData, resetsUpload, breaksOffUpload, logsInByHalf, saysNothing, talksNonsense,
	neverConnects, asksForPortsAgainAndAgain, breaksOffHandshake, quitsInATransfer}

func fetches(c *client) error { return c.all(c.login, c.fetch, c.quit) }
func lists(c *client) error   { return c.all(c.login, c.list, c.quit) }
func stores(c *client) error  { return c.all(c.login, c.store, c.quit) }

func fetchesActively(c *client) error {
	c.active = true
	return c.all(c.login, c.fetch, c.list, c.store, c.quit)
}

func fetchesOverTLS(c *client) error {
	return c.all(c.startTLS, c.login, c.protect, c.fetch, c.list, c.quit)
}
func storesOverTLS(c *client) error {
	return c.all(c.startTLS, c.login, c.protect, c.store, c.quit)
}

func readsSlowly(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	data, err := c.begin("RETR large.bin")
	if err != nil {
		return err
	}
	defer data.Close()
	for range 20 {
		if _, err := io.CopyN(io.Discard, data, 1000); err != nil {
			return err
		}
		c.wait(50 * time.Millisecond)
	}
	return nil // and leaves
}

func aborts(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	data, err := c.begin("RETR large.bin")
	if err != nil {
		return err
	}
	defer data.Close()
	return c.all(c.says("ABOR", 426), c.wants(226), c.fetch, c.quit)
}

func resetsControl(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	data, err := c.begin("RETR large.bin")
	if err != nil {
		return err
	}
	reset(c.Conn)
	return data.Close()
}

func resetsData(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	data, err := c.begin("RETR large.bin")
	if err != nil {
		return err
	}
	reset(data)
	return c.all(c.wants(426), c.fetch, c.quit)
}

func resetsUpload(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	data, err := c.begin("STOR " + rand.Text())
	if err != nil {
		return err
	}
	data.Write(smallText)
	reset(data)
	return c.all(c.wants(426), c.quit)
}

func breaksOffUpload(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	data, err := c.begin("STOR " + rand.Text())
	if err != nil {
		return err
	}
	defer data.Close()
	data.Write(smallText)
	reset(c.Conn)
	return nil
}

func logsInByHalf(c *client) error { return c.says("USER ann", 331)() }

func saysNothing(c *client) error {
	c.wait(time.Second)
	return nil
}

func talksNonsense(c *client) error {
	junk := make([]byte, 20_000)
	rand.Read(junk)
	c.Conn.Write(junk)
	c.Conn.Write([]byte("\r\n\r\n\xff\xf4\xff\xf2ABOR\r\n"))
	return nil
}

func neverConnects(c *client) error {
	return c.all(c.login, c.says("EPSV", 229), c.says("RETR small.txt", 150))
}

func asksForPortsAgainAndAgain(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	for range 20 {
		if err := c.all(c.says("EPSV", 229), c.says("PASV", 227)); err != nil {
			return err
		}
	}
	return nil
}

func breaksOffHandshake(c *client) error {
	if err := c.says("AUTH TLS", 234)(); err != nil {
		return err
	}
	c.Conn.Write([]byte("\x16\x03\x01\x02"))
	return nil
}

func quitsInATransfer(c *client) error {
	if err := c.login(); err != nil {
		return err
	}
	data, err := c.begin("RETR large.bin")
	if err != nil {
		return err
	}
	defer data.Close()
	fmt.Fprint(c.Conn, "QUIT\r\n")
	if n, err := io.Copy(io.Discard, data); n != large || err != nil {
		return fmt.Errorf("RETR large.bin sends %d bytes, %v, want %d", n, err, large)
	}
	return c.all(c.wants(226), c.wants(221))
}

// programs are the clients that people use. HOST, PORT and CERT stand for the server's.
var programs = [][]string{
	{"curl", "-q", "-sS", "ftp://HOST:PORT/sub/small.txt"},
	{"curl", "-q", "-sS", "--ssl-reqd", "--cacert", "CERT", "ftp://HOST:PORT/sub/"},
	{"lftp", "--norc", "-p", "PORT", "-u", "anonymous,x", "-e", "set ssl:ca-file CERT; set net:max-retries 1; set cmd:fail-exit yes; ls; cat small.txt; exit", "HOST"},
	{"wget", "--no-config", "-q", "--tries=1", "-O", "-", "ftp://HOST:PORT/small.txt"},
	{"ncftpls", "-r", "0", "-P", "PORT", "-l", "ftp://HOST/sub/"},
}

// runs has one of programs visit the server, if it is installed.
func (s *server) runs(ctx context.Context, args []string) error {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil
	}
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, programPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path)
	for _, arg := range args[1:] {
		cmd.Args = append(cmd.Args, strings.NewReplacer("HOST", host, "PORT", port, "CERT", s.cert).Replace(arg))
	}
	cmd.Env = append(os.Environ(), "HOME="+filepath.Dir(s.root))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	return nil
}

const (
	workers  = 16               // clients at the same time
	patience = 30 * time.Second // a visit takes no longer

	// programPatience is how long a program may take: on a busy machine, one in Java takes
	// half a minute to start.
	programPatience = 5 * time.Minute
)

// crowd lets clients visit the server for a while. It returns when all have left.
func (s *server) crowd(ctx context.Context, while time.Duration) (visits int64, err error) {
	round, cancel := context.WithTimeout(ctx, while)
	defer cancel()
	var n atomic.Int64
	group, round := errgroup.WithContext(round)
	for range workers {
		group.Go(func() error {
			for round.Err() == nil {
				var err error
				switch mathrand.IntN(400) {
				case 0:
					err = s.runs(ctx, programs[mathrand.IntN(len(programs))])
				case 1:
					err = s.turns.visit(ctx, s)
				case 2:
					err = s.turns.breakOff(ctx, s)
				default:
					err = s.visit(ctx, kinds[mathrand.IntN(len(kinds))])
				}
				if err != nil {
					return err
				}
				n.Add(1)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return n.Load(), err
	}
	return n.Load(), ctx.Err()
}

// home is where these clients come from. The server gives their data to no other address,
// so that no program that looks at ports of 127.0.0.1 in that time can take them.
const home = "127.0.0.2"

var dialer = net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(home)}}

// visit lets one client come, be as its kind is, and go.
func (s *server) visit(ctx context.Context, is kind) error {
	conn, err := ftpclient.Dial(ctx, &dialer, s.addr, patience)
	if err != nil {
		return err
	}
	c := &client{Client: conn, ctx: ctx}
	defer func() { c.Close() }()
	if err := c.wants(220)(); err != nil {
		return err
	}
	return is(c)
}

// A client is a visitor of the server.
type client struct {
	*ftpclient.Client
	ctx    context.Context
	tls    *tls.Config // of data connections, or nil
	active bool        // has the server connect
}

// wait waits for a while, but not beyond the end of it all.
func (c *client) wait(d time.Duration) {
	select {
	case <-time.After(d):
	case <-c.ctx.Done():
	}
}

// all takes one step after another, up to the first that fails.
func (c *client) all(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// wants returns the step that reads a reply and wants it to have a code.
func (c *client) wants(code int) func() error {
	return func() error {
		_, err := c.Want(code)
		return err
	}
}

// says returns the step that sends a command and wants a reply to have a code.
func (c *client) says(line string, code int) func() error {
	return func() error {
		_, err := c.Do(line, code)
		return err
	}
}

func (c *client) login() error {
	return c.all(c.Login, c.says("TYPE I", 200))
}

func (c *client) quit() error { return c.says("QUIT", 221)() }

func (c *client) startTLS() error {
	config, err := certificate.Client()
	if err != nil {
		return err
	}
	return c.StartTLS(config)
}

func (c *client) protect() (err error) {
	if err := c.all(c.says("PBSZ 0", 200), c.says("PROT P", 200)); err != nil {
		return err
	}
	c.tls, err = certificate.Client()
	return err
}

// begin makes a data connection and sends the command that uses it.
func (c *client) begin(line string) (data net.Conn, err error) {
	if c.active {
		data, err = c.accept(line)
	} else {
		data, err = c.Begin(line)
	}
	if err != nil {
		return nil, err
	}
	data.SetDeadline(time.Now().Add(patience))
	if c.tls != nil {
		data = tls.Client(data, c.tls)
	}
	return data, nil
}

func (c *client) accept(line string) (net.Conn, error) {
	ln, err := net.Listen("tcp", home+":0")
	if err != nil {
		return nil, err
	}
	defer ln.Close()
	port := fmt.Sprintf("EPRT |1|%s|%d|", home, ln.Addr().(*net.TCPAddr).Port)
	if err := c.all(c.says(port, 200), c.says(line, 150)); err != nil {
		return nil, err
	}
	ln.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	return ln.Accept()
}

// get fetches what a command sends.
func (c *client) get(line string) ([]byte, error) {
	data, err := c.begin(line)
	if err != nil {
		return nil, err
	}
	defer data.Close()
	text, err := io.ReadAll(data)
	return text, errors.Join(err, c.wants(226)())
}

func (c *client) fetch() error {
	text, err := c.get("RETR small.txt")
	if err == nil && !bytes.Equal(text, smallText) {
		err = fmt.Errorf("RETR small.txt sends %d bytes, want those %d of the file", len(text), small)
	}
	return err
}

func (c *client) list() error {
	text, err := c.get("NLST s*")
	if err == nil && !bytes.Contains(text, []byte("small.txt\r\n")) {
		err = fmt.Errorf("NLST s* sends %q, want small.txt in it", text)
	}
	return err
}

// store stores a file and removes it.
func (c *client) store() error {
	name := rand.Text()
	data, err := c.begin("STOR " + name)
	if err != nil {
		return err
	}
	_, err = data.Write(smallText)
	if err := errors.Join(err, data.Close()); err != nil {
		return err
	}
	return c.all(c.wants(226), c.says("DELE "+name, 250))
}

// reset closes a connection such that the other side finds it reset.
func reset(conn net.Conn) {
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}
