package main

import (
	"regexp"
	"testing"
)

// Some clients look for words in a reply, and not only at its code.
func TestRepliesHaveTheWordsThatClientsLookFor(t *testing.T) {
	c := start(t, defaults, files{"small.txt": "small\n", "empty.txt": ""}).dial(t)
	want := func(text, pattern, client string) {
		t.Helper()
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("the reply to %q is %q, want a text like %s, which %s looks for", c.Asked, text, pattern, client)
		}
	}
	want(c.want(220), `FTP`, "nmap -sV")
	want(c.do("SYST", 215), `^UNIX`, "inetutils-ftp, before the login and with -n,")
	c.do("USER anonymous", 331)
	c.do("PASS guest@", 230)
	want(c.do("PASV", 227), `^Entering Passive Mode \(\d+,\d+,\d+,\d+,\d+,\d+\)$`, "Emacs")
	want(c.do("EPSV", 229), `^Entering Extended Passive Mode \(\|\|\|\d+\|\)$`, "Emacs")
	want(c.do("PORT 127,0,0,1,195,80", 200), `^PORT `, "Emacs")
	want(c.do("EPRT |1|127.0.0.1|50000|", 200), `^EPRT `, "Emacs")
	for _, tt := range []struct{ typ, line, want string }{
		{"TYPE I", "RETR small.txt", `^Opening BINARY mode data connection for /small\.txt \(6 bytes\)$`},
		{"TYPE I", "RETR empty.txt", `^Opening BINARY mode data connection for /empty\.txt \(0 bytes\)$`},
		{"REST 2", "RETR small.txt", `^Opening BINARY mode data connection for /small\.txt \(4 bytes\)$`},
		{"NOOP", "NLST", `^Opening BINARY mode data connection for /$`},
		{"TYPE A", "RETR small.txt", `^Opening ASCII mode data connection for /small\.txt$`}, // as text it has others
	} {
		c.do(tt.typ, map[bool]int{true: 350, false: 200}[tt.typ == "REST 2"])
		data := c.data()
		want(c.do(tt.line, 150), tt.want, "Python's urllib and Java's URL")
		c.all(data)
		want(c.want(226), `^Transfer complete`, "a user")
	}
}
