package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// large is more than the buffers of a connection hold: to a client that
	// does not read, a transfer of so many bytes is blocked.
	large = 32 << 20

	// endless is more than a client can read during a test.
	endless = 1 << 40
)

// smallFile is what a client fetches to see that all is well.
var smallFile = files{"small.txt": "small\n"}

var fetchSmallFile = []step{{"RETR small.txt", 226, "small\n"}}

func TestABOREndsATransferAtOnce(t *testing.T) {
	clients := []struct {
		name string
		size int64
		read func(data net.Conn)
	}{
		{"client_reads", endless, func(data net.Conn) { go io.Copy(io.Discard, data) }},
		{"client_does_not_read", large, func(net.Conn) {}},
	}
	lines := []struct{ name, text string }{
		{"ABOR", "ABOR\r\n"},
		{"abor_in_lower_case", "abor\r\n"},
		{"telnet_bytes_before_it", "\xff\xf4\xff\xf2ABOR\r\n"},
		{"telnet_bytes_without_the_urgent_one", "\xff\xf4\xffABOR\r\n"},
	}
	for _, client := range clients {
		for _, line := range lines {
			t.Run(client.name+"/"+line.name, func(t *testing.T) {
				s := start(t, defaults, smallFile)
				s.sparse(t, "large.bin", client.size)
				c := s.login(t)
				client.read(c.begin("RETR large.bin"))
				c.send(line.text)
				c.want(426, 226)
				c.talk(fetchSmallFile)
			})
		}
	}
}

func TestABOR(t *testing.T) {
	tests := []struct {
		name string
		talk func(c *client)
	}{
		{"is_read_before_its_transfer_has_begun", func(c *client) {
			c.data()
			c.send("RETR large.bin\r\nABOR\r\n")
			c.want(150, 426, 226)
		}},
		{"ends_a_transfer_to_a_client_that_does_not_connect", func(c *client) {
			c.passive()
			c.do("RETR large.bin", 150)
			c.do("ABOR", 426, 226)
		}},
		{"ends_a_transfer_of_text", func(c *client) {
			c.do("TYPE A", 200)
			c.begin("RETR large.bin")
			c.do("ABOR", 426, 226)
			c.do("TYPE I", 200)
		}},
		{"without_a_transfer_does_nothing", func(c *client) { c.do("ABOR", 226) }},
		{"that_is_wrong_harms_no_later_transfer", func(c *client) { c.do("ABOR now", 501) }},
		{"forgets_the_data_port", func(c *client) {
			c.data()
			c.do("ABOR", 226)
			c.do("RETR small.txt", 425)
		}},
		{"may_come_twice", func(c *client) {
			c.begin("RETR large.bin")
			c.send("ABOR\r\nABOR\r\n")
			c.want(426, 226, 226)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, defaults, smallFile)
			s.sparse(t, "large.bin", large)
			c := s.login(t)
			tt.talk(c)
			c.talk(fetchSmallFile)
		})
	}
}

// Some clients say NOOP every half a minute while they transfer a file.
func TestABORIsHeardAfterManyCommands(t *testing.T) {
	const n = 1000
	for name, end := range map[string]func(c *client){
		"ABOR": func(c *client) {
			c.send("ABOR\r\n")
			c.want(426)
			for range n {
				c.want(200, 257)
			}
			c.want(226)
		},
		"the_end_of_the_client": func(c *client) { c.Conn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, defaults, nil)
			s.sparse(t, "large.bin", large)
			c := s.login(t)
			c.begin("RETR large.bin")
			c.send(strings.Repeat("NOOP\r\nPWD\r\n", n))
			end(c)
			if name != "ABOR" {
				eventually(t, "the session is over", func() bool { return len(s.places) == 0 })
			}
		})
	}
}

// Who says ABOR when all is done is too late: what is in its place stays there, and must
// not be called broken off.
func TestABORAfterTheEndOfATransferIsTooLate(t *testing.T) {
	client, conn := net.Pipe()
	data, _ := net.Pipe()
	s := &session{srv: &server{ctx: t.Context()}, conn: conn, log: slog.New(slog.DiscardHandler), lines: newLineReader(conn), data: given{data}}
	var wg sync.WaitGroup
	t.Cleanup(wg.Wait)
	c := newClient(t, client, patience)
	wg.Go(func() {
		tr := s.begin("STOR", "x", "")
		<-tr.ctx.Done()
		s.finish(tr, nil) // as if ABOR had come right after the last byte
	})
	c.want(150)
	c.do("ABOR", 226)
}

