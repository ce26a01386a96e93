package main

import (
	"net"
	"syscall"
	"testing"
)

// urgent sends bytes of which the last is urgent data of TCP.
func (c *client) urgent(text string) {
	c.t.Helper()
	raw, err := c.Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		c.t.Fatal(err)
	}
	raw.Control(func(fd uintptr) { err = syscall.Sendto(int(fd), []byte(text), syscall.MSG_OOB, nil) })
	if err != nil {
		c.t.Fatalf("sending %q as urgent data: %v", text, err)
	}
}

// On ^C clients send IAC IP IAC DM before ABOR, and one of these bytes is urgent: the
// server may find it among the others, or not.
func TestABORWithUrgentDataEndsATransfer(t *testing.T) {
	for name, send := range map[string]func(c *client){
		"of_tnftp_and_inetutils": func(c *client) { c.send("\xff\xf4"); c.urgent("\xff"); c.send("\xf2ABOR\r\n") },
		"of_lftp":                func(c *client) { c.urgent("\xff\xf4\xff\xf2"); c.send("ABOR\r\n") },
		"of_one_segment":         func(c *client) { c.send("\xff\xf4\xff"); c.urgent("\xf2"); c.send("abor\r\n") },
		"sent_twice": func(c *client) {
			c.send("\xff\xf4")
			c.urgent("\xff")
			c.urgent("\xff")
			c.send("\xf2ABOR\r\n")
		},
	} {
		for line, set := range map[string]settings{"RETR large.bin": defaults, "STOR small.txt": writable()} {
			t.Run(line[:4]+"_"+name, func(t *testing.T) {
				s := start(t, set, smallFile)
				s.sparse(t, "large.bin", large)
				c := s.login(t)
				c.begin(line)
				send(c)
				c.want(426, 226)
				c.talk(fetchSmallFile)
			})
		}
	}
}
