package main

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

func TestMain(m *testing.M) { program.Main(m, main) }

// The server is the test: it has one end of a pipe, and netcat the other.
func TestNetcat(t *testing.T) {
	tests := []struct {
		name   string
		writes []string // what the server writes, before it closes
		want   string   // what netcat prints
	}{
		{"prints_a_line", []string{"15:04:05\n"}, "15:04:05\n"},
		{"prints_line_after_line", []string{"15:04:05\n", "15:04:06\n"}, "15:04:05\n15:04:06\n"},
		{"prints_a_line_that_comes_in_pieces", []string{"15:", "04:", "05\n"}, "15:04:05\n"},
		{"prints_a_line_without_an_end", []string{"15:04:05\n", "15:0"}, "15:04:05\n15:0"},
		{"prints_nothing_if_the_server_closes_at_once", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, server := net.Pipe()
			var group errgroup.Group
			group.Go(func() error {
				defer server.Close()
				for _, text := range tt.writes {
					if _, err := io.WriteString(server, text); err != nil {
						return err
					}
				}
				return nil
			})

			var out strings.Builder
			if err := netcat(&out, conn); err != nil {
				t.Error(err)
			}
			if err := group.Wait(); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("netcat printed (-want +got):\n%s", diff)
			}
		})
	}
}

// serveOnce lets one client connect, writes text to it and disconnects. It
// returns the address to connect to.
func serveOnce(t *testing.T, text string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer ln.Close()
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		io.WriteString(conn, text)
		conn.Close()
	}()
	return ln.Addr().String()
}

// refused returns an address where no program listens, and none can during the test: it is
// the near end of a connection.
func refused(t *testing.T) string {
	t.Helper()
	conn, err := net.Dial("tcp", serveOnce(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.LocalAddr().String()
}

func TestProgram(t *testing.T) {
	long := strings.Repeat("15:04:05\n", 10_000) + "15:0" // more than one Read, and a line without an end
	tests := []struct {
		name   string
		args   []string
		status int
		stdout string
		stderr string // a part of the only line
	}{
		{"prints_what_the_server_sends_until_it_closes", []string{serveOnce(t, long)}, 0, long, ""},
		{"reports_a_refused_connection", []string{refused(t)}, 1, "", "refused"},
		{"reports_an_address_without_a_port", []string{"localhost"}, 1, "", "localhost: missing port in address"},
		{"reports_an_argument_too_many", []string{"localhost:1", "x"}, 2, "", "usage: netcat1 [host:port]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := program.Start(program.Command(tt.args...))
			if err != nil {
				t.Fatal(err)
			}
			defer p.Stop()
			ctx, cancel := context.WithTimeout(t.Context(), suite.Patience())
			defer cancel()
			status, err := p.Wait(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if status != tt.status {
				t.Errorf("%v: exit status %d, want %d", p, status, tt.status)
			}
			if got := p.Stdout(); got != tt.stdout {
				t.Errorf("%v printed %d bytes, %.80q, want %d, %.80q", p, len(got), got, len(tt.stdout), tt.stdout)
			}
			if got := p.Stderr(); !strings.Contains(got, tt.stderr) || strings.Count(got, "\n") != min(1, len(tt.stderr)) {
				t.Errorf("%v printed %q on standard error, want one line with %q", p, got, tt.stderr)
			}
		})
	}
}