// A given is a dialer of a connection that is there already.
type given struct{ net.Conn }

func (g given) dial(context.Context) (net.Conn, error) { return g.Conn, nil }
func (g given) close()                                 {}

func TestABORBeforeTheLoginHarmsNoLaterTransfer(t *testing.T) {
	s := start(t, defaults, smallFile)
	c := s.dial(t)
	c.want(220)
	c.do("ABOR", 530)
	c.do("USER anonymous", 331)
	c.do("PASS x", 230)
	c.do("TYPE I", 200)
	c.talk(fetchSmallFile)
}

func TestSTATDuringATransferIsAnsweredAtOnce(t *testing.T) {
	s := start(t, defaults, nil)
	s.sparse(t, "large.bin", large)
	c := s.login(t)
	data := c.begin("RETR large.bin")
	for range 2 {
		if got, want := c.do("STAT", 211), "RETR /large.bin"; !strings.Contains(got, want) {
			t.Errorf("the reply to STAT during the transfer is %q, want %q in it", got, want)
		}
	}
	if got := c.count(data); got != large {
		t.Errorf("RETR large.bin with STAT in between sends %d bytes, want %d", got, large)
	}
	c.want(226)
}

// Replies come in the order of the commands, or a client takes one for another.
func TestRepliesComeInTheOrderOfTheCommands(t *testing.T) {
	tests := []struct {
		lines string
		want  []int
	}{
		{"NOOP\r\nSTAT\r\n", []int{226, 200, 211}},
		{"PWD\r\nMKD x\r\nSYST\r\n", []int{226, 257, 550, 215}},
	}
	s := start(t, defaults, nil)
	s.sparse(t, "large.bin", large)
	c := s.login(t)
	for _, tt := range tests {
		data := c.begin("RETR large.bin")
		c.send(tt.lines)
		c.count(data)
		c.want(tt.want...)
	}
}

// A STAT right after RETR may be read before the transfer begins, while it is under
// way, or after it; but it comes after it in any case.
func TestSTATIsAnsweredAfterTheCommandBeforeIt(t *testing.T) {
	s := start(t, defaults, smallFile)
	c := s.login(t)
	for range 20 {
		data := c.data()
		c.send("RETR small.txt\r\nSTAT\r\n")
		c.want(150)
		c.all(data)
		first, _, _ := c.Text.ReadResponse(0)
		second, _, _ := c.Text.ReadResponse(0)
		if min(first, second) != 211 || max(first, second) != 226 {
			t.Fatalf("the replies to RETR and STAT at the same time are 150, %d, %d, want 150 and then 226 and 211", first, second)
		}
	}
}

func TestQUITDuringATransferLetsItFinish(t *testing.T) {
	for name, then := range map[string]func(control *net.TCPConn){
		"and_the_client_waits":          func(*net.TCPConn) {},
		"and_the_client_closes_its_end": func(control *net.TCPConn) { control.CloseWrite() },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, defaults, nil)
			s.sparse(t, "large.bin", large)
			c := s.login(t)
			data := c.begin("RETR large.bin")
			c.send("QUIT\r\n")
			then(c.Conn.(*net.TCPConn))
			if got := c.count(data); got != large {
				t.Errorf("RETR large.bin with QUIT in between sends %d bytes, want %d", got, large)
			}
			c.want(226, 221)
			c.wantEnd()
		})
	}
}

func TestTransferEndsWithItsClient(t *testing.T) {
	for _, line := range []string{"RETR large.bin", "STOR new.bin"} {
		t.Run(line[:4], func(t *testing.T) {
			s := start(t, writable(), nil)
			s.sparse(t, "large.bin", large)
			c := s.login(t)
			c.begin(line)
			c.Conn.Close()
			eventually(t, "the session is over", func() bool { return len(s.places) == 0 })
		})
	}
}

func TestTransferThatStandsStillIsCutAfterAWhile(t *testing.T) {
	impatient := writable()
	impatient.stall = time.Millisecond
	for _, tt := range []struct{ name, typ, line string }{
		{"RETR", "TYPE I", "RETR large.bin"},
		{"RETR_of_text", "TYPE A", "RETR large.bin"},
		{"STOR", "TYPE I", "STOR new.bin"},
		{"STOR_of_text", "TYPE A", "STOR new.bin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, impatient, nil)
			s.sparse(t, "large.bin", large)
			c := s.login(t)
			c.do(tt.typ, 200)
			c.begin(tt.line)
			c.want(426)
			s.stop(t)
			if all, err := os.ReadDir(s.dir); len(all) != 1 || err != nil {
				t.Errorf("after %s the files are %v, %v, want large.bin alone", tt.line, all, err)
			}
		})
	}
}

