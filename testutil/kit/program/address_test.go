package program_test

import (
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

func TestAddress(t *testing.T) {
	tests := []struct{ text, want string }{
		{"clock2: listening on 127.0.0.1:8010\n", "localhost:8010"},
		{"2026/11/22 18:38:57 listening on 127.0.0.1:8010\n", "localhost:8010"},
		{"2026/11/22 18:38:57 listening on [::1]:8010\n", "localhost:8010"},
		{"Listening on localhost:8010...\n", "localhost:8010"},
		{"serving at http://localhost:8010/\n", "localhost:8010"},
		{":8010\n", "localhost:8010"},
		{"listening on :8010\n", "localhost:8010"},
		{"18:38:57 port 8010\n", "localhost:8010"},
		{"Port: 8010\n", "localhost:8010"},
		{"listening on 8010\n", "localhost:8010"},
		{"2026/11/22 18:38:57 INFO listening addr=:8010\n", "localhost:8010"},
		{`time=2026-11-22T18:38:57.000Z level=INFO msg=listening addr=127.0.0.1:8010` + "\n", "localhost:8010"},
		{"18:38:57 ready\n", ""},
		{"listening since 18:38:57\n", ""},
		{"usage: ftpd -port number (default 8000)\n", ""},
		{"  -port int\n    \tport to listen on (default 8000)\n", ""},
		{"  --listen ADDR   address to listen on [default: 127.0.0.1:8000]\n", ""},
		{"Usage: server.py [port], for example server.py 8000\n", ""},
		{"usage: ftpd [-port 8000]\nlistening on :8010\n", "localhost:8010"},
		{"using the default port 8010\n", "localhost:8010"},
		{"", ""},
	}
	for _, tt := range tests {
		if got, ok := program.Address(tt.text); got != tt.want || ok != (tt.want != "") {
			t.Errorf("Address(%q) = %q, %v, want %q", tt.text, got, ok, tt.want)
		}
	}
}

func TestPortZeroIsNoPort(t *testing.T) {
	for address, want := range map[string]bool{"localhost:0": false, "localhost:00": false, "localhost:8010": true, "localhost:10": true} {
		if err := program.CheckPort(address); (err == nil) != want {
			t.Errorf("CheckPort(%q) = %v, want an error: %t", address, err, !want)
		}
	}
}

// Programs that ask for any port run at the same time as one that is told a free port, and
// must not get that one.
func TestFreePortIsNotOneThatTheSystemGives(t *testing.T) {
	first := 49152 // RFC 6335, section 6
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if first, err = strconv.Atoi(strings.Fields(string(text))[0]); err != nil {
			t.Fatal(err)
		}
		if first < 32768 {
			t.Skipf("this machine gives all ports from %d, and Linux gives those from 32768 unless it is told", first)
		}
	}
	for range 20 {
		text, err := program.FreePort("localhost")
		if err != nil {
			t.Fatalf("FreePort() = %v", err)
		}
		if port, err := strconv.Atoi(text); err != nil || port >= first {
			t.Errorf("FreePort() = %q, want a port below %d, the first that the system gives", text, first)
		}
		ln, err := net.Listen("tcp", net.JoinHostPort("localhost", text))
		if err != nil {
			t.Errorf("FreePort() = %q, and it is not free: %v", text, err)
			continue
		}
		ln.Close()
	}
}
