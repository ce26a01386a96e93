package pipenet_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/pipenet"
)

func TestFollowSeesAllThatIsWritten(t *testing.T) {
	enough := errors.New("enough")
	tests := []struct {
		name  string
		serve func(conn net.Conn)
		want  string
		err   error
	}{
		{"until the server hangs up", func(conn net.Conn) {
			io.WriteString(conn, "08:00:00\n")
			time.Sleep(time.Second)
			io.WriteString(conn, "08:0")
			io.WriteString(conn, "0:01\n")
			conn.Close()
		}, "08:00:00\n08:00:01\n", io.EOF},
		{"until it has seen enough", func(conn net.Conn) {
			io.WriteString(conn, "08:00:00\n")
			time.Sleep(time.Second)
			io.WriteString(conn, "enough")
			io.WriteString(conn, "and more")
			conn.Close()
		}, "08:00:00\nenough", enough},
		{"until its deadline", func(conn net.Conn) {
			io.WriteString(conn, "08:00:00\n")
			time.Sleep(time.Hour)
			conn.Close()
		}, "08:00:00\n", os.ErrDeadlineExceeded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := connect(t)
				defer client.Close()
				go tt.serve(server)
				client.SetReadDeadline(time.Now().Add(time.Minute))
				var got []byte
				err := pipenet.Follow(client, func(p []byte) error {
					got = append(got, p...)
					if string(p) == "enough" {
						return enough
					}
					return nil
				})
				if !errors.Is(err, tt.err) {
					t.Errorf("Follow() = %v, want %v", err, tt.err)
				}
				if diff := cmp.Diff(tt.want, string(got)); diff != "" {
					t.Errorf("Follow() saw (-want +got):\n%s", diff)
				}
				client.Close()
				time.Sleep(time.Hour)
			})
		})
	}
}

// A server must notice that its client has left, also one that follows.
func TestFollowedServerSeesItsClientLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		go func() {
			time.Sleep(time.Minute)
			client.Close()
		}()
		go pipenet.Follow(client, func([]byte) error { return nil })
		for lines := 0; ; lines++ {
			if _, err := io.WriteString(server, "08:00:00\n"); err != nil {
				if lines < 60 || lines > 61 {
					t.Errorf("the server wrote %d lines, one a second, to a client that left after a minute", lines)
				}
				return
			}
			time.Sleep(time.Second)
		}
	})
}

// connect returns the two ends of a connection.
func connect(t *testing.T) (client, server net.Conn) {
	t.Helper()
	nw := pipenet.New()
	ln, err := nw.Listen("localhost:8000")
	if err != nil {
		t.Fatal(err)
	}
	if client, err = nw.Dial(t.Context(), "tcp", "localhost:8000"); err != nil {
		t.Fatal(err)
	}
	if server, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	return client, server
}
