package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/certificate"
	"example.com/workbook/testutil/kit/program"
)

// withTLS returns settings with which a client may ask for TLS, and may write.
func withTLS() settings {
	s := writable()
	pair, err := certificate.Pair()
	if err != nil {
		panic(err)
	}
	s.tls = newTLS(pair)
	return s
}

// onlyTLS returns settings with which it must.
func onlyTLS() settings {
	s := withTLS()
	s.tlsOnly = true
	return s
}

// clientTLS returns how a client speaks TLS that trusts the server.
func clientTLS(t testing.TB) *tls.Config {
	t.Helper()
	config, err := certificate.Client()
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// handshake makes the control connection one of TLS.
func (c *client) handshake() {
	c.t.Helper()
	if err := c.StartTLS(clientTLS(c.t)); err != nil {
		c.t.Fatal(err)
	}
}

// loginTLS connects a client, logs it in over TLS, and asks for data over TLS.
func (s *site) loginTLS(t testing.TB) *client {
	t.Helper()
	c := s.dial(t)
	c.loginTLS()
	return c
}

func (c *client) loginTLS() {
	c.t.Helper()
	c.want(220)
	c.handshake()
	c.talk([]step{{"USER anonymous", 331, ""}, {"PASS guest@", 230, ""}, {"TYPE I", 200, ""}, {"PBSZ 0", 200, ""}, {"PROT P", 200, ""}})
}

// A clientConn is the client's end of a data connection of TLS. Its Close ends it in TLS too.
type clientConn struct{ *secureConn }

func (c clientConn) Close() error { return c.Conn.Close() }

// secret goes on in TLS on a data connection.
func (c *client) secret(raw net.Conn) clientConn {
	c.t.Helper()
	under := &endConn{Conn: raw}
	conn := clientConn{&secureConn{tls.Client(under, clientTLS(c.t)), under}}
	if err := conn.Handshake(); err != nil {
		c.t.Fatalf("%q: handshake of the data connection: %v", c.Asked, err)
	}
	return conn
}

func TestTLSReplies(t *testing.T) {
	tests := []struct {
		name  string
		set   settings
		steps []step
	}{
		{"AUTH_takes_a_certificate", defaults, []step{{"AUTH TLS", 502, ""}, {"PBSZ 0", 503, ""}, {"PROT P", 503, ""}, {"NOOP", 200, ""}}},
		{"AUTH_knows_only_TLS", withTLS(), []step{{"AUTH SSL", 504, ""}, {"AUTH KERBEROS_V4", 504, ""}, {"AUTH", 501, ""}, {"NOOP", 200, ""}}},
		{"PROT_comes_after_AUTH", withTLS(), []step{{"PBSZ 0", 503, ""}, {"PROT P", 503, ""}, {"PROT C", 503, ""}}},
		{"login_is_refused_without_TLS", onlyTLS(), []step{{"USER anonymous", 530, ""}, {"PASS guest@", 530, ""}, {"PWD", 530, ""}, {"NOOP", 200, ""}, {"QUIT", 221, ""}}},
		{"login_is_not_refused_without_TLS_unless_it_must_be", withTLS(), []step{{"USER anonymous", 331, ""}, {"PASS guest@", 230, ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, tt.set, nil).dial(t)
			c.want(220)
			c.talk(tt.steps)
		})
	}
}

func TestTLSRepliesAfterTheHandshake(t *testing.T) {
	login := []step{{"USER anonymous", 331, ""}, {"PASS guest@", 230, ""}, {"TYPE I", 200, ""}}
	tests := []struct {
		name  string
		set   settings
		steps []step
	}{
		{"AUTH_is_not_for_twice", withTLS(), []step{{"AUTH TLS", 503, ""}, {"NOOP", 200, ""}}},
		{"PROT_comes_after_PBSZ", withTLS(), []step{{"PROT P", 503, ""}, {"PBSZ 16384", 200, ""}, {"PROT P", 200, ""}}},
		{"PROT_knows_two_levels", withTLS(), []step{{"PBSZ 0", 200, ""}, {"PROT P", 200, ""}, {"PROT c", 200, ""}, {"PROT S", 536, ""}, {"PROT E", 536, ""}, {"PROT X", 504, ""}, {"PROT", 501, ""}}},
		{"PROT_C_is_refused_if_all_must_be_TLS", onlyTLS(), []step{{"PBSZ 0", 200, ""}, {"PROT C", 534, ""}, {"PROT P", 200, ""}}},
		{"data_are_refused_without_TLS_if_all_must_be", onlyTLS(), append(login, []step{{"EPSV", 229, ""}, {"RETR small.txt", 521, ""}, {"LIST", 521, ""}, {"STOR new.txt", 521, ""}}...)},
		{"data_go_without_TLS_otherwise", withTLS(), append(login, []step{{"RETR small.txt", 226, "small\n"}, {"PBSZ 0", 200, ""}, {"PROT P", 200, ""}, {"PROT C", 200, ""}, {"RETR small.txt", 226, "small\n"}}...)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, tt.set, smallFile)
			c := s.dial(t)
			c.want(220)
			c.handshake()
			c.talk(tt.steps)
			s.stop(t)
			s.wantFiles(t, smallFile)
		})
	}
}

