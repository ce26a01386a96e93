package main

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestAddress(t *testing.T) {
	tests := []struct{ arg, want string }{
		{"", "localhost:8021"},
		{"example.com", "example.com:8021"},
		{"example.com:21", "example.com:21"},
		{"example.com:", "example.com:8021"},
		{":21", "localhost:21"},
		{"::1", "[::1]:8021"},
		{"[::1]", "[::1]:8021"},
		{"[::1]:21", "[::1]:21"},
	}
	for _, tt := range tests {
		if got := address(tt.arg); got != tt.want {
			t.Errorf("address(%q) = %q, want %q", tt.arg, got, tt.want)
		}
	}
}

func TestPorts(t *testing.T) {
	tests := []struct {
		name string
		f    func(text string) (string, error)
		text string
		want string // empty for an error
	}{
		{"extendedPort", extendedPort, "Entering Extended Passive Mode (|||50000|)", "50000"},
		{"extendedPort", extendedPort, "(|||50000|).", "50000"},
		{"extendedPort", extendedPort, "( ||| 50000 | )", "50000"},
		{"extendedPort", extendedPort, "(|||65536|)", ""},
		{"extendedPort", extendedPort, "(|||0|)", ""},
		{"extendedPort", extendedPort, "(||||)", ""},
		{"extendedPort", extendedPort, "50000", ""},
		{"passivePort", passivePort, "Entering Passive Mode (127,0,0,1,195,80).", "50000"},
		{"passivePort", passivePort, "127,0,0,1,0,21", "21"},
		{"passivePort", passivePort, "(127, 0, 0, 1, 195, 80)", "50000"},
		{"passivePort", passivePort, "( 127 ,0 ,0 ,1 ,195 ,80 )", "50000"},
		{"passivePort", passivePort, "(127,0,0,1,256,1)", ""},
		{"passivePort", passivePort, "(127,0,0,1,1,256)", ""},
		{"passivePort", passivePort, "(127,0,0,1,0,0)", ""},
		{"passivePort", passivePort, "(127,0,0,1,21)", ""},
		{"passivePort", passivePort, "", ""},
	}
	for _, tt := range tests {
		got, err := tt.f(tt.text)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s(%q) = %q, %v, want %q", tt.name, tt.text, got, err, tt.want)
		}
	}
}

// The clock of the next tests is that of a synctest bubble: no test really waits.

func TestGivesUpASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		defer server.Close()
		go io.Copy(io.Discard, server)
		c := newConn(client)
		begun := time.Now()
		_, err := c.cmd(t.Context(), "2", "PWD")
		if !isLost(err) || err.Error() != "server does not answer" {
			t.Errorf("cmd returned the error %v, want a lostError: server does not answer", err)
		}
		if took := time.Since(begun); took != replyTime {
			t.Errorf("cmd gave up after %v, want %v", took, replyTime)
		}
	})
}

func TestGivesUpAServerThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		defer server.Close()
		if _, err := newConn(client).cmd(t.Context(), "2", "PWD"); !isLost(err) {
			t.Errorf("cmd returned the error %v, want a lostError", err)
		}
	})
}

func TestGivesUpASilentServerSoonAfterCtrlC(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		defer server.Close()
		go io.Copy(io.Discard, server)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		begun := time.Now()
		if _, err := newConn(client).cmd(ctx, "2", "PWD"); !isLost(err) {
			t.Errorf("cmd returned the error %v, want a lostError", err)
		}
		if took, want := time.Since(begun), time.Second+abortTime; took != want {
			t.Errorf("cmd gave up after %v, want %v", took, want)
		}
	})
}

func TestGivesUpSilentData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		defer server.Close()
		go func() {
			for range 3 {
				time.Sleep(dataTime - time.Second)
				io.WriteString(server, "a")
			}
		}()
		data, err := io.ReadAll(&dataReader{conn: client})
		if string(data) != "aaa" || err == nil || err.Error() != "no data in 1m0s" {
			t.Errorf("reading slow and then silent data returned %q, %v, want %q, no data in 1m0s", data, err, "aaa")
		}
	})
}
