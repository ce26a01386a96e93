package main

import (
	"errors"
	"net"
	"strings"
	"testing"
)

// onBothOrSkip returns a listener at both addresses, at a free port.
func onBothOrSkip(t *testing.T) (ln net.Listener, port string) {
	t.Helper()
	for range 10 { // another program may have the port at the second
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { first.Close() })
		if ln = onBoth(first); ln != first {
			t.Cleanup(func() { ln.Close() })
			_, port, _ = net.SplitHostPort(first.Addr().String())
			return ln, port
		}
	}
	t.Skip("this machine has no ::1")
	return nil, ""
}

func TestBothLoopbackAddressesAreServed(t *testing.T) {
	ln, port := onBothOrSkip(t)
	s := startWith(t, ln, defaults, smallFile)
	defer s.stop(t)
	for _, host := range []string{"127.0.0.1", "::1"} {
		s.addr = net.JoinHostPort(host, port)
		for range 3 {
			c := s.login(t)
			c.talk(fetchSmallFile)
			c.do("QUIT", 221)
		}
	}
}

func TestAcceptEndsWhenThePairIsClosed(t *testing.T) {
	ln, port := onBothOrSkip(t)
	done := make(chan error, 1)
	go func() {
		_, err := ln.Accept()
		done <- err
	}()
	ln.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept() of a closed listener = %v, want net.ErrClosed", err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept() of a closed listener = %v, want net.ErrClosed", err)
	}
	ln.Close() // a second Close does not panic
	for _, host := range []string{"127.0.0.1", "::1"} {
		if conn, err := net.Dial("tcp", net.JoinHostPort(host, port)); err == nil {
			conn.Close()
			t.Errorf("a listener at %s is open after Close", host)
		}
	}
}

// A port that is taken at the second address is no reason not to serve the first.
func TestFirstAddressIsServedAlone(t *testing.T) {
	six, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no ::1: %v", err)
	}
	defer six.Close()
	_, port, _ := net.SplitHostPort(six.Addr().String())
	four, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Skipf("another program has the port: %v", err)
	}
	defer four.Close()
	if ln := onBoth(four); ln != four {
		ln.Close()
		t.Error("onBoth() listens at a port that is taken")
	}
}

func TestProgramListensAtBothAddresses(t *testing.T) {
	onBothOrSkip(t)
	p := startFTPD(t)
	put(t, p.dir, smallFile)
	_, port, _ := strings.Cut(p.addr, ":")
	for _, host := range []string{"127.0.0.1", "::1"} {
		p.site.addr = net.JoinHostPort(host, port)
		p.login(t).talk(fetchSmallFile)
	}
}
