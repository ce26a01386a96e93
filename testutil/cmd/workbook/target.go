package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"

	"example.com/workbook/testutil/kit/program"
)

// A targetRequest is what the command grade is told of a program of any shape.
type targetRequest struct {
	program  string // the path of an executable
	command  string // a command line
	address  string // of a server that is running already
	dir      string // which that serves
	user     string
	password string
	kind     string // "clock", "clockwall" or "ftpd"
}

func (t *targetRequest) define(flags *flag.FlagSet) {
	flags.StringVar(&t.program, "program", "", "grade the executable `file`, of any shape and language, as far as that can be done from outside")
	flags.StringVar(&t.command, "command", "", "grade the program that this `line` starts, such as 'PROG -p {port} {root}'")
	flags.StringVar(&t.address, "address", "", "grade the FTP server that is running at `host:port`")
	flags.StringVar(&t.dir, "dir", "", "with -address, the empty `folder` that the server serves, for the files of the tests")
	flags.StringVar(&t.user, "user", "", "log in to the FTP server as the user `name`, and as no other")
	flags.StringVar(&t.password, "password", "", "the password of -user")
	flags.StringVar(&t.kind, "kind", "", "what the program is: `clock`, clockwall or ftpd")
}

// contract says how a program of any shape is started.
const contract = `
A program of any shape is graded from outside, by -kind and one of

	-program FILE   started as FILE -port N (clock; the zone is in TZ), as
	                FILE NewYork=localhost:8010 Tokyo=localhost:8020 (clockwall), or as
	                FILE -port 0 -root DIR in the folder DIR, which is HOME too (ftpd)
	-command LINE   started as LINE says, with the values of {port} (clock),
	                {clocks} (clockwall), or {port} and {root} (ftpd) in it. A server
	                that always uses the same port needs no {port}, and an FTP server
	                that serves its current folder no {root}
	-address H:P    of an FTP server that is running already and serves -dir
	-class LIST     several, one a line, as NAME: FILE or NAME: LINE; or the
	                executable files in a folder
`

// commandWants are what a command line must have in it, by kind.
var commandWants = map[string][]string{"clockwall": {"{clocks}"}}

// given returns the flags that name a program.
func (t targetRequest) given() (flags []string) {
	for _, f := range []struct{ name, value string }{{"-program", t.program}, {"-command", t.command}, {"-address", t.address}} {
		if f.value != "" {
			flags = append(flags, f.name)
		}
	}
	return flags
}

// target returns the program that is to be graded, or nil if there is none.
func (t targetRequest) target() (*program.Target, error) {
	given := t.given()
	switch {
	case len(given) > 1:
		return nil, fmt.Errorf("only one of %s can be graded at a time", strings.Join(given, " and "))
	case len(given) == 1 && t.kind == "":
		return nil, fmt.Errorf("%s and -kind belong together", given[0])
	case (t.address == "") != (t.dir == ""):
		return nil, errors.New("-address and -dir, the folder that the server serves, belong together")
	case t.address != "" && t.kind != "ftpd":
		return nil, fmt.Errorf("-address is for a server of -kind ftpd, not %s", t.kind)
	case t.user != "" && t.kind != "ftpd":
		return nil, errors.New("-user is for a server of -kind ftpd")
	case t.user == "" && t.password != "":
		return nil, errors.New("-password belongs to -user")
	case len(given) == 0:
		return nil, nil
	}
	target := &program.Target{Program: t.program, Address: t.address, Dir: t.dir, User: t.user, Password: t.password}
	if t.address != "" {
		return target, t.checkServer()
	}
	if t.command != "" {
		words, err := program.ParseCommand(t.command, commandWants[t.kind]...)
		if err != nil {
			return nil, fmt.Errorf("-command: %w", err)
		}
		target.Command = words
	}
	return target, nil
}

// checkServer returns an error if there is no server at the address, or its folder is not
// empty.
func (t targetRequest) checkServer() error {
	if _, _, err := net.SplitHostPort(t.address); err != nil {
		return fmt.Errorf("-address %s: %w", t.address, err)
	}
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return fmt.Errorf("-dir: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("-dir %s is not empty: %s is in it, and the tests remove what they find there", t.dir, entries[0].Name())
	}
	conn, err := net.Dial("tcp", t.address)
	if err != nil {
		return fmt.Errorf("-address: %w", err)
	}
	return conn.Close()
}
