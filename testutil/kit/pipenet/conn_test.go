package pipenet_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/kit/pipenet"
)

// connect returns the two ends of a connection of a network in memory.
func connect(t *testing.T) (client, server net.Conn) {
	t.Helper()
	nw, ln := listen(t)
	client = dial(t, nw)
	server, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

// connectTCP returns the two ends of a connection of the loopback interface.
func connectTCP(t *testing.T) (client, server net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if client, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

var past = time.Unix(1, 0)

// An operation on conn, whose peer is the other end, ends with an error.
var operations = []struct {
	name string
	do   func(conn, peer net.Conn) error
	want []error // one of these, as errors.Is says
}{
	{"Read after Close", func(conn, peer net.Conn) error {
		io.WriteString(peer, "not read")
		conn.Close()
		return read(conn)
	}, []error{net.ErrClosed}},
	{"Write after Close", func(conn, peer net.Conn) error {
		conn.Close()
		return write(conn)
	}, []error{net.ErrClosed}},
	{"Write after Close of both ends", func(conn, peer net.Conn) error {
		peer.Close()
		conn.Close()
		return write(conn)
	}, []error{net.ErrClosed}},
	{"Close after Close", func(conn, peer net.Conn) error {
		conn.Close()
		return conn.Close()
	}, []error{net.ErrClosed}},
	{"SetDeadline after Close", func(conn, peer net.Conn) error {
		conn.Close()
		return conn.SetDeadline(time.Now())
	}, []error{net.ErrClosed}},
	{"SetReadDeadline after Close", func(conn, peer net.Conn) error {
		conn.Close()
		return conn.SetReadDeadline(time.Time{})
	}, []error{net.ErrClosed}},
	{"SetWriteDeadline after Close", func(conn, peer net.Conn) error {
		conn.Close()
		return conn.SetWriteDeadline(time.Time{})
	}, []error{net.ErrClosed}},
	{"Read while the own end closes", func(conn, peer net.Conn) error {
		time.AfterFunc(time.Millisecond, func() { conn.Close() })
		return read(conn)
	}, []error{net.ErrClosed}},
	{"Write while the own end closes", func(conn, peer net.Conn) error {
		time.AfterFunc(time.Millisecond, func() { conn.Close() })
		return writeUntilItFails(conn)
	}, []error{net.ErrClosed}},
	{"Read after the peer has closed", func(conn, peer net.Conn) error {
		peer.Close()
		return read(conn)
	}, []error{io.EOF}},
	{"Read of what the peer wrote before it closed", func(conn, peer net.Conn) error {
		io.WriteString(peer, "the last words")
		peer.Close()
		text, err := io.ReadAll(conn)
		if got, want := string(text), "the last words"; got != want || err != nil {
			return fmt.Errorf("ReadAll = %q, %w, want %q, nil", text, err, want)
		}
		return read(conn)
	}, []error{io.EOF}},
	{"Write after the peer has closed", func(conn, peer net.Conn) error {
		peer.Close()
		return writeUntilItFails(conn)
	}, []error{pipenet.Broken, pipenet.Reset}},
	{"Write after the peer has closed and left something unread", func(conn, peer net.Conn) error {
		io.WriteString(conn, "not read")
		peer.Close()
		return writeUntilItFails(conn)
	}, []error{pipenet.Broken, pipenet.Reset}},
	{"Write while the peer closes", func(conn, peer net.Conn) error {
		time.AfterFunc(time.Millisecond, func() { peer.Close() })
		return writeUntilItFails(conn)
	}, []error{pipenet.Broken, pipenet.Reset}},
	{"SetDeadline after the peer has closed", func(conn, peer net.Conn) error {
		peer.Close()
		return errors.Join(conn.SetDeadline(time.Now()), conn.SetReadDeadline(past), conn.SetWriteDeadline(time.Time{}))
	}, []error{nil}},
	{"Read after its deadline, though there is something", func(conn, peer net.Conn) error {
		io.WriteString(peer, "in time")
		conn.SetReadDeadline(past)
		return read(conn)
	}, []error{os.ErrDeadlineExceeded}},
	{"Read until its deadline", func(conn, peer net.Conn) error {
		conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		return read(conn)
	}, []error{os.ErrDeadlineExceeded}},
	{"Read while another goroutine sets a deadline in the past", func(conn, peer net.Conn) error {
		time.AfterFunc(time.Millisecond, func() { conn.SetDeadline(past) })
		return read(conn)
	}, []error{os.ErrDeadlineExceeded}},
	{"Write after its deadline, though there is room", func(conn, peer net.Conn) error {
		conn.SetWriteDeadline(past)
		return write(conn)
	}, []error{os.ErrDeadlineExceeded}},
	{"Write until its deadline", func(conn, peer net.Conn) error {
		conn.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
		return writeUntilItFails(conn)
	}, []error{os.ErrDeadlineExceeded}},
	{"Write after a deadline that was taken back", func(conn, peer net.Conn) error {
		conn.SetDeadline(past)
		conn.SetDeadline(time.Time{})
		return write(conn)
	}, []error{nil}},
	{"Write after the deadline of Read", func(conn, peer net.Conn) error {
		conn.SetReadDeadline(past)
		return write(conn)
	}, []error{nil}},
}

func read(conn net.Conn) error {
	n, err := conn.Read(make([]byte, 100))
	if n > 0 {
		return fmt.Errorf("Read = %d, %w, want 0 and an error", n, err)
	}
	return err
}

func write(conn net.Conn) error {
	_, err := io.WriteString(conn, "15:04:05\n")
	return err
}

func writeUntilItFails(conn net.Conn) error {
	lines := []byte(strings.Repeat("15:04:05\n", 1000))
	for {
		if _, err := conn.Write(lines); err != nil {
			return err
		}
	}
}

// Whatever a program can learn from an error of TCP, it learns here too.
func TestConnFailsAsTCPDoes(t *testing.T) {
	for _, tt := range operations {
		t.Run(tt.name, func(t *testing.T) {
			client, server := connectTCP(t)
			tcp := tt.do(server, client)
			ofTCP := describe(tcp, server)
			synctest.Test(t, func(t *testing.T) {
				client, server := connect(t)
				err := tt.do(server, client)
				if !isOneOf(tcp, tt.want) || !isOneOf(err, tt.want) {
					t.Errorf("got %v, over TCP %v, want one of %v", err, tcp, tt.want)
				}
				if got := describe(err, server); got != ofTCP {
					t.Errorf("got %s\nTCP %s", got, ofTCP)
				}
			})
		})
	}
}

func isOneOf(err error, targets []error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// describe says what a program can ask of err, which an operation on conn has returned.
func describe(err error, conn net.Conn) string {
	if err == nil || err == io.EOF {
		return fmt.Sprint(err)
	}
	op, isOp := errors.AsType[*net.OpError](err)
	if !isOp {
		return fmt.Sprintf("%T, want a *net.OpError", err)
	}
	_, isSyscall := op.Err.(*os.SyscallError)
	ne, isNet := err.(net.Error)
	of := func(addr net.Addr) string {
		switch {
		case addr == nil:
			return "nil"
		case addr.String() == conn.LocalAddr().String():
			return fmt.Sprintf("the local %T", addr)
		case addr.String() == conn.RemoteAddr().String():
			return fmt.Sprintf("the remote %T", addr)
		}
		return addr.String()
	}
	return fmt.Sprintf("op %s net %s source %s addr %s syscall %v net.Error %v timeout %v",
		op.Op, op.Net, of(op.Source), of(op.Addr), isSyscall, isNet, isNet && ne.Timeout())
}

func TestOneReadMayReturnTwoWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		io.WriteString(server, "15:04:05\n")
		io.WriteString(server, "15:04:06\n")
		p := make([]byte, 100)
		n, err := client.Read(p)
		if got, want := string(p[:n]), "15:04:05\n15:04:06\n"; got != want || err != nil {
			t.Errorf("Read after two writes = %q, %v, want %q, nil", got, err, want)
		}
	})
}

