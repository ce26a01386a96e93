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
func free(t *testing.T) ports {
	t.Helper()
	for range 100 {
		ln, err := net.Listen("tcp", net.JoinHostPort(quiet, "0"))
		if err != nil {
			t.Skipf("this machine has no such address: %v", err)
		}
		port := uint16(ln.Addr().(*net.TCPAddr).Port)
		p := ports{port - 2, port}
		if p.isFree(port-1) && p.isFree(port-2) {
			t.Cleanup(func() { ln.Close() })
			return p
		}
		ln.Close()
	}
	t.Skip("this machine has no two free ports in a row")
	return ports{}
}

func (ports) isFree(port uint16) bool {
	ln, err := net.Listen("tcp", net.JoinHostPort(quiet, strconv.Itoa(int(port))))
	if err == nil {
		ln.Close()
	}
	return err == nil
}

// Each session has a port of its own in the range, and goes past the one that is taken.
func TestDataPortsAreInTheRange(t *testing.T) {
	set := defaults
	set.ports = free(t)
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