func TestFEATListsTLS(t *testing.T) {
	c := start(t, withTLS(), nil).login(t)
	for _, want := range []string{"\n AUTH TLS\n", "\n PBSZ\n", "\n PROT\n"} {
		if got := c.do("FEAT", 211); !strings.Contains(got, want) {
			t.Errorf("the reply to FEAT is %q, want %q in it", got, want)
		}
	}
}

func TestTransfersOverTLS(t *testing.T) {
	s := start(t, withTLS(), smallFile)
	c := s.loginTLS(t)
	for _, tt := range []struct {
		name string
		open func(line string) net.Conn
	}{
		{"EPSV", func(line string) net.Conn { return c.begin(line) }},
		{"EPRT", func(line string) net.Conn { return c.active(line, eprtCommand) }},
		{"PORT", func(line string) net.Conn { return c.active(line, portCommand) }},
	} {
		text := strings.Repeat("0123456789abcdef", 3<<16)
		up := c.secret(tt.open("STOR new.txt"))
		io.WriteString(up, text)
		up.Close()
		c.want(226)
		if got := c.all(c.secret(tt.open("RETR new.txt"))); got != text {
			t.Errorf("%s: RETR new.txt sends %d bytes, want the %d of STOR", tt.name, len(got), len(text))
		}
		c.want(226)
		if got, want := c.all(c.secret(tt.open("NLST s*"))), "small.txt\r\n"; got != want {
			t.Errorf("%s: NLST s* sends %q, want %q", tt.name, got, want)
		}
		c.want(226)
	}
}

// PHP makes no data connection unless the control connection has given it a ticket. On a
// data connection a ticket does harm: one that only uploads does not read it.
func TestTicketsComeOnTheControlConnectionAlone(t *testing.T) {
	s := start(t, withTLS(), smallFile)
	tickets := func(conn net.Conn) (*tls.Conn, func() bool) {
		config := clientTLS(t).Clone()
		cache := tls.NewLRUClientSessionCache(1)
		config.ClientSessionCache = cache
		return tls.Client(conn, config), func() bool {
			_, ok := cache.Get(config.ServerName)
			return ok
		}
	}
	c := s.dial(t)
	c.want(220)
	c.do("AUTH TLS", 234)
	conn, came := tickets(c.Conn)
	c.Conn, c.Text = conn, textproto.NewConn(conn)
	c.talk([]step{{"USER anonymous", 331, ""}, {"PASS guest@", 230, ""}, {"PBSZ 0", 200, ""}, {"PROT P", 200, ""}})
	if !came() {
		t.Error("the control connection gives no ticket, want one")
	}
	data, came := tickets(c.begin("RETR small.txt"))
	if got, want := c.all(data), "small\r\n"; got != want || came() {
		t.Errorf("RETR small.txt sends %q, and a ticket: %v, want %q, and no ticket", got, came(), want)
	}
	c.want(226)
}

