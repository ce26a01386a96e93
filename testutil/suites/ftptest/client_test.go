package ftptest

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// On a network in memory, which keeps nothing, a server that replies twice waits for a
// client that reads, and no longer reads itself.
func TestServerThatRepliesTwiceIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, server := net.Pipe()
		defer conn.Close()
		go func() {
			defer server.Close()
			bufio.NewReader(server).ReadString('\n')
			io.WriteString(server, "550 no such directory\r\n")
			io.WriteString(server, "250 ok\r\n")
		}()
		c := &client{site: &site{ctx: t.Context(), patience: time.Minute}, conn: conn, in: bufio.NewReader(conn)}
		if _, err := c.do("CWD nosuch", "550"); err != nil {
			t.Fatal(err)
		}
		_, err := c.do("PWD", "257")
		if want := `after the reply to CWD nosuch, the server sent another reply, "250 ok"; want one reply for each command`; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("do(CWD sub), do(PWD) = %v, want %s", err, want)
		}
	})
}

// The command that follows is not blamed for a second reply, whenever that comes.
func TestSecondReplyIsChargedToItsCommand(t *testing.T) {
	for _, tt := range []struct {
		name    string
		replies []string // to CWD sub, and to PWD
	}{
		{"at_once", []string{"250 ok\r\n250 again\r\n", "257 \"/\"\r\n"}},
		{"later", []string{"250 ok\r\n", "250 again\r\n257 \"/\"\r\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			go func() {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				in := bufio.NewReader(conn)
				for _, text := range tt.replies {
					in.ReadString('\n')
					io.WriteString(conn, text)
				}
				in.ReadString('\n')
			}()
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			c := &client{site: &site{ctx: withCase(t.Context(), goingDown), patience: 10 * time.Second}, conn: conn, in: bufio.NewReader(conn)}
			if _, err = c.do("CWD sub", "250"); err == nil { // or the second reply comes later
				_, err = c.do("PWD", "257")
			}
			if want := `after the reply to CWD sub, the server sent another reply, "250 again"; want one reply for each command`; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("do(CWD sub), do(PWD) = %v, want %s", err, want)
			}
		})
	}
}

func TestDifferenceIsShownInBytes(t *testing.T) {
	for _, tt := range []struct{ name, got, want, text string }{
		{"a_byte", "a\xd9", "a\x00", "2 bytes, want 2; byte 1 is 0xd9, want 0x00"},
		{"line_ends", "a\r\nb", "a\nb", "4 bytes, want 3; byte 1 is 0x0d, want 0x0a: this is text conversion, as only line ends differ"},
		{"a_lost_line_end", "a\nb", "a\nb\n", "3 bytes, want 4; the last 1 bytes are missing"},
		{"too_little", "a", "abc", "1 bytes, want 3; the last 2 bytes are missing"},
		{"too_much", "abc", "a", `3 bytes, want 1; after the file came "bc"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if text := difference(tt.got, tt.want); text != tt.text {
				t.Errorf("difference(%q, %q) = %s, want %s", tt.got, tt.want, text, tt.text)
			}
		})
	}
}

func TestFileOfAnotherIsNamed(t *testing.T) {
	s := &site{root: t.TempDir()}
	if err := s.add("file07", "seven"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"seven": ": this is file07", tree["hello.txt"]: ": this is hello.txt", "": "", "sev": ""} {
		if got := s.whose(text); got != want {
			t.Errorf("whose(%q) = %q, want %q", text, got, want)
		}
	}
}

// Real clients wait for the space behind a code.
func TestReplyThatIsACodeAloneIsRemembered(t *testing.T) {
	for _, tt := range []struct{ replies, terse string }{
		{"200 ok\r\n", ""},
		{"200 \r\n", ""},
		{"200-ok\r\n200 \r\n", ""},
		{"200\r\n", "200"},
		{"200-ok\r\n200\r\n", "200"},
	} {
		c := &client{site: &site{ctx: t.Context(), patience: time.Minute}, in: bufio.NewReader(strings.NewReader(tt.replies)), conn: silentConn{}}
		r, err := c.reply()
		if err != nil || r.code != "200" || c.terse != tt.terse {
			t.Errorf("reading %q: code %s, terse %q, %v, want 200, %q", tt.replies, r.code, c.terse, err, tt.terse)
		}
	}
}

// A silentConn has deadlines, and nothing else.
type silentConn struct{ net.Conn }

func (silentConn) SetReadDeadline(time.Time) error { return nil }

// A server whose replies are codes alone is told so, in one case.
func TestServerThatRepliesWithCodesAloneIsToldSo(t *testing.T) {
	t.Setenv("WORKBOOK_PATIENCE", "3s")
	for _, tt := range []struct {
		name  string
		reply func(command, line string) string
		want  string
	}{
		{"text", nil, ""},
		{"space", replace("PASS", "230", "230 "), ""},
		{"code_alone", func(command, line string) string {
			if strings.HasPrefix(line, "230 ") {
				return "230"
			}
			return line
		}, `a reply is the code "230" alone`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range casesOf(robustPart.name, robustPart.cases) {
				if c.Name != "ends_its_replies_with_CR_LF" {
					continue
				}
				err := c.Run(t.Context(), loopback(double{reply: tt.reply}.serve))
				if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
					t.Errorf("%s says %v, want %q", c.Name, err, tt.want)
				}
			}
		})
	}
}
