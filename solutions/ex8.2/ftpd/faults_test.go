package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A failing is a listener whose Accept fails, but for what conns holds.
type failing struct {
	net.Listener
	conns  chan net.Conn
	closed chan struct{}
	start  time.Time

	mu    sync.Mutex      // guards calls
	calls []time.Duration // when Accept was called, since the start
}

func (ln *failing) Accept() (net.Conn, error) {
	ln.mu.Lock()
	ln.calls = append(ln.calls, time.Since(ln.start))
	ln.mu.Unlock()
	select {
	case <-ln.closed:
		return nil, net.ErrClosed
	case conn := <-ln.conns:
		return conn, nil
	default:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
}

func (ln *failing) Close() error {
	close(ln.closed)
	return nil
}

// A server that cannot accept, e.g. since too many files are open, must leave the
// processors to those who could close some.
func TestServerWaitsAfterAnErrorOfAccept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := &failing{conns: make(chan net.Conn, 1), closed: make(chan struct{}), start: time.Now()}
		s := startWith(t, ln, defaults, nil)
		time.Sleep(4 * time.Second)
		synctest.Wait()
		var want []time.Duration
		var at, wait time.Duration = 0, 5 * time.Millisecond
		for at < 4*time.Second {
			want = append(want, at)
			at += wait
			wait = min(2*wait, time.Second)
		}
		ln.mu.Lock()
		got := slices.Clone(ln.calls)
		ln.mu.Unlock()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("times of Accept (-want +got):\n%s", diff)
		}
		client, conn := net.Pipe()
		ln.conns <- conn
		c := newClient(t, client, time.Hour)
		c.want(220)
		synctest.Wait()
		ln.mu.Lock()
		last := ln.calls[len(ln.calls)-2:]
		ln.mu.Unlock()
		if last[0] != last[1] {
			t.Errorf("after a client Accept is called %v later, want immediately", last[1]-last[0])
		}
		client.Close()
		since := time.Now()
		s.stop(t)
		if took := time.Since(since); took > 5*time.Millisecond {
			t.Errorf("the server ends %v after its listener, want at the next Accept", took)
		}
	})
}

func TestOutcome(t *testing.T) {
	file := func(err error) error { return &fs.PathError{Op: "write", Path: "x", Err: err} }
	link := func(err error) error { return &os.LinkError{Op: "renameat", Old: "x", New: "y", Err: err} }
	conn := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 226},
		{file(diskFull), 452},
		{conn(file(diskFull)), 452}, // where the kernel copies
		{errors.Join(file(overQuota), conn(net.ErrClosed)), 452},
		{file(syscall.EIO), 451},
		{file(syscall.EROFS), 451},
		{file(io.ErrUnexpectedEOF), 451},
		{link(syscall.ENOENT), 451},
		{fmt.Errorf("copy: %w", file(syscall.EIO)), 451},
		{conn(connReset), 426},
		{file(connReset), 426},
		{file(os.ErrDeadlineExceeded), 426},
		{io.ErrUnexpectedEOF, 426},
		{errAborted, 426},
	} {
		if got, _ := outcome(tt.err); got != tt.want {
			t.Errorf("outcome(%v) = %d, want %d", tt.err, got, tt.want)
		}
	}
}