func TestPHPTransfersOverTLS(t *testing.T) {
	s := start(t, withTLS(), smallFile)
	const script = `
$c = ftp_ssl_connect("127.0.0.1", (int)$argv[1]) or die("connect");
ftp_login($c, "anonymous", "guest@") or die("login");
ftp_pasv($c, true) or die("pasv");
echo implode(",", ftp_nlist($c, ".")), "\n";
ftp_get($c, "got.txt", "small.txt", FTP_BINARY) or die("get");
ftp_put($c, "new.txt", "got.txt", FTP_BINARY) or die("put");
ftp_close($c);`
	php := tool{"php", []string{"-r", script, "PORT"}}
	if got, want := php.run(t, s, t.TempDir()), "./small.txt\n"; got != want {
		t.Errorf("PHP prints %q, want %q", got, want)
	}
	s.wantFiles(t, files{"small.txt": "small\n", "new.txt": "small\n"})
}

// AUTH is a new beginning: what was said before may have been said by anybody.
func TestAUTHForgetsWhoHasLoggedIn(t *testing.T) {
	c := start(t, withTLS(), smallFile).login(t)
	early := c.early(c.passive())
	c.handshake()
	c.talk([]step{{"PWD", 530, ""}, {"PASS x", 503, ""}})
	wantReset(t, early)
}

// Nor does the session go on where a third party may have led it: in another directory, or
// in the middle of a file.
func TestAUTHForgetsWhatWasSaidBefore(t *testing.T) {
	c := start(t, withTLS(), files{"small.txt": "small\n", "sub/small.txt": "other\n"}).login(t)
	c.talk([]step{{"TYPE I", 200, ""}, {"EPSV ALL", 200, ""}, {"CWD sub", 250, ""}, {"REST 3", 350, ""}})
	c.handshake()
	c.talk([]step{{"USER anonymous", 331, ""}, {"PASS x", 230, ""}, {"RETR small.txt", 226, "small\r\n"}, {"PASV", 227, ""}})
}

// What comes right after AUTH comes before the handshake, perhaps from a third party in
// between. It must not be taken for what the client says in TLS.
func TestNothingFromBeforeTheHandshakeCountsAfterIt(t *testing.T) {
	t.Run("with_AUTH", func(t *testing.T) {
		c := start(t, withTLS(), nil).dial(t)
		c.want(220)
		c.send("AUTH TLS\r\nNOOP\r\n")
		c.want(421)
		c.wantEnd()
	})
	t.Run("half_a_command_with_AUTH", func(t *testing.T) {
		c := start(t, withTLS(), nil).dial(t)
		c.want(220)
		c.send("AUTH TLS\r\nNO")
		c.want(421)
		c.wantEnd()
	})
	t.Run("after_AUTH", func(t *testing.T) {
		c := start(t, withTLS(), nil).dial(t)
		c.want(220)
		c.do("AUTH TLS", 234)
		c.send("NOOP\r\nNOOP\r\n")
		if rest, err := io.ReadAll(c.Conn); bytes.Contains(rest, []byte("200")) {
			t.Errorf("the reply to a command in place of the handshake is %q, %v, want the connection closed", rest, err)
		}
	})
	t.Run("with_an_AUTH_that_is_refused", func(t *testing.T) { // nothing is taken for anything
		c := start(t, defaults, nil).dial(t)
		c.want(220)
		c.send("AUTH TLS\r\nNOOP\r\nAUTH\r\nNOOP\r\n")
		c.want(502, 200, 501, 200)
	})
	t.Run("with_commands_before_it", func(t *testing.T) {
		c := start(t, withTLS(), nil).dial(t)
		c.want(220)
		c.send("NOOP\r\nFEAT\r\nAUTH TLS\r\n")
		c.want(200, 211, 234)
	})
}

