package main

import (
	"bytes"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
)

// A script is the connection of a client that says all at the same time, and keeps what it reads.
type script struct {
	net.Conn // nil: nothing else is called
	in       io.Reader
	out      bytes.Buffer
}

func (c *script) Read(p []byte) (int, error)       { return c.in.Read(p) }
func (c *script) Write(p []byte) (int, error)      { return c.out.Write(p) }
func (c *script) Close() error                     { return nil }
func (c *script) LocalAddr() net.Addr              { return nil }
func (c *script) RemoteAddr() net.Addr             { return scriptAddr{} }
func (c *script) SetDeadline(time.Time) error      { return nil }
func (c *script) SetReadDeadline(time.Time) error  { return nil }
func (c *script) SetWriteDeadline(time.Time) error { return nil }

type scriptAddr struct{}

func (scriptAddr) Network() string { return "script" }
func (scriptAddr) String() string  { return "script" }

// jail makes a root with links that lead out of it, next to what no client must see.
func jail(t testing.TB) *server {
	base := t.TempDir()
	root := filepath.Join(base, "root")
	put(t, base, files{"outside.txt": "SECRET\n", "private/secret.txt": "SECRET\n", "root/": ""})
	put(t, root, files{"small.txt": "small\n", "sub/deep/file": "file\n", "two words": "two\n",
		"link.txt": arrow + "../outside.txt", "out": arrow + "../private", "up": arrow + "..", "abs": arrow + base, "in": arrow + "sub/deep", "loop": arrow + "loop"})
	set := withTLS()
	set.write = false
	srv, err := newServer(root, set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.root.Close() })
	return srv
}

// Whatever a client says, the server does not panic and comes to an end with it; all
// that it says are whole replies, with no control characters in them; and there is
// one, in the order of RFC 959, for each line, up to that which ends the session.
func FuzzSession(f *testing.F) {
	for _, text := range []string{
		"USER anonymous\r\nPASS x\r\nPWD\r\nCWD sub\r\nCDUP\r\nSTAT\r\nSTAT .\r\nMLST small.txt\r\nSIZE small.txt\r\nQUIT\r\n",
		"user a\nPASS\nTYPE I\nREST 5\nRETR small.txt\nLIST -la\nNLST *\nMLSD out\nSTOR x\nSTOU\nNOOP",
		"USER a\r\nPASS b\r\nPASV\r\nEPSV\r\nEPSV ALL\r\nPORT 1,2,3,4,5,6\r\nEPRT |2|::1|5000|\r\nABOR\r\n\xff\xf4\xff\xf2ABOR\r\nRNFR small.txt\r\nRNTO x\r\n",
		"AUTH TLS\r\nUSER a\r\n", "POST / HTTP/1.1\r\n\r\nNOOP\r\n", "AUTH\r\nNOOP\r\nAUTH SSL\r\n", "PBSZ 0\r\nPROT P\r\n", "FEAT\r\nHELP\r\nOPTS UTF8 ON\r\nSYST\r\nSITE\r\nACCT x\r\n",
		"USER a\r\nPASS b\r\nCWD up\r\nCWD abs\r\nSTAT up\r\nSTAT out/*\r\nMLST loop\r\nSTAT [\r\nMDTM link.txt\r\n",
		"USER \x00\x1b[2J\r\nPASS \r\nCWD \x80\xff\xff\r\nXYZZY\r\n\r\n \r\nQUIT x\r\n",
		strings.Repeat("x", maxLine+1) + "\r\nNOOP\r\n",
	} {
		f.Add(text)
	}
	srv := jail(f)
	log.SetOutput(io.Discard)
	f.Cleanup(func() { log.SetOutput(os.Stderr) })
	f.Fuzz(func(t *testing.T, text string) {
		conn := &script{in: strings.NewReader(text)}
		srv.handleConn(conn)
		out := conn.out.String()
		codes, rest := replyCodes(out)
		if rest != "" {
			t.Fatalf("to %q the server says %q, of which %q is not a reply", text, out, rest)
		}
		if strings.Contains(out, "SECRET") || strings.Contains(out, "secret.txt") {
			t.Errorf("to %q the server says %q, of what is outside of the root", text, out)
		}
		var final []string
		for _, code := range codes {
			if code[0] != '1' {
				final = append(final, code)
			}
		}
		lines, _ := readLines(strings.NewReader(text))
		want := 1 + len(lines) // with the greeting
		for i, line := range lines {
			if quits(line) {
				want = i + 2
				break
			}
		}
		last := final[len(final)-1]
		if ended := last == "421" || last == "234"; len(final) != want && !(ended && len(final) < want) {
			t.Errorf("to %q the server says %q, of %d replies, want %d", text, out, len(final), want)
		}
	})
}

// A reply is a line, or several of which those between are indented.
var replyForm = regexp.MustCompile(`^([1-5]\d\d)(?: [^\x00-\x1f\x7f]*\r\n|-[^\x00-\x1f\x7f]*\r\n(?: [^\x00-\x1f\x7f]*\r\n)*([1-5]\d\d) [^\x00-\x1f\x7f]*\r\n)`)

// replyCodes returns the codes of replies, and what is left that is none.
func replyCodes(text string) (codes []string, rest string) {
	for {
		m := replyForm.FindStringSubmatch(text)
		if m == nil || m[2] != "" && m[2] != m[1] {
			return codes, text
		}
		codes = append(codes, m[1])
		text = text[len(m[0]):]
	}
}

