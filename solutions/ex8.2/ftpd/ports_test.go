package main

import (
	"net"
	"net/netip"
	"strconv"
	"testing"
)

func TestParsePorts(t *testing.T) {
	for text, want := range map[string]ports{
		"50000-50099":   {50000, 50099},
		"1024-65535":    {1024, 65535},
		"50000-50000":   {50000, 50000},
		"":              {},
		"50000":         {},
		"50000-":        {},
		"-50000":        {},
		"50099-50000":   {},
		"1023-50000":    {},
		"50000-65536":   {},
		"50000-50099x":  {},
		"50000 - 50099": {},
	} {
		got, err := parsePorts(text)
		if got != want || (err != nil) != (want == ports{}) {
			t.Errorf("parsePorts(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
}

// quiet is an address at which other programs have no ports.
const quiet = "127.0.0.7"

// free returns three ports in a row, of which the first two are free and the last is taken.
func free(t *testing.T, host string) ports {
	t.Helper()
	for range 100 {
		ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Skipf("this machine has no such address: %v", err)
		}
		port := uint16(ln.Addr().(*net.TCPAddr).Port)
		p := ports{port - 2, port}
		if isFree(host, port-1) && isFree(host, port-2) {
			t.Cleanup(func() { ln.Close() })
			return p
		}
		ln.Close()
	}
	t.Skip("this machine has no two free ports in a row")
	return ports{}
}

func isFree(host string, port uint16) bool {
	ln, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(int(port))))
	if err == nil {
		ln.Close()
	}
	return err == nil
}

// Each session has a port of its own in the range, and goes past the one that is taken.
func TestDataPortsAreInTheRange(t *testing.T) {
	set := defaults
	set.ports = free(t, quiet)
	s := startOn(t, net.JoinHostPort(quiet, "0"), set, smallFile)
	one, other := s.login(t), s.login(t)
	for range 20 {
		for ask, addr := range map[string]string{"EPSV": one.passive(), "PASV": other.pasv()} {
			port := netip.MustParseAddrPort(addr).Port()
			if port < set.ports.low || port >= set.ports.high {
				t.Fatalf("%s tells the port %d, want %d or %d", ask, port, set.ports.low, set.ports.low+1)
			}
		}
	}
	s.login(t).do("EPSV", 425) // there is no third
	one.talk(fetchSmallFile)
	other.talk(fetchSmallFile)
}

func TestDataPortsAreInTheRangeInTLSAndIPv6Too(t *testing.T) {
	for _, host := range []string{quiet, "::1"} {
		t.Run(host, func(t *testing.T) {
			set := withTLS()
			set.ports = free(t, host)
			s := startOn(t, net.JoinHostPort(host, "0"), set, smallFile)
			one, other, third := s.loginTLS(t), s.loginTLS(t), s.loginTLS(t)
			for _, c := range []*client{one, other} {
				if port := netip.MustParseAddrPort(c.passive()).Port(); port < set.ports.low || port >= set.ports.high {
					t.Errorf("EPSV tells the port %d, want %d or %d", port, set.ports.low, set.ports.low+1)
				}
			}
			third.do("EPSV", 425) // all are taken
			other.do("QUIT", 221)
			other.wantEnd()
			if got, want := third.all(third.secret(third.begin("RETR small.txt"))), "small\n"; got != want { // the port is free again
				t.Errorf("RETR small.txt sends %q, want %q", got, want)
			}
			third.want(226)
		})
	}
}