func TestAUTHMayWaitForATransfer(t *testing.T) {
	s := start(t, withTLS(), nil)
	s.sparse(t, "large.bin", large)
	c := s.login(t)
	data := c.begin("RETR large.bin")
	c.send("STAT\r\nAUTH TLS\r\n")
	c.want(211)
	c.count(data)
	c.want(226, 234)
	if err := tls.Client(c.Conn, clientTLS(t)).Handshake(); err != nil {
		t.Errorf("handshake after an AUTH TLS that has waited for a transfer: %v", err)
	}
}

// A download that is cut has no end in TLS, or its client could not tell it from a
// whole one.
func TestClientSeesThatADownloadIsCut(t *testing.T) {
	s := start(t, withTLS(), nil)
	s.sparse(t, "large.bin", large)
	c := s.loginTLS(t)
	data := c.secret(c.begin("RETR large.bin"))
	c.do("ABOR", 426, 226)
	if n, err := io.Copy(io.Discard, data); err == nil {
		t.Errorf("after ABOR the client reads %d bytes and a proper end, want an error", n)
	}
}

func TestUploadThatIsCutIsNotKept(t *testing.T) {
	for name, cut := range map[string]func(raw *net.TCPConn){
		"with_FIN":   func(raw *net.TCPConn) { raw.Close() },
		"with_reset": func(raw *net.TCPConn) { raw.SetLinger(0); raw.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, withTLS(), smallFile)
			c := s.loginTLS(t)
			raw := c.begin("STOR new.txt")
			io.WriteString(c.secret(raw), "the first half\n")
			cut(raw)
			c.want(426)
			s.stop(t)
			s.wantFiles(t, smallFile)
		})
	}
}

// A client that gives up may end its data in TLS as if all were well.
func TestUploadOverTLSOfAClientThatGivesUpIsNotKept(t *testing.T) {
	for name, says := range map[string]string{
		"says_ABOR":       "ABOR\r\n",
		"says_ABOR_later": "NOOP\r\nABOR\r\n",
		"has_Telnet":      "\xff\xf4\xff\xf2ABOR\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, withTLS(), smallFile)
			for range 10 {
				c := s.loginTLS(t)
				data := c.secret(c.begin("STOR small.txt"))
				io.WriteString(data, "half")
				c.send(says)
				data.Close()
				c.want(426)
				if name == "says_ABOR_later" {
					c.want(200)
				}
				c.want(226)
			}
			s.stop(t)
			s.wantFiles(t, smallFile)
		})
	}
}

func TestDataConnectionWithoutAHandshakeIsAnswered426(t *testing.T) {
	s := start(t, withTLS(), smallFile)
	c := s.loginTLS(t)
	raw := c.begin("STOR new.txt")
	io.WriteString(raw, "this is no TLS\n")
	c.want(426)
	c.begin("RETR small.txt").Close()
	c.want(426)
	if got, want := c.all(c.secret(c.begin("RETR small.txt"))), "small\n"; got != want {
		t.Errorf("then RETR small.txt sends %q, want %q", got, want)
	}
	c.want(226)
	s.stop(t)
	s.wantFiles(t, smallFile)
}

func TestServerHangsUpOnAStrangerInTheHandshake(t *testing.T) {
	fakeTime(t, withTLS(), func(t *testing.T, s *pipeSite) {
		since := time.Now()
		c := s.dial(t)
		c.want(220)
		c.do("AUTH TLS", 234)
		c.wantEnd()
		if took := time.Since(since); took != defaults.login {
			t.Errorf("the server disconnects after %v, want %v", took, defaults.login)
		}
	})
}

func TestEndOfTheServerWaitsForNoHandshake(t *testing.T) {
	fakeTime(t, withTLS(), func(t *testing.T, s *pipeSite) {
		c := s.dial(t)
		c.want(220)
		c.do("AUTH TLS", 234)
		since := time.Now()
		s.stop(t)
		if took := time.Since(since); took != 0 {
			t.Errorf("the server ends after %v, want immediately", took)
		}
	})
}