// However a client names a file, and wherever it stands, what it can open or list is
// in the root.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{"small.txt", "link.txt", "out/secret.txt", "up/outside.txt", "abs/outside.txt", "out/", "../outside.txt", "in/../../../outside.txt", "sub/../out/*", "*", "up/*", "[a-z]*", "loop", "in/file", "out/.", "//out//secret.txt", "out\x00", "./up/./private/secret.txt"} {
		f.Add("", name)
		f.Add("sub/deep", name)
		f.Add("in", "../"+name)
	}
	srv := jail(f)
	f.Fuzz(func(t *testing.T, dir, name string) {
		s := &session{srv: srv, dir: "/"}
		s.dir = s.path(dir)
		if file, info, err := s.open(name); err == nil {
			if text, err := io.ReadAll(file); !info.IsDir() && strings.Contains(string(text), "SECRET") {
				t.Errorf("in %q, open(%q) reads %q, %v, want nothing from outside of the root", s.dir, name, text, err)
			}
			file.Close()
		}
		if l, err := s.find(name); err == nil {
			for info, err := range l.files() {
				if err == nil && slices.Contains([]string{"outside.txt", "secret.txt", "private", "root"}, info.Name()) {
					t.Errorf("in %q, find(%q) lists %s, want nothing from outside of the root", s.dir, name, info.Name())
				}
			}
			l.close()
		}
	})
}

// A fileInfo is one that there may be on some disk.
type fileInfo struct {
	name string
	size int64
	mode fs.FileMode
	time time.Time
}

func (f fileInfo) Name() string       { return f.name }
func (f fileInfo) Size() int64        { return f.size }
func (f fileInfo) Mode() fs.FileMode  { return f.mode }
func (f fileInfo) ModTime() time.Time { return f.time }
func (f fileInfo) IsDir() bool        { return f.mode.IsDir() }
func (f fileInfo) Sys() any           { return nil }

var (
	longForm  = regexp.MustCompile(`^[d-](?:[r-][w-][x-]){3} 1 ftp ftp +-?\d+ [A-Z][a-z]{2} [ \d]\d (?:\d\d:\d\d| -?\d+) ([^\x00-\x08\x0a-\x1f\x7f]*)$`)
	factsForm = regexp.MustCompile(`^type=(?:dir|file;size=-?\d+);modify=-?\d{14,};perm=(?:r|el);unix\.mode=0[0-7]+; ([^\x00-\x08\x0a-\x1f\x7f]*)$`)
)

// Whatever a file is called, it is one line of a listing, of the form that clients
// parse, and without control characters; and a name that has none is in it unchanged.
func FuzzListing(f *testing.F) {
	for _, name := range []string{"a.txt", "two words", "a\nb", "-rw-r--r-- 1 ftp ftp 1 Jan  1 00:00 forged", "x\r\ndrwxr-xr-x 1 ftp ftp 0 Jan  1 00:00 y", "größe 東京", "gr\xf6\xdfe", "\x1b[2J", "\x7f", "\u009b2J", " ", ".."} {
		f.Add(name, int64(3), int64(1583334566), uint32(0o644))
		f.Add(name, int64(1)<<62, time.Now().Unix(), uint32(fs.ModeDir|0o755))
	}
	anybody := &session{srv: new(server)}
	f.Fuzz(func(t *testing.T, name string, size, seconds int64, mode uint32) {
		if seconds < 0 || seconds > 1<<37 || size < 0 {
			t.Skip("no file system has this")
		}
		info := fileInfo{name, size, fs.FileMode(mode), time.Unix(seconds, 0)}
		long := printable(string(appendLong(nil, info)))
		if m := longForm.FindStringSubmatch(long); m == nil || m[1] != printable(name) {
			t.Errorf("the line of LIST for %+v is %q, want it to match\n%s with the name %q", info, long, longForm, printable(name))
		}
		facts := printable(string(anybody.appendFacts(nil, info, name)))
		if m := factsForm.FindStringSubmatch(facts); m == nil || m[1] != printable(name) {
			t.Errorf("the line of MLSD for %+v is %q, want it to match\n%s with the name %q", info, facts, factsForm, printable(name))
		}
		clean := !strings.ContainsFunc(name, unicode.IsControl)
		if got := printable(name); len(got) != len(name) || clean != (got == name) {
			t.Errorf("printable(%q) = %q, want it unchanged if it is clean, and in any case as long", name, got)
		}
	})
}

// Text that goes out and comes back is as it was, but for line ends that were those of
// the network already; however it is cut into pieces.
func FuzzASCII(f *testing.F) {
	for _, text := range []string{"a\nb\r\nc\rd\r\r\n\r", "\n", "\r", "\r\n\n\r", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out, back, pieces bytes.Buffer
		if err := toASCII(&out, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if err := toASCII(&pieces, iotest.OneByteReader(strings.NewReader(text))); err != nil || pieces.String() != out.String() {
			t.Errorf("toASCII of %q = %q, but byte by byte %q, %v", text, &out, &pieces, err)
		}
		if err := fromASCII(&back, iotest.OneByteReader(bytes.NewReader(out.Bytes()))); err != nil {
			t.Fatal(err)
		}
		if want := strings.ReplaceAll(text, "\r\n", "\n"); back.String() != want {
			t.Errorf("text %q goes out as %q and comes back as %q, want %q", text, &out, &back, want)
		}
		if bare := regexp.MustCompile(`(?:^|[^\r])\n`); bare.Match(out.Bytes()) {
			t.Errorf("text %q goes out as %q, with a bare LF", text, &out)
		}
	})
}
