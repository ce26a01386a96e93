package ftptest

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
)

// A visit that goes well, and a server that has ended by then, does not depend on luck.
func TestServerThatHasEndedPassesNoCase(t *testing.T) {
	p, err := program.Start(exec.Command(os.Args[0], "-test.run=^$"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if _, err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &site{process: p}
	for range 20 {
		if err := s.verdict(nil); err == nil || !strings.Contains(err.Error(), "the server has ended") {
			t.Fatalf("verdict(nil) on a server that has ended = %v, want an error that says so", err)
		}
	}
}

// On a busy machine the time may be over before there was any to look again.
func TestLastLookIsTakenWhenTheTimeIsOver(t *testing.T) {
	looks := 0
	_, ok := new(site).awaitFor(0, func() (string, bool) {
		looks++
		return "", looks == 2
	})
	if !ok {
		t.Errorf("awaitFor(0, …) of what is there at the second look = false after %d looks, want true", looks)
	}
}

// Whether the clock is fake does not follow from how patient the clients are.
func TestSiteKnowsItsClock(t *testing.T) {
	for _, patience := range []string{"1m", "10s"} {
		t.Setenv("WORKBOOK_PATIENCE", patience)
		for _, tt := range []struct {
			name string
			open func(ctx context.Context) (*site, error)
			fake bool
		}{
			{"pipes", pipes(serveNone).open, true},
			{"loopback", loopback(serveNone).open, false},
			{"in memory", loopback(serveNone).inMemory, false},
		} {
			s, err := tt.open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s.stop()
			os.RemoveAll(s.base)
			if s.fake != tt.fake {
				t.Errorf("with WORKBOOK_PATIENCE=%s the clock of a site over %s is fake: %v, want %v", patience, tt.name, s.fake, tt.fake)
			}
		}
	}
}

// A temporary error is one after which net/http calls Accept again.
type temporary interface {
	error
	Temporary() bool
}

// Accept fails as that of package net does: package net/http calls it again.
func TestFailedAcceptIsTemporary(t *testing.T) {
	inner, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	ln := &listener{Listener: inner}
	ln.toFail.Store(3)
	for range 3 {
		conn, err := ln.Accept()
		ne, ok := errors.AsType[temporary](err)
		if conn != nil || !ok || !ne.Temporary() {
			t.Errorf("Accept() = %v, %v, want no connection and an error that is Temporary", conn, err)
		}
	}
	if got := ln.failed.Load(); got != 3 {
		t.Errorf("%d calls of Accept have failed, want 3", got)
	}
}

// serveNone closes each connection.
func serveNone(ln net.Listener, root string) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err == nil {
			conn.Close()
		}
	}
}

// Over IPv6 a client cannot send PORT, so it tries IPv4 first, whatever localhost is.
func TestClientReachesLocalhostOverIPv4(t *testing.T) {
	four, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip("this machine has no IPv4: ", err)
	}
	defer four.Close()
	_, port, _ := net.SplitHostPort(four.Addr().String())
	s := new(site)
	s.dialTo(net.JoinHostPort("localhost", port))
	six, err := net.Listen("tcp6", net.JoinHostPort("::1", port))
	if err == nil {
		defer six.Close()
	}
	conn, err := s.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if got := conn.RemoteAddr().String(); got != four.Addr().String() {
		t.Errorf("a client of localhost reaches %s, want %s", got, four.Addr())
	}
	if six == nil {
		return // there is no IPv6
	}
	four.Close()
	conn, err = s.dial(t.Context())
	if err != nil {
		t.Fatalf("a server that listens on %s alone is not reached: %v", six.Addr(), err)
	}
	conn.Close()
}

// Only the ports of the server count: another program may listen at one that it has left.
func TestOnlyPortsOfTheServerCount(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("this system does not tell who listens")
	}
	ours, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	other := exec.Command(os.Args[0], "-test.run=^$")
	other.Env = append(os.Environ(), "FTPTEST_PRINTS=ADDRESS")
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	theirs, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	s := &site{address: ours.Addr().String(), patience: time.Minute}
	for address, want := range map[string]bool{s.address: true, strings.TrimSpace(theirs): false} {
		if got := s.listensAt(address); got != want {
			t.Errorf("listensAt(%s) = %v, want %v", address, got, want)
		}
	}
}