func TestTLSIsIdleForNoLonger(t *testing.T) {
	fakeTime(t, withTLS(), func(t *testing.T, s *pipeSite) {
		c := s.dial(t)
		c.want(220)
		c.handshake()
		c.do("USER anonymous", 331)
		c.do("PASS x", 230)
		since := time.Now()
		c.want(421)
		if took := time.Since(since); took != defaults.idle {
			t.Errorf("an idle client is told 421 after %v, want %v", took, defaults.idle)
		}
		c.wantEnd()
	})
}

const lftpSettings = "set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set cmd:fail-exit yes; set net:max-retries 1;"

// The clients that people use get and put files over TLS. (curl 7.88 with -P would
// not: it waits for the server to begin the handshake.)
func TestClientsOverTLS(t *testing.T) {
	cert, key, err := certificate.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(passwordEnv, "secret")
	text := strings.Repeat("0123456789abcdef", 3<<16)
	tests := []struct {
		name string
		args []string // HOST, PORT and CERT stand for the server's
	}{
		{"curl_gets", []string{"curl", "-q", "-sS", "-v", "--ssl-reqd", "--cacert", "CERT", "-u", "ann:secret", "ftp://HOST:PORT/down.txt", "-o", "down.txt"}},
		{"curl_puts", []string{"curl", "-q", "-sS", "-v", "--ssl-reqd", "--cacert", "CERT", "-u", "ann:secret", "-T", "up.txt", "ftp://HOST:PORT/"}},
		{"lftp_gets", []string{"lftp", "--norc", "-d", "-p", "PORT", "-u", "ann,secret", "-e", "set ssl:ca-file CERT;" + lftpSettings + "ls; get down.txt; exit", "HOST"}},
		{"lftp_gets_with_PORT", []string{"lftp", "--norc", "-d", "-p", "PORT", "-u", "ann,secret", "-e", "set ssl:verify-certificate no; set ftp:passive-mode no;" + lftpSettings + "ls; get down.txt; exit", "HOST"}},
		{"lftp_puts", []string{"lftp", "--norc", "-d", "-p", "PORT", "-u", "ann,secret", "-e", "set ssl:ca-file CERT;" + lftpSettings + "put up.txt; exit", "HOST"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, err := exec.LookPath(tt.args[0])
			if err != nil {
				if os.Getenv("CI") != "" {
					t.Fatal(err)
				}
				t.Skipf("%s is not installed: %v", tt.args[0], err)
			}
			s := startFTPD(t, "-write", "-user", "ann", "-tls-cert", cert, "-tls-key", key, "-tls-only")
			put(t, s.dir, files{"down.txt": text})
			home := t.TempDir()
			put(t, home, files{"up.txt": text})
			host, port, _ := net.SplitHostPort(strings.Replace(s.addr, "localhost", "127.0.0.1", 1))
			cmd := exec.Command(path)
			for _, arg := range tt.args[1:] {
				cmd.Args = append(cmd.Args, strings.NewReplacer("HOST", host, "PORT", port, "CERT", cert).Replace(arg))
			}
			cmd.Dir = home
			cmd.Env = append(os.Environ(), "HOME="+home, "LC_ALL=C")
			p, err := program.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Stop()
			status, err := p.Wait(t.Context())
			if status != 0 || err != nil {
				t.Fatalf("%v: exit status %d, %v, want 0\n%s\n%s", p, status, err, p.Output(), s.Output())
			}
			dir, file := home, "down.txt"
			if strings.HasSuffix(tt.name, "_puts") {
				dir, file = s.dir, "up.txt"
			}
			if got := tree(t, dir)[file]; got != text {
				t.Errorf("%v: %s holds %d bytes, want those %d of the other side\n%s", p, file, len(got), len(text), p.Output())
			}
		})
	}
}
