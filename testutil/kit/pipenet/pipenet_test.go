package pipenet_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/kit/pipenet"
)

const address = "localhost:8000"

func listen(t *testing.T) (*pipenet.Network, *pipenet.Listener) {
	t.Helper()
	nw := pipenet.New()
	ln, err := nw.Listen(address)
	if err != nil {
		t.Fatalf("Listen(%q): %v", address, err)
	}
	return nw, ln
}

func dial(t *testing.T, nw *pipenet.Network) net.Conn {
	t.Helper()
	conn, err := nw.Dial(t.Context(), "tcp", address)
	if err != nil {
		t.Fatalf("Dial(%q): %v", address, err)
	}
	return conn
}

func TestNetwork(t *testing.T) {
	tests := []struct {
		name string
		run  func(t *testing.T)
	}{
		{"carries_bytes_both_ways", func(t *testing.T) {
			nw, ln := listen(t)
			client := dial(t, nw)
			server, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			go io.Copy(server, server)
			io.WriteString(client, "ping\n")
			got, err := bufio.NewReader(client).ReadString('\n')
			if got != "ping\n" || err != nil {
				t.Errorf("echo = %q, %v, want %q, nil", got, err, "ping\n")
			}
			client.Close()
			server.Close()
		}},
		{"lets_a_client_connect_before_it_is_accepted", func(t *testing.T) {
			nw, ln := listen(t)
			client := dial(t, nw)
			client.SetReadDeadline(time.Now().Add(time.Hour))
			_, err := client.Read(make([]byte, 1))
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("Read before Accept = %v, want a time-out", err)
			}
			if err := ln.Close(); err != nil {
				t.Errorf("Close() = %v, want nil", err)
			}
		}},
		{"makes_a_client_wait_when_the_backlog_is_full", func(t *testing.T) {
			nw, _ := listen(t)
			for range 128 {
				dial(t, nw)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := nw.Dial(ctx, "tcp", address)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Dial with a full backlog = %v, want %v", err, context.DeadlineExceeded)
			}
			if got, want := nw.Open(), 2*128; got != want {
				t.Errorf("Open() = %d, want %d: a failed Dial leaves nothing open", got, want)
			}
		}},
		{"refuses_an_address_where_nobody_listens", func(t *testing.T) {
			_, err := pipenet.New().Dial(t.Context(), "tcp", address)
			if !errors.Is(err, pipenet.Refused) {
				t.Errorf("Dial = %v, want %v", err, pipenet.Refused)
			}
		}},
		{"refuses_a_network_other_than_tcp", func(t *testing.T) {
			nw, _ := listen(t)
			if conn, err := nw.Dial(t.Context(), "udp", address); err == nil {
				t.Errorf("Dial(udp) = %v, nil, want an error", conn)
			}
		}},
		{"refuses_an_address_that_is_taken", func(t *testing.T) {
			nw, _ := listen(t)
			if _, err := nw.Listen(address); !errors.Is(err, pipenet.InUse) {
				t.Errorf("second Listen = %v, want %v", err, pipenet.InUse)
			}
		}},
		{"refuses_an_address_without_a_port", func(t *testing.T) {
			if _, err := pipenet.New().Listen("localhost"); err == nil {
				t.Error("Listen(localhost) = nil, want an error")
			}
		}},
		{"ends_Accept_when_the_listener_closes", func(t *testing.T) {
			_, ln := listen(t)
			go func() {
				time.Sleep(time.Second)
				ln.Close()
			}()
			for range 2 { // while it waits, and afterwards
				if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
					t.Errorf("Accept = %v, want %v", err, net.ErrClosed)
				}
			}
			if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("second Close = %v, want %v", err, net.ErrClosed)
			}
		}},
		{"breaks_the_backlog_when_the_listener_closes", func(t *testing.T) {
			nw, ln := listen(t)
			client := dial(t, nw)
			ln.Close()
			if _, err := client.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("Read after the listener closed = %v, want %v", err, io.EOF)
			}
		}},
		{"gives_an_address_back_when_the_listener_closes", func(t *testing.T) {
			nw, ln := listen(t)
			ln.Close()
			if _, err := nw.Listen(address); err != nil {
				t.Errorf("Listen after Close = %v, want nil", err)
			}
		}},
		{"counts_the_ends_that_are_open", func(t *testing.T) {
			nw, ln := listen(t)
			client := dial(t, nw)
			server, _ := ln.Accept()
			for _, tt := range []struct {
				end  net.Conn
				want int
			}{{server, 1}, {client, 0}, {client, 0}} {
				tt.end.Close()
				if got := nw.Open(); got != tt.want {
					t.Errorf("Open() = %d, want %d", got, tt.want)
				}
			}
		}},
		{"names_both_ends_as_TCP_would", func(t *testing.T) {
			nw, ln := listen(t)
			dial(t, nw)
			client := dial(t, nw)
			ln.Accept()
			server, _ := ln.Accept()
			for _, tt := range []struct {
				what string
				got  net.Addr
				want string
			}{
				{"listener", ln.Addr(), "127.0.0.1:8000"},
				{"client's remote", client.RemoteAddr(), "127.0.0.1:8000"},
				{"server's local", server.LocalAddr(), "127.0.0.1:8000"},
				{"server's remote", server.RemoteAddr(), "127.0.0.1:50001"},
				{"client's local", client.LocalAddr(), "127.0.0.1:50001"},
			} {
				if tt.got.String() != tt.want || tt.got.Network() != "tcp" {
					t.Errorf("%s address = %s %s, want tcp %s", tt.what, tt.got.Network(), tt.got, tt.want)
				}
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { synctest.Test(t, tt.run) })
	}
}
