package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/timeline"
	"example.com/workbook/testutil/suites/clocktest"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestClock(t *testing.T) { clocktest.TestSequential(t, serve) }

func TestPortInUse(t *testing.T) { clocktest.TestPortInUse(t, "8000") }

//!+TestHandleConn

// One client, and no server: the test has one end of a pipe, and handleConn the other.
func TestHandleConn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // on a fake clock, which starts at midnight
		client, conn := net.Pipe()
		go handleConn(conn)

		lines := bufio.NewReader(client)
		want := []string{"00:00:00\n", "00:00:01\n", "00:00:02\n"}
		var got []string
		for range want {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("client read (-want +got):\n%s", diff)
		}

		client.Close()
		time.Sleep(2 * time.Second) // the next write fails, and handleConn returns
	})
}

//!-TestHandleConn

// What clients of serve see, on a network in memory and a fake clock. A row of
// the picture is a client: it gets a line at each ●, waits for the first during ┊··, and
// leaves at ┤.
func TestServe(t *testing.T) {
	type client struct {
		at    time.Duration // when it connects
		lines int           // how many it reads; it leaves half a second after the last
	}
	tests := []struct {
		name    string
		clients []client
		want    string
	}{
		{"writes_a_line_every_second", []client{{0, 3}}, `
           0s   1s   2s   3s   4s   5s   6s   7s
client 1   ●────●────●─┤
`},
		{"keeps_a_second_client_waiting_until_the_first_has_left", []client{{0, 4}, {1 * time.Second, 3}}, `
           0s   1s   2s   3s   4s   5s   6s   7s
client 1   ●────●────●────●─┤
client 2        ┊··············●────●────●─┤
`},
		{"serves_clients_in_their_order", []client{{0, 2}, {500 * time.Millisecond, 2}, {1 * time.Second, 2}}, `
           0s   1s   2s   3s   4s   5s   6s   7s
client 1   ●────●─┤
client 2     ┊·······●────●─┤
client 3        ┊··············●────●─┤
`},
	}
	// visit is what a client does. It notes in row what it sees.
	visit := func(nw *pipenet.Network, c client, row *timeline.Row) error {
		start := time.Now()
		time.Sleep(c.at)
		row.Arrive = c.at
		conn, err := nw.Dial(context.Background(), "tcp", "localhost:8000")
		if err != nil {
			return err
		}
		defer conn.Close()
		lines := bufio.NewReader(conn)
		for range c.lines {
			conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := lines.ReadString('\n'); err != nil {
				return fmt.Errorf("%s: %w", row.Name, err)
			}
			row.Lines = append(row.Lines, time.Since(start))
		}
		time.Sleep(500 * time.Millisecond)
		row.Left, row.Leave = true, time.Since(start)
		return nil
	}
	// whole makes the diff show whole lines, and not the parts in which they differ.
	whole := cmp.Comparer(func(a, b string) bool { return a == b })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				nw := pipenet.New()
				ln, err := nw.Listen("localhost:8000")
				if err != nil {
					t.Fatal(err)
				}
				var server, clients errgroup.Group
				server.Go(func() error { return serve(ln) })
				rows := make([]timeline.Row, len(tt.clients))
				for i, c := range tt.clients {
					rows[i].Name = fmt.Sprint("client ", i+1)
					clients.Go(func() error { return visit(nw, c, &rows[i]) })
				}
				if err := clients.Wait(); err != nil {
					t.Error(err)
				}
				got := "\n" + timeline.Draw(rows, 7*time.Second, timeline.Unicode)
				if diff := cmp.Diff(strings.Split(tt.want, "\n"), strings.Split(got, "\n"), whole); diff != "" {
					t.Errorf("clients saw (-want +got):\n%s", diff)
				}

				ln.Close()
				if err := server.Wait(); err != nil {
					t.Error(err)
				}
				time.Sleep(2 * time.Second) // handleConn finds out that the last client has left
			})
		})
	}
}