// A file goes from the disk to the network without a byte of it passing through this
// process, if io.Copy sees the two as what they are: an *os.File and a *net.TCPConn.
func TestKernelCopiesFiles(t *testing.T) {
	t.Run("the_data_connection_is_of_TCP", func(t *testing.T) {
		for name, dialer := range map[string]func(ln *net.TCPListener, addr netip.AddrPort) dialer{
			"PASV": func(ln *net.TCPListener, addr netip.AddrPort) dialer { return &passive{ln: ln, client: addr.Addr()} },
			"PORT": func(_ *net.TCPListener, addr netip.AddrPort) dialer {
				return active{from: netip.AddrPortFrom(addr.Addr(), 0), to: addr}
			},
		} {
			ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			client, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			s := &session{srv: new(server), data: dialer(ln, plain(ln.Addr().(*net.TCPAddr).AddrPort()))}
			conn, err := s.connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, ok := conn.(*net.TCPConn); !ok {
				t.Errorf("connect() after %s returns a %T, want a *net.TCPConn", name, conn)
			}
		}
	})
	t.Run("copy_hands_them_on", func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "file")
		put(t, filepath.Dir(name), files{"file": "text"})
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		conn, other := net.Pipe()
		defer conn.Close()
		defer other.Close()
		dst := &readerFrom{}
		tr := &transfer{conn: conn, stall: time.Hour}
		if err := tr.copy(dst, f); err != nil {
			t.Errorf("copy() = %v, want nil", err)
		}
		if dst.src != io.Reader(f) || tr.moved.Load() != 4 {
			t.Errorf("copy() of a file of 4 bytes has its writer read %d bytes from a %T, want 4 from a %T", tr.moved.Load(), dst.src, f)
		}
	})
}

// A readerFrom is a writer that, like a TCP connection, copies by itself.
type readerFrom struct{ src io.Reader }

func (w *readerFrom) Write(p []byte) (int, error) { return len(p), nil }

func (w *readerFrom) ReadFrom(r io.Reader) (int64, error) {
	w.src = r
	if l, ok := r.(*io.LimitedReader); ok { // package net looks through it too
		w.src = l.R
	}
	return io.Copy(io.Discard, r)
}

// Some clients that read 226 together with 150 do not look for the file any more.
func TestEndOfATransferIsToldWhenTheClientHasSeenIt(t *testing.T) {
	patient := withTLS()
	patient.linger = time.Hour
	s := start(t, patient, smallFile)
	for name, c := range map[string]*client{"plain": s.login(t), "TLS": s.loginTLS(t)} {
		for _, line := range []string{"RETR small.txt", "NLST", "MLSD"} {
			t.Run(name+"_"+line[:4], func(t *testing.T) {
				raw := c.begin(line)
				data := net.Conn(raw)
				if name == "TLS" {
					data = c.secret(raw)
				}
				io.Copy(io.Discard, data)
				c.do("STAT", 211) // the transfer is under way
				data.Close()
				c.want(226)
			})
		}
	}
}

func TestEndOfATransferIsToldAClientThatKeepsItsEndOpen(t *testing.T) {
	hasty := writable()
	hasty.linger = time.Millisecond
	s := start(t, hasty, smallFile)
	c := s.login(t)
	for range 3 {
		c.begin("RETR small.txt")
		c.want(226)
	}
}

func TestManyTransfersAtOnceArriveWhole(t *testing.T) {
	s := start(t, defaults, nil)
	text := strings.Repeat("0123456789abcdef", 5<<18/16)
	put(t, s.dir, files{"text": text})
	const n = 5
	got := make(chan string, n)
	for range n {
		c := s.login(t)
		data := c.begin("RETR text")
		go func() {
			all, err := io.ReadAll(data)
			if err != nil {
				t.Errorf("RETR text: %v", err)
			}
			got <- string(all)
		}()
	}
	for range n {
		if all := <-got; all != text {
			t.Errorf("RETR text, by %d clients at the same time, sends another text, of %d bytes, want that of the file, of %d", n, len(all), len(text))
		}
	}
}
