package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// keeping returns settings with which a broken upload stays.
func keeping() settings {
	s := writable()
	s.keep = true
	return s
}

// breaks are the ways in which an upload breaks off, after what has come.
var breaks = map[string]func(c *client, data *net.TCPConn){
	"ABOR":         func(c *client, data *net.TCPConn) { c.do("ABOR", 426, 226) },
	"reset_data":   func(c *client, data *net.TCPConn) { data.SetLinger(0); data.Close(); c.want(426) },
	"gone_client":  func(c *client, data *net.TCPConn) { c.Conn.Close() },
	"reset_client": func(c *client, data *net.TCPConn) { c.Conn.(*net.TCPConn).SetLinger(0); c.Conn.Close() },
}

func TestUploadThatBreaksOffStaysIfKept(t *testing.T) {
	for _, tt := range []struct {
		name   string
		set    settings
		before files
		steps  []step // before the last command
		line   string
		want   files
	}{
		{"new_file", keeping(), nil, nil, "STOR new.txt", files{"new.txt": "part"}},
		{"new_file_by_APPE", keeping(), nil, nil, "APPE new.txt", files{"new.txt": "part"}},
		{"file_that_goes_on", keeping(), files{"old.txt": "old"}, []step{{"REST 3", 350, ""}}, "STOR old.txt", files{"old.txt": "oldpart"}},
		{"file_that_is_added_to", keeping(), files{"old.txt": "old"}, nil, "APPE old.txt", files{"old.txt": "oldpart"}},
		{"file_that_would_be_replaced", keeping(), files{"old.txt": "old"}, nil, "STOR old.txt", files{"old.txt": "old"}},
		{"file_that_would_lose_its_end", keeping(), files{"old.txt": "long and old"}, []step{{"REST 3", 350, ""}}, "STOR old.txt", files{"old.txt": "long and old"}},
		{"text", keeping(), nil, []step{{"TYPE A", 200, ""}}, "STOR new.txt", files{}},
		{"not_asked_for", writable(), nil, nil, "STOR new.txt", files{}},
		{"not_asked_for_by_REST", writable(), files{"old.txt": "old"}, []step{{"REST 3", 350, ""}}, "STOR old.txt", files{"old.txt": "old"}},
	} {
		for how, breaksOff := range breaks {
			t.Run(tt.name+"_"+how, func(t *testing.T) {
				s := start(t, tt.set, tt.before)
				c := s.login(t)
				c.talk(tt.steps)
				data := c.begin(tt.line)
				io.WriteString(data, "part")
				c.wantMoved(s, "part")
				breaksOff(c, data)
				c.Conn.Close()
				s.stop(t) // when the session has ended
				s.wantFiles(t, tt.want)
			})
		}
	}
}

func TestUploadOverTLSThatBreaksOffStaysIfKept(t *testing.T) {
	set := withTLS()
	set.keep = true
	for name, breaksOff := range map[string]func(c *client, raw *net.TCPConn){
		"ABOR":        func(c *client, raw *net.TCPConn) { c.do("ABOR", 426, 226) },
		"cut":         func(c *client, raw *net.TCPConn) { raw.Close(); c.want(426) }, // without the end of TLS
		"gone_client": func(c *client, raw *net.TCPConn) { c.Conn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, set, files{"old.txt": "old"})
			c := s.loginTLS(t)
			for _, line := range []string{"STOR old.txt", "STOR new.txt"} {
				if line == "STOR new.txt" && name == "gone_client" {
					c = s.loginTLS(t)
				}
				raw := c.begin(line)
				io.WriteString(c.secret(raw), "part")
				c.wantMoved(s, "part")
				breaksOff(c, raw)
			}
			c.Conn.Close()
			s.stop(t)
			s.wantFiles(t, files{"old.txt": "old", "new.txt": "part"})
		})
	}
}

func TestNothingIsKeptOfAnUploadOfWhichNothingHasCome(t *testing.T) {
	s := start(t, keeping(), nil)
	c := s.login(t)
	c.begin("STOR new.txt")
	c.do("ABOR", 426, 226)
	s.wantFiles(t, files{})
}

func TestKeptUploadGoesOn(t *testing.T) {
	s := start(t, keeping(), nil)
	c := s.login(t)
	data := c.begin("STOR new.txt")
	io.WriteString(data, "first ")
	c.wantMoved(s, "first ")
	c.do("ABOR", 426, 226)
	c.do("SIZE new.txt", 213)
	c.talk([]step{{"REST 6", 350, ""}, {"STOR new.txt", 226, "and last"}, {"RETR new.txt", 226, "first and last"}})
}

// Clients that people use go on where an upload broke off.
func TestClientsResumeAKeptUpload(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 1<<16)
	for name, client := range map[string]tool{
		"lftp": {"lftp", []string{"--norc", "-c", "open ftp://ADDRESS; reput text -o new.txt"}},
		"curl": {"curl", []string{"-q", "-sS", "-C", "-", "-T", "text", "ftp://ADDRESS/new.txt"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, keeping(), nil)
			c := s.login(t)
			data := c.begin("STOR new.txt")
			part := text[:len(text)/3]
			io.WriteString(data, part)
			c.wantMoved(s, part)
			c.do("ABOR", 426, 226)
			s.wantFiles(t, files{"new.txt": part})
			dir := t.TempDir()
			put(t, dir, files{"text": text})
			out := client.run(t, s, dir)
			if got := tree(t, s.dir)["new.txt"]; got != text {
				t.Errorf("%s resumes the upload, and the file has %d bytes, want %d, and the same:\n%s", name, len(got), len(text), out)
			}
		})
	}
}

func TestClientHearsThatAnUploadStays(t *testing.T) {
	s := start(t, keeping(), nil)
	c := s.login(t)
	data := c.begin("STOR new.txt")
	io.WriteString(data, "part")
	c.wantMoved(s, "part")
	if got, want := c.do("ABOR", 426), "the received part is in the file"; !strings.Contains(got, want) {
		t.Errorf("ABOR of a kept upload: 426 %s, want %q in it", got, want)
	}
	c.want(226)
}

// An upload that another client has overtaken replaces nothing.
func TestKeptUploadReplacesNoFileOfAnother(t *testing.T) {
	s := start(t, keeping(), nil)
	c := s.login(t)
	data := c.begin("STOR new.txt")
	io.WriteString(data, "part")
	c.wantMoved(s, "part")
	s.login(t).talk([]step{{"STOR new.txt", 226, "whole"}})
	c.do("ABOR", 426, 226)
	s.wantFiles(t, files{"new.txt": "whole"})
}

// wantMoved waits until the bytes of an upload have come: they are in a file, or in a buffer.
func (c *client) wantMoved(s *site, text string) {
	c.t.Helper()
	eventually(c.t, "the bytes have come", func() bool {
		for _, got := range tree(c.t, s.dir) {
			if strings.HasSuffix(got, text) {
				return true
			}
		}
		return strings.Contains(c.do("STAT", 211), fmt.Sprintf("%d bytes so far", len(text)))
	})
}
