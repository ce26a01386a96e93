package main

import (
	"bytes"
	"log"
	"net"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is not asked for is not there: by default the server is for this machine
// alone, and changes no file.
func TestDefaultsAreSafe(t *testing.T) {
	s := startFTPD(t)
	put(t, s.dir, smallFile)
	at := regexp.MustCompile(`listening on (\S+)`).FindStringSubmatch(s.Output())
	host, _, err := net.SplitHostPort(at[1])
	if ip := net.ParseIP(host); err != nil || !ip.IsLoopback() {
		t.Errorf("ftpd listens on %s, want an address of the loopback device", at[1])
	}
	c := s.login(t)
	for verb, command := range rules {
		if command.writes {
			c.data()
			c.do(verb+" small.txt", 550)
		}
	}
	if diff := cmp.Diff(smallFile, tree(t, s.dir)); diff != "" {
		t.Errorf("the files are not as they should be (-want +got):\n%s", diff)
	}
}

// A web page can have the browser send text of its choice to any port of this machine,
// if only behind the head of a request.
func TestWebPageCannotGiveCommands(t *testing.T) {
	s := start(t, writable(), smallFile)
	c := s.dial(t)
	c.want(220)
	c.send("POST / HTTP/1.1\r\nHost: localhost:8021\r\nContent-Type: text/plain\r\n\r\nUSER ann\r\nPASS x\r\nDELE small.txt\r\n")
	c.want(421)
	c.wantEnd()
	s.stop(t)
	s.wantFiles(t, smallFile)
}

// Names of files and users, and whatever else a client sends, may hold control
// characters. They must not forge a line of the log, or play with a terminal that
// shows it.
func TestLogHoldsNoControlCharacters(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no files with such names")
	}
	const evil = "a\rINFO session\x1b[2J\x1b]0;title\x07\tb\x00\x7f\u009b1m\u202e"
	name := strings.ReplaceAll(evil, "\x00", "")
	s := start(t, withTLS(), files{name + "/" + name: "x"})
	var text lockedBuffer
	log.SetOutput(&text)
	c := s.dial(t)
	c.want(220)
	c.do("USER "+evil, 331)
	c.do("PASS "+evil, 230)
	c.talk([]step{{"MKD " + evil, 553, ""}, {"STOR " + evil, 553, ""}, {"RETR " + name + "/" + name, 226, "x"}})
	c.fetch("LIST " + name)
	c.do("QUIT", 221)
	c = s.dial(t)
	c.want(220)
	c.do("AUTH TLS", 234)
	c.send(evil)
	c.Conn.Close()
	s.stop(t)
	got := text.String()
	if !strings.Contains(got, "RETR") || !strings.Contains(got, "handshake") {
		t.Errorf("the log is\n%q\nwant the transfers and the handshake in it", got)
	}
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' }) {
			t.Errorf("the log holds the line %q, want no control character in it", line)
		}
		if !regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (INFO (session|transfer)|WARN handshake) client=`).MatchString(line) {
			t.Errorf("the log holds the line %q, want only those of sessions and transfers", line)
		}
	}
}

// A lockedBuffer is a buffer that is safe for concurrent use.
type lockedBuffer struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