// A file that shrinks is sent as far as it goes, and the client reads that it has not
// got all. One that grows is sent to its new end.
func TestFileThatChangesWhileItIsSent(t *testing.T) {
	const more = "and more\n"
	for _, tt := range []struct {
		name, typ, line string
		change          func(file string) error
		want            int
		whole           int64 // how many bytes come, or -1 for fewer than there were
	}{
		{"shrinks", "TYPE I", "RETR large.bin", func(file string) error { return os.Truncate(file, 1000) }, 451, -1},
		{"shrinks_to_nothing", "TYPE I", "RETR large.bin", func(file string) error { return os.Truncate(file, 0) }, 451, -1},
		{"shrinks_as_text", "TYPE A", "RETR large.bin", func(file string) error { return os.Truncate(file, 1000) }, 451, -1},
		{"grows", "TYPE I", "RETR large.bin", func(file string) error { return appendTo(file, more) }, 226, large + int64(len(more))},
		{"is_removed", "TYPE I", "RETR large.bin", os.Remove, 226, large},
		{"is_replaced", "TYPE I", "RETR large.bin", func(file string) error { return os.Rename(filepath.Join(filepath.Dir(file), "small.txt"), file) }, 226, large},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, defaults, smallFile)
			s.sparse(t, "large.bin", large)
			c := s.login(t)
			c.do(tt.typ, 200)
			data := c.begin(tt.line) // and it is blocked
			if err := tt.change(filepath.Join(s.dir, "large.bin")); err != nil {
				t.Skipf("this system keeps files that are read as they are: %v", err)
			}
			got := c.count(data)
			if got != tt.whole && (tt.whole >= 0 || got >= large) {
				t.Errorf("%s of a file that %s sends %d bytes, want %d (-1: fewer than %d)", tt.line, tt.name, got, tt.whole, large)
			}
			c.want(tt.want)
			c.do("NOOP", 200)
		})
	}
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// A session whose directory is gone finds no files, and may go elsewhere.
func TestDirectoryRemovedUnderASession(t *testing.T) {
	s := start(t, writable(), files{"sub/deep/file": "file\n", "small.txt": "small\n"})
	c := s.login(t)
	c.do("CWD sub/deep", 250)
	if err := os.RemoveAll(filepath.Join(s.dir, "sub")); err != nil {
		t.Skipf("this system keeps directories that are in use: %v", err)
	}
	c.data()
	c.talk([]step{
		{"PWD", 257, ""}, // as before
		{"LIST", 550, ""}, {"NLST *", 550, ""}, {"MLSD", 550, ""}, {"MLST", 550, ""}, {"STAT .", 550, ""},
		{"RETR file", 550, ""}, {"SIZE file", 550, ""}, {"STOR new", 550, ""}, {"STOU", 550, ""},
		{"MKD new", 550, ""}, {"RMD .", 550, ""}, {"DELE file", 550, ""}, {"CWD .", 550, ""}, {"CDUP", 550, ""},
		{"CWD /", 250, ""},
	})
	c.talk(fetchSmallFile)
	s.wantFiles(t, smallFile)
}

func TestDirectoryRemovedUnderATransfer(t *testing.T) {
	for _, tt := range []struct {
		line string
		want int
	}{
		{"RETR sub/large.bin", 226}, // its file is open
		{"STOR sub/new.txt", 451},
		{"APPE sub/old.txt", 451},
	} {
		t.Run(tt.line[:4], func(t *testing.T) {
			s := start(t, writable(), files{"small.txt": "small\n", "sub/old.txt": "old\n"})
			s.sparse(t, "sub/large.bin", large)
			c := s.login(t)
			data := c.begin(tt.line)
			if err := os.RemoveAll(filepath.Join(s.dir, "sub")); err != nil {
				t.Skipf("this system keeps files that are in use: %v", err)
			}
			if tt.line[0] == 'R' {
				if got := c.count(data); got != large {
					t.Errorf("%s sends %d bytes, want the %d of the file", tt.line, got, large)
				}
			}
			io.WriteString(data, "new\n")
			data.Close()
			c.want(tt.want)
			c.talk(fetchSmallFile)
			s.stop(t)
			s.wantFiles(t, smallFile)
		})
	}
}

// Not even the loss of the root brings the server down.
func TestRootRemovedUnderTheServer(t *testing.T) {
	s := start(t, writable(), smallFile)
	c := s.login(t)
	if err := os.RemoveAll(s.dir); err != nil {
		t.Skipf("this system keeps directories that are in use: %v", err)
	}
	c.all(c.begin("LIST"))
	c.want(451)
	c.talk([]step{{"PWD", 257, ""}, {"RETR small.txt", 550, ""}, {"STOR new", 550, ""}, {"MKD new", 550, ""}, {"CWD sub", 550, ""}, {"NOOP", 200, ""}})
	s.login(t).do("PWD", 257)
}

