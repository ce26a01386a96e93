package ftptest

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// On a network in memory, which keeps nothing, a server that replies twice waits for a
// client that reads, and no longer reads itself.
func TestServerThatRepliesTwiceIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, server := net.Pipe()
		defer conn.Close()
		go func() {
			defer server.Close()
			bufio.NewReader(server).ReadString('\n')
			io.WriteString(server, "550 no such directory\r\n")
			io.WriteString(server, "250 ok\r\n")
		}()
		c := &client{site: &site{patience: time.Minute}, conn: conn, in: bufio.NewReader(conn)}
		if _, err := c.do("CWD nosuch", "550"); err != nil {
			t.Fatal(err)
		}
		_, err := c.do("PWD", "257")
		if want := `the server does not read PWD, since it is still sending "250 ok\r\n"; want one reply for each command`; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("do(PWD) = %v, want %s", err, want)
		}
	})
}
