package main

import (
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

var sixNumbers = regexp.MustCompile(`\((\d+,\d+,\d+,\d+,\d+,\d+)\)`)

// pasv asks the server to listen, as of RFC 959, and returns the address.
func (c *client) pasv() string {
	c.t.Helper()
	text := c.do("PASV", 227)
	m := sixNumbers.FindStringSubmatch(text)
	if m == nil {
		c.t.Fatalf("the reply to PASV is %q, want an address as in (127,0,0,1,195,80)", text)
	}
	addr, _ := parsePort(m[1])
	return addr.String()
}

func TestPassiveModes(t *testing.T) {
	tests := []struct {
		name  string
		steps []step
	}{
		{"EPSV_takes_the_family_of_the_connection", []step{{"EPSV 1", 229, ""}}},
		{"EPSV_refuses_another_family", []step{{"EPSV 2", 522, ""}, {"EPSV 3", 522, ""}, {"RETR small.txt", 425, ""}}},
		{"EPSV_ALL_rules_out_the_others", []step{{"EPSV ALL", 200, ""}, {"PASV", 503, ""}, {"PORT 127,0,0,1,195,80", 503, ""}, {"EPRT |1|127.0.0.1|50000|", 503, ""}, {"RETR small.txt", 425, ""}}},
		{"EPSV_ALL_is_for_ever", []step{{"EPSV all", 200, ""}, {"NOOP", 200, ""}, {"EPSV", 229, ""}, {"PASV", 503, ""}}},
		{"PASV_takes_no_argument", []step{{"PASV 1", 501, ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, defaults, smallFile).login(t)
			c.talk(tt.steps)
			c.talk(fetchSmallFile)
		})
	}
}

func TestPASVTellsItsAddress(t *testing.T) {
	c := start(t, defaults, smallFile).login(t)
	addr := c.pasv()
	if host, _, _ := net.SplitHostPort(addr); host != "127.0.0.1" {
		t.Errorf("PASV tells the address %s, want that of the control connection, 127.0.0.1", addr)
	}
	data, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatalf("the address of PASV: %v", err)
	}
	defer data.Close()
	c.do("RETR small.txt", 150)
	if got, want := c.all(data), "small\n"; got != want {
		t.Errorf("RETR small.txt sends %q, want %q", got, want)
	}
	c.want(226)
}

func TestEachDataPortIsForOneTransfer(t *testing.T) {
	asks := map[string]func(c *client) string{"PASV": (*client).pasv, "EPSV": (*client).passive}
	for ask, address := range asks {
		for next, end := range map[string]func(c *client){
			"PASV":    func(c *client) { c.do("PASV", 227) },
			"EPSV":    func(c *client) { c.do("EPSV", 229) },
			"PORT":    func(c *client) { c.do("PORT 127,0,0,1,195,80", 200) },
			"a wrong": func(c *client) { c.do("PORT 127", 501) },
			"ABOR":    func(c *client) { c.do("ABOR", 226) },
			"QUIT":    func(c *client) { c.do("QUIT", 221); c.wantEnd() },
		} {
			t.Run(ask+"_then_"+next, func(t *testing.T) {
				c := start(t, defaults, nil).login(t)
				early := c.early(address(c))
				end(c)
				wantReset(t, early)
			})
		}
	}
}

// early connects to a data port that is for no transfer yet: the connection waits to be accepted.
func (c *client) early(addr string) *net.TCPConn {
	c.t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.connected(conn.(*net.TCPConn), nil)
}

// wantReset wants the server to have closed the listener that a connection waits for. To
// connect again would not tell: the kernel may have given the port out again, to the next
// EPSV or to another program.
func wantReset(t *testing.T, conn net.Conn) {
	t.Helper()
	n, err := conn.Read(make([]byte, 1))
	if n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a connection to a data port that has been given up: Read returns %d, %v, want it reset", n, err)
	}
}

func TestDataPortIsAtOneAddressOnly(t *testing.T) {
	c := start(t, defaults, smallFile).login(t)
	for _, other := range []string{"127.0.0.2", "::1"} {
		wantClosed(t, func() string {
			_, port, _ := net.SplitHostPort(c.passive())
			return net.JoinHostPort(other, port)
		})
	}
}

func TestDataAreForTheClientOnly(t *testing.T) {
	for _, line := range []string{"RETR small.txt", "NLST"} {
		t.Run(line, func(t *testing.T) {
			c := start(t, defaults, smallFile).login(t)
			addr := c.passive()
			stranger := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
			strange, err := stranger.DialContext(t.Context(), "tcp", addr)
			if err != nil {
				t.Skipf("this machine has no second address: %v", err)
			}
			defer strange.Close()
			c.do(line, 150)
			if text, err := io.ReadAll(strange); len(text) > 0 || err != nil && !errors.Is(err, connReset) {
				t.Errorf("a stranger at the data port reads %q, %v, want nothing", text, err)
			}
			data, err := net.Dial("tcp", addr) // the stranger does not keep the client away
			if err != nil {
				t.Fatal(err)
			}
			defer data.Close()
			if got := strings.TrimSpace(c.all(data)); !strings.HasPrefix(got, "small") {
				t.Errorf("%s sends the client %q, want its data", line, got)
			}
			c.want(226)
		})
	}
}

func TestIPv6(t *testing.T) {
	c := startOn(t, "[::1]:0", defaults, smallFile).login(t)
	c.talk([]step{
		{"PASV", 425, ""}, // it can tell no such address
		{"EPSV 1", 522, ""},
		{"EPSV 2", 229, ""},
		{"PORT 127,0,0,1,195,80", 504, ""},
		{"EPRT |1|127.0.0.1|50000|", 504, ""},
	})
	c.talk(fetchSmallFile)
}

func TestPassiveModesLeaveNothingOpen(t *testing.T) {
	c := start(t, defaults, smallFile).login(t)
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector would close what is forgotten
	before := openFiles()
	for range 50 {
		_, last, _ := net.SplitHostPort(c.passive())
		if port, err := strconv.Atoi(last); err != nil || port < 1024 {
			t.Errorf("EPSV tells port %q, want one above 1023", last)
		}
	}
	if got, want := openFiles(), before+1; got > want {
		t.Errorf("after 50 times EPSV %d files and connections are open, want %d: before it there were %d", got, want, before)
	}
}