// A client that reads or writes one byte a second does not keep its transfer forever:
// copy wants a chunk in the time of settings.stall, and so does Read; Write
// has that time.
func TestClientThatTakesOneByteASecondIsCut(t *testing.T) {
	const stall = 2 * time.Minute
	text := strings.Repeat("x", 2*chunk)
	for name, move := range map[string]func(tr *transfer) error{
		"RETR":         func(tr *transfer) error { return tr.copy(tr.conn, strings.NewReader(text)) },
		"RETR_of_text": func(tr *transfer) error { return toASCII(tr, strings.NewReader(text)) },
		"STOR":         func(tr *transfer) error { return tr.copy(io.Discard, tr.conn) },
		"STOR_of_text": func(tr *transfer) error { return fromASCII(io.Discard, tr) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, conn := net.Pipe()
				since := time.Now()
				go func() {
					defer client.Close()
					for b, err := make([]byte, 1), error(nil); err == nil && time.Since(since) < 2*stall; time.Sleep(time.Second) {
						if strings.HasPrefix(name, "STOR") {
							_, err = client.Write(b)
						} else {
							_, err = client.Read(b)
						}
					}
				}()
				err := move(&transfer{conn: conn, stall: stall})
				conn.Close()
				if took := time.Since(since); took != stall || !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the transfer ends after %v with %v, want after %v with a deadline exceeded", took, err, stall)
				}
				time.Sleep(2 * time.Second) // the client sees it
			})
		})
	}
}

// Nor does one that reads its replies like that keep its session.
func TestClientThatReadsOneByteASecondOfItsRepliesIsCut(t *testing.T) {
	fakeTime(t, defaults, func(t *testing.T, s *pipeSite) {
		c := s.login(t)
		c.send("HELP\r\n") // its reply has many bytes
		since := time.Now()
		b := make([]byte, 1)
		for {
			if _, err := c.Conn.Read(b); err != nil {
				break
			}
			time.Sleep(time.Second)
		}
		if took := time.Since(since); took < replyTime || took > replyTime+time.Second {
			t.Errorf("the server disconnects after %v, want %v", took, replyTime)
		}
		synctest.Wait()
		if got, want := s.nw.Open(), 1; got != want {
			t.Errorf("then there are %d ends of connections open, want %d, that of the client", got, want)
		}
	})
}