func TestWriteBlocksOnlyWhileTheBufferIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, ln := listen(t)
		client, err := nw.Dial(pipenet.WithWindow(t.Context(), 10), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		server, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		go func() {
			time.Sleep(time.Minute)
			io.ReadFull(client, make([]byte, 18))
		}()
		for line, want := range []time.Duration{0, time.Minute} {
			if n, err := io.WriteString(server, "15:04:05\n"); n != 9 || err != nil {
				t.Errorf("write of line %d = %d, %v, want 9, nil", line+1, n, err)
			}
			if took := time.Since(start); took != want {
				t.Errorf("line %d is written after %v, want %v: 10 bytes are kept for a client that reads after a minute", line+1, took, want)
			}
		}
	})
}

// What does not fit when the deadline passes is not written, and the rest is.
func TestWriteReturnsHowMuchWasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, ln := listen(t)
		client, err := nw.Dial(pipenet.WithWindow(t.Context(), 4), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		server, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		server.SetWriteDeadline(time.Now().Add(time.Second))
		if n, err := io.WriteString(server, "15:04:05\n"); n != 4 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write = %d, %v, want 4, %v", n, err, os.ErrDeadlineExceeded)
		}
		server.Close()
		if got, err := io.ReadAll(client); string(got) != "15:0" || err != nil {
			t.Errorf("ReadAll = %q, %v, want %q, nil", got, err, "15:0")
		}
	})
}

func TestAcceptFailsAsTCPDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, inner := listen(t)
		ln := pipenet.FailAccepts(inner, 2)
		for range 2 {
			_, err := ln.Accept()
			op, ok := errors.AsType[*net.OpError](err)
			if !ok || op.Op != "accept" || op.Net != "tcp" || op.Addr.String() != ln.Addr().String() || !op.Temporary() || op.Timeout() {
				t.Errorf("Accept = %v, want a *net.OpError of accept that is temporary", err)
			}
			if !errors.Is(err, syscall.EMFILE) {
				t.Errorf("Accept = %v, want %v", err, syscall.EMFILE)
			}
		}
		dial(t, nw)
		if _, err := ln.Accept(); err != nil {
			t.Errorf("Accept after two failures = %v, want nil", err)
		}
		if got, want := ln.Accepts(), 3; got != want {
			t.Errorf("Accepts() = %d, want %d", got, want)
		}
	})
}
