package ftptest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// programCases holds the first half of part 7.
var programCases = []testCase{
	{
		Name: "serves_the_root_that_it_is_given", Group: suite.Core, Points: 1,
		Explanation: "ftpd -port 0 -root DIR listens on a free port of localhost, and prints it. It serves the files of DIR to many clients at the same time. Does main use the flag, and does it call serve? Without -port it listens on localhost:8021, and without -root it serves the current directory.",
		Run:         visit(servesItsRoot),
	},
	{
		Name: "reports_a_bad_port_or_root", Group: suite.Robustness, Points: 1,
		Explanation: "Report an invalid argument immediately, in one line that names it, with an exit status other than 0.",
		Run:         body{at: suite.Here(0), do: reportsBadArguments},
	},
}

func reportsBadArguments(ctx context.Context, _ opener) error {
	if !program.TakesFlags() {
		return suite.Unchecked("it has arguments of its own")
	}
	s, err := newSite(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(s.base)
	file := filepath.Join(s.root, "hello.txt")
	for _, bad := range []struct{ args, names string }{
		{"-port x", "x"},
		{"-port 70000", "70000"},
		{"-port 0 -root nosuch", "nosuch"},
		{"-port 0 -root " + file, file},
	} {
		if err := refuses(ctx, strings.SplitN(bad.args, " ", 4), bad.names); err != nil {
			return err
		}
	}
	return nil
}

func servesItsRoot(s *site) error {
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	// Only a server that listens on all addresses of the machine accepts this one too.
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.2", port), s.patience)
	if err == nil {
		conn.Close()
		if !program.Foreign() {
			return errors.New("it listens on all addresses, so other machines can connect; want localhost")
		}
	}
	if err := listensOn8021(s); err != nil {
		return err
	}
	if _, err := s.login(); err != nil { // it stays connected
		return err
	}
	if err := gets([]string{"CWD sub"}, "inner.txt", tree["sub/inner.txt"])(s); err != nil {
		return err
	}
	return servesWhereItIs(s.ctx)
}

// servesWhereItIs starts the program without -root in a directory, and wants it to serve that.
func servesWhereItIs(ctx context.Context) error {
	if program.Foreign() {
		return nil
	}
	here := opener{open: func(ctx context.Context) (*site, error) {
		s, err := newSite(ctx)
		if err != nil {
			return nil, err
		}
		cmd := program.Command("-port", "0")
		cmd.Dir = s.root
		return s, s.start(ctx, cmd, "")
	}}
	err := here.visit(ctx, gets([]string{"CWD sub"}, "inner.txt", tree["sub/inner.txt"]))
	return prefixed("without -root, in the directory that it should serve: ", err)
}

// listensOn8021 starts the program without flags. One of any shape may have another port.
func listensOn8021(s *site) error {
	if program.Foreign() {
		return nil
	}
	cmd := program.Command()
	cmd.Dir = s.root
	p, err := program.Start(cmd)
	if err != nil {
		return err
	}
	defer p.Stop()
	ctx, cancel := context.WithTimeout(s.ctx, s.patience)
	defer cancel()
	err = p.Await(ctx, func(text string) bool { return strings.Contains(text, "\n") })
	switch {
	case strings.Contains(p.Output(), "8021"): // or another program has it, which it says
		return nil
	case err != nil:
		return fmt.Errorf("without flags it should listen on localhost:8021, and say so: %w", err)
	}
	return fmt.Errorf("%v without flags printed %s, want it to listen on localhost:8021", p, program.Quoted(p.Output()))
}

// refuses wants the program to end with a status other than 0 and an error that
// holds what.
func refuses(ctx context.Context, args []string, what string) error {
	p, err := program.Start(program.Command(args...))
	if err != nil {
		return err
	}
	defer p.Stop()
	status, err := p.Wait(ctx)
	text := p.Stderr()
	why, panicked := program.Panic(text)
	switch {
	case suite.NotStarted(p):
		return exercises.ErrNotStarted
	case err != nil:
		return fmt.Errorf("%v keeps running, want an error that names %s; it printed %s", p, what, program.Quoted(p.Output()))
	case panicked:
		return program.Crashed(fmt.Sprint(p, " has ended"), visible(why))
	case status == 0:
		return fmt.Errorf("%v ended with exit status 0, want another status", p)
	case !strings.Contains(text, what):
		return fmt.Errorf("%v printed %s on standard error, want an error that names %s", p, program.Quoted(text), what)
	}
	return nil
}