// And one that writes a command like that is idle.
func TestClientThatWritesOneByteASecondOfItsCommandIsIdle(t *testing.T) {
	fakeTime(t, defaults, func(t *testing.T, s *pipeSite) {
		c := s.login(t)
		since := time.Now()
		go func() {
			for {
				if _, err := io.WriteString(c.Conn, "x"); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
		c.want(421)
		if took := time.Since(since); took != defaults.idle {
			t.Errorf("the server disconnects after %v, want %v", took, defaults.idle)
		}
		c.wantEnd()
		time.Sleep(2 * time.Second)
	})
}

// reset closes a connection such that the other side finds it reset.
func reset(conn net.Conn) {
	if c, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = c.NetConn()
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// In whatever state a client is when its connection is reset, nothing of it stays.
func TestResetInEveryState(t *testing.T) {
	states := []struct {
		name  string
		reach func(c *client)
	}{
		{"connected", func(c *client) {}},
		{"greeted", func(c *client) { c.want(220) }},
		{"named", func(c *client) { c.want(220); c.do("USER ann", 331) }},
		{"refused_a_login", func(c *client) { c.want(220); c.do("PWD", 530) }},
		{"logged_in", func(c *client) { c.login() }},
		{"in_the_middle_of_a_command", func(c *client) { c.login(); c.send("RETR sm") }},
		{"in_the_middle_of_a_long_line", func(c *client) { c.login(); c.send(strings.Repeat("x", 3*maxLine)) }},
		{"with_replies_unread", func(c *client) { c.login(); c.send(strings.Repeat("HELP\r\n", 30)) }},
		{"with_commands_waiting", func(c *client) {
			c.login()
			data := c.begin("RETR large.bin")
			c.send(strings.Repeat("NOOP\r\n", 2*maxWaiting/len("NOOP "))) // more than are read ahead
			reset(data)
		}},
		{"listened_to", func(c *client) { c.login(); c.passive() }},
		{"connected_for_data", func(c *client) { c.login(); c.data() }},
		{"waited_for_at_the_data_port", func(c *client) { c.login(); c.passive(); c.do("RETR small.txt", 150) }},
		{"listening_for_data", func(c *client) { c.login(); c.do("PORT 127,0,0,1,195,80", 200) }},
		{"sent_a_file", func(c *client) { c.login(); c.begin("RETR large.bin") }},
		{"sent_a_text", func(c *client) { c.login(); c.do("TYPE A", 200); c.begin("RETR large.bin") }},
		{"sending_a_file", func(c *client) { c.login(); io.WriteString(c.begin("STOR new.txt"), "new\n") }},
		{"sending_a_text", func(c *client) {
			c.login()
			c.do("TYPE A", 200)
			io.WriteString(c.begin("APPE small.txt"), "new\n")
		}},
		{"renaming", func(c *client) { c.login(); c.do("RNFR small.txt", 350) }},
		{"resuming", func(c *client) { c.login(); c.do("REST 3", 350) }},
		{"leaving", func(c *client) {
			c.login()
			data := c.begin("RETR large.bin")
			c.send("QUIT\r\n") // after which nothing is read
			reset(data)
		}},
		{"aborting", func(c *client) { c.login(); c.begin("RETR large.bin"); c.send("ABOR\r\n") }},
		{"about_to_speak_TLS", func(c *client) { c.want(220); c.do("AUTH TLS", 234) }},
		{"in_the_middle_of_a_handshake", func(c *client) { c.want(220); c.do("AUTH TLS", 234); c.send("\x16\x03\x01\x00") }},
		{"speaking_TLS", func(c *client) { c.want(220); c.handshake() }},
		{"about_to_speak_TLS_for_data", func(c *client) { c.loginTLS(); c.begin("RETR large.bin") }},
		{"sent_a_file_over_TLS", func(c *client) { c.loginTLS(); c.secret(c.begin("RETR large.bin")) }},
		{"sending_a_file_over_TLS", func(c *client) {
			c.loginTLS()
			io.WriteString(c.secret(c.begin("STOR new.txt")), "new\n")
		}},
	}
	for _, state := range states {
		t.Run(state.name, func(t *testing.T) {
			s := start(t, withTLS(), smallFile)
			s.sparse(t, "large.bin", large)
			c := s.dial(t)
			state.reach(c)
			reset(c.Conn)
			eventually(t, "the session is over", func() bool { return len(s.places) == 0 })
			s.login(t).talk(fetchSmallFile)
			s.stop(t)
			if err := os.Remove(filepath.Join(s.dir, "large.bin")); err != nil {
				t.Error(err)
			}
			s.wantFiles(t, smallFile)
		})
	}
}

// When only its data connection is reset, a client may go on.
func TestResetOfADataConnection(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		login      func(c *client)
		before     func(c *client, data *net.TCPConn) // the reset
		want       int
	}{
		{"before_RETR", "", (*client).login, func(c *client, data *net.TCPConn) { reset(data); c.do("RETR large.bin", 150) }, 426},
		{"before_STOR", "", (*client).login, func(c *client, data *net.TCPConn) { reset(data); c.do("STOR new.txt", 150) }, 426},
		{"in_RETR", "RETR large.bin", (*client).login, nil, 426},
		{"in_STOR", "STOR new.txt", (*client).login, nil, 426},
		{"in_APPE", "APPE small.txt", (*client).login, nil, 426},
		{"before_a_handshake", "RETR large.bin", (*client).loginTLS, nil, 426},
		{"in_RETR_over_TLS", "RETR large.bin", (*client).loginTLS, func(c *client, data *net.TCPConn) { c.secret(data) }, 426},
		{"in_STOR_over_TLS", "STOR new.txt", (*client).loginTLS, func(c *client, data *net.TCPConn) { io.WriteString(c.secret(data), "new\n") }, 426},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, withTLS(), smallFile)
			s.sparse(t, "large.bin", large)
			c := s.dial(t)
			tt.login(c)
			data := c.data()
			if tt.line != "" {
				c.do(tt.line, 150)
			}
			if tt.before != nil {
				tt.before(c, data)
			}
			reset(data)
			c.want(tt.want)
			c.do("NOOP", 200)
			s.stop(t)
			if err := os.Remove(filepath.Join(s.dir, "large.bin")); err != nil {
				t.Error(err)
			}
			s.wantFiles(t, smallFile)
		})
	}
}
