package main

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
)

// portCommand and eprtCommand return the commands that tell an address.
func portCommand(addr netip.AddrPort) string {
	ip := addr.Addr().As4()
	return fmt.Sprintf("PORT %d,%d,%d,%d,%d,%d", ip[0], ip[1], ip[2], ip[3], addr.Port()>>8, addr.Port()&0xff)
}

func eprtCommand(addr netip.AddrPort) string {
	family := 2
	if addr.Addr().Is4() {
		family = 1
	}
	return fmt.Sprintf("EPRT |%d|%s|%d|", family, addr.Addr(), addr.Port())
}

// active has the server make a data connection, for a command that uses it.
func (c *client) active(line string, command func(netip.AddrPort) string) *net.TCPConn {
	c.t.Helper()
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: c.Conn.LocalAddr().(*net.TCPAddr).IP})
	if err != nil {
		c.t.Fatal(err)
	}
	defer ln.Close()
	c.do(command(plain(ln.Addr().(*net.TCPAddr).AddrPort())), 200)
	c.do(line, 150)
	return c.connected(ln.AcceptTCP())
}

func TestServerConnectsToItsClient(t *testing.T) {
	for _, tt := range []struct {
		name, address string
		command       func(netip.AddrPort) string
	}{
		{"PORT", "127.0.0.1:0", portCommand},
		{"EPRT", "127.0.0.1:0", eprtCommand},
		{"EPRT_with_IPv6", "[::1]:0", eprtCommand},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := startOn(t, tt.address, defaults, smallFile)
			c := s.login(t)
			if got, want := c.all(c.active("RETR small.txt", tt.command)), "small\n"; got != want {
				t.Errorf("RETR small.txt after %s sends %q, want %q", tt.name, got, want)
			}
			c.want(226)
			c.do("RETR small.txt", 425) // the address is for one transfer
		})
	}
}

func TestServerConnectsToNobodyElse(t *testing.T) {
	s := start(t, defaults, smallFile)
	c := s.login(t)
	for _, tt := range []struct {
		line string
		want int
		why  string
	}{
		{"PORT 127,0,0,2,200,10", 504, "it is another machine"},
		{"PORT 10,0,0,1,200,10", 504, "it is another machine"},
		{"EPRT |1|127.0.0.2|51210|", 504, "it is another machine"},
		{"EPRT |2|::1|51210|", 504, "it is another address"},
		{"PORT 127,0,0,1,0,25", 504, "port 25 is that of a service"},
		{"PORT 127,0,0,1,3,255", 504, "port 1023 may be that of a service"},
		{"EPRT |1|127.0.0.1|25|", 504, "port 25 is that of a service"},
		{"PORT 127,0,0,1,0,0", 504, "there is no port 0"},
		{"PORT 127,0,0,1,200", 501, "a number is missing"},
		{"EPRT |1|127.0.0.1|65536|", 501, "there is no such port"},
	} {
		if code, text := c.ask(tt.line); code != tt.want {
			t.Errorf("the reply to %s is %d %s, want %d: %s", tt.line, code, text, tt.want, tt.why)
		}
		c.do("RETR small.txt", 425)
	}
}

// ask sends a command and returns the reply, whatever it is.
func (c *client) ask(line string) (code int, text string) {
	c.t.Helper()
	c.send(line + "\r\n")
	code, text, err := c.Text.ReadResponse(0)
	if err != nil {
		c.t.Fatalf("%q: reading the reply: %v", line, err)
	}
	return code, text
}

func TestPORTToWhereNobodyListensIsAnswered425(t *testing.T) {
	c := start(t, defaults, smallFile).login(t)
	own := c.Conn.LocalAddr().(*net.TCPAddr).AddrPort() // no other program can be given it in that time
	c.do(portCommand(own), 200)
	c.do("RETR small.txt", 150, 425)
	c.talk(fetchSmallFile)
}

func TestParsePort(t *testing.T) {
	tests := []struct{ arg, want string }{
		{"127,0,0,1,195,80", "127.0.0.1:50000"},
		{"127, 0, 0, 1, 195, 80", "127.0.0.1:50000"},
		{"0,0,0,0,0,0", "0.0.0.0:0"},
		{"255,255,255,255,255,255", "255.255.255.255:65535"},
		{"", ""},
		{"127.0.0.1:50000", ""},
		{"127,0,0,1,195", ""},
		{"127,0,0,1,195,80,1", ""},
		{"256,0,0,1,195,80", ""},
		{"127,0,0,1,195,256", ""},
		{"127,0,0,-1,195,80", ""},
		{"127,0,0,1,195,", ""},
		{"127,0,0,1,195,0x50", ""},
		{",,,,,", ""},
	}
	for _, tt := range tests {
		addr, ok := parsePort(tt.arg)
		if got := addrString(addr, ok); got != tt.want {
			t.Errorf("parsePort(%q) = %q, want %q", tt.arg, got, tt.want)
		}
	}
}

func TestParseEPRT(t *testing.T) {
	tests := []struct{ arg, want string }{
		{"|1|127.0.0.1|50000|", "127.0.0.1:50000"},
		{"|2|::1|50000|", "[::1]:50000"},
		{"|2|::ffff:127.0.0.1|50000|", "127.0.0.1:50000"},
		{"!1!127.0.0.1!50000!", "127.0.0.1:50000"},
		{"", ""},
		{"|", ""},
		{"|||||", ""},
		{"|1|127.0.0.1|50000", ""},
		{"|1|127.0.0.1|50000|x", ""},
		{"|1|127.0.0.1|50000||", ""},
		{"|2|127.0.0.1|50000|", ""},
		{"|1|::1|50000|", ""},
		{"|3|127.0.0.1|50000|", ""},
		{"|1|localhost|50000|", ""},
		{"|1|127.0.0.1|65536|", ""},
		{"|1|127.0.0.1|-1|", ""},
		{"|1|127.0.0.1||", ""},
	}
	for _, tt := range tests {
		addr, ok := parseEPRT(tt.arg)
		if got := addrString(addr, ok); got != tt.want {
			t.Errorf("parseEPRT(%q) = %q, want %q", tt.arg, got, tt.want)
		}
	}
}

func addrString(addr netip.AddrPort, ok bool) string {
	if !ok {
		return ""
	}
	return addr.String()
}

// What is an address is the same one when it is written again.
func FuzzParsePort(f *testing.F) {
	for _, arg := range []string{"127,0,0,1,195,80", "1, 2,3,4,5,6", "256,,-1", "|1|127.0.0.1|50000|", "|2|fe80::1%eth0|1|", "!2!::ffff:1.2.3.4!1!"} {
		f.Add(arg)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		if addr, ok := parsePort(arg); ok {
			again, ok := parsePort(portCommand(addr)[len("PORT "):])
			if again != addr || !ok {
				t.Errorf("parsePort(%q) = %v, but written again it is %v, %v", arg, addr, again, ok)
			}
		}
		if addr, ok := parseEPRT(arg); ok && addr.Addr().Zone() == "" {
			again, ok := parseEPRT(eprtCommand(addr)[len("EPRT "):])
			if again != addr || !ok {
				t.Errorf("parseEPRT(%q) = %v, but written again it is %v, %v", arg, addr, again, ok)
			}
		}
	})
}
