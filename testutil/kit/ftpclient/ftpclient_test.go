package ftpclient_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/ftpclient"
)

// script is a server that sends replies, whatever the client says.
func script(t *testing.T, replies string) *ftpclient.Client {
	t.Helper()
	conn, server := net.Pipe()
	t.Cleanup(func() { conn.Close() })
	go func() {
		defer server.Close()
		buf := make([]byte, 1<<10)
		for i, reply := range strings.SplitAfter(replies, "\n") {
			if i > 0 {
				server.Read(buf)
			}
			fmt.Fprint(server, reply)
		}
	}()
	return ftpclient.New(conn)
}

func TestLoginFailsByTheFirstWrongReply(t *testing.T) {
	tests := []struct{ replies, want string }{
		{"220 ready\r\n331 password?\r\n230 in\r\n", ""},
		{"220 ready\r\n230 in\r\n230 in\r\n", ""},
		{"421 too many\r\n", `the reply to "connecting" is 421 too many, want [220]`},
		{"220 ready\r\n331 password?\r\n530 no\r\n", `the reply to "PASS guest@" is 530 no, want [230]`},
		{"220 ready\r\n", `"USER anonymous": read the reply: EOF, want [331 230]`},
	}
	for _, tt := range tests {
		got := ""
		c := script(t, tt.replies)
		_, err := c.Want(220)
		if err == nil {
			err = c.Login()
		}
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("Want(220), Login() with the replies %q = %q, want %q", tt.replies, got, tt.want)
		}
	}
}

func TestPassiveWantsAPort(t *testing.T) {
	c := script(t, "220 ready\r\n229 (|||x|)\r\n")
	if _, err := c.Want(220); err != nil {
		t.Fatal(err)
	}
	want := `the reply to EPSV is "(|||x|)", want a port as in (|||50000|)`
	if _, err := c.Passive(); fmt.Sprint(err) != want {
		t.Errorf("Passive() = %v, want %s", err, want)
	}
}
