// Ftp looks at the files of an FTP server and gets copies of them.
//
// Usage:
//
//	ftp [host[:port]]
//
// It connects to localhost:8021, or to the address given, logs in as anonymous,
// and does what the user types:
//
//	$ ftp
//	ftp> ls
//	-rw-r--r--    1 gopher   gopher       1541 Mar 14 15:09 README.md
//	drwxr-xr-x    2 gopher   gopher       4096 Mar 14 15:09 talks
//	ftp> cd talk
//	cd talk: 550 no such directory
//	ftp> get README.md
//	got README.md: 1,541 bytes in 0.0s
//	ftp> close
//
// The command help lists the commands. The name that cd or ls takes is all the
// rest of the line. For get, a name with spaces needs double quotes. A second
// name is the name of the copy:
//
//	ftp> get "talks/go in an hour.txt" hour.txt
//
// Without it, the copy goes to the current directory, under the last part of
// the file's name. It appears, and replaces an older one, only when it is
// complete.
//
// Ctrl-C stops the running command. At the prompt it ends the program.
//
// The commands may also come from a file or a pipe. There is no prompt then, the
// exit status is 1 if any of them failed, and Ctrl-C ends the program immediately.
// A server that cannot be reached, or closes the connection, ends it with exit
// status 1 in any case.
package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// A session is a conversation between the user and the server.
type session struct {
	conn   *conn
	in     *bufio.Scanner // what the user types
	out    io.Writer
	errOut io.Writer
	prompt string    // empty if no person types
	bars   io.Writer // for progress bars
	failed bool      // some command has
	closed bool
}

// A command is what the user can ask for.
type command struct {
	names []string // all mean the same
	args  string   // as its usage shows them
	help  string
	run   func(s *session, ctx context.Context, arg string) error
}

func commands() []command {
	return []command{
		{[]string{"cd"}, "DIR", "go to the directory DIR of the server", (*session).cd},
		{[]string{"ls"}, "[DIR]", "list the directory, or DIR", (*session).ls},
		{[]string{"get"}, "FILE [LOCAL]", "get FILE, and call the copy LOCAL", (*session).get},
		{[]string{"pwd"}, "", "print the name of the directory", (*session).pwd},
		{[]string{"close", "quit", "bye"}, "", "end the session; so do quit and bye", (*session).close},
		{[]string{"help"}, "", "print this list", (*session).help},
	}
}

var (
	errUsage       = errors.New("wrong usage")
	errInterrupted = errors.New("interrupted")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("ftp: ")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: ftp [host[:port]]") }
	flag.Parse()
	if flag.NArg() > 1 {
		flag.Usage()
		os.Exit(2)
	}

	s := &session{in: bufio.NewScanner(os.Stdin), out: os.Stdout, errOut: os.Stderr, bars: io.Discard}
	if isTerminal(os.Stdin) {
		s.prompt = "ftp> "
	}
	if isTerminal(os.Stdout) {
		s.bars = os.Stdout
	}
	if err := s.run(address(flag.Arg(0))); err != nil {
		log.Fatal(err)
	}
	if s.failed && s.prompt == "" {
		os.Exit(1)
	}
}

// address returns the host:port that arg stands for.
func address(arg string) string {
	host, port, err := net.SplitHostPort(arg)
	if err != nil {
		host, port = strings.Trim(arg, "[]"), "" // no port; the brackets are those of an IPv6 address
	}
	return net.JoinHostPort(cmp.Or(host, "localhost"), cmp.Or(port, "8021"))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run connects to the server at addr and does what the user types until the
// session is closed. It reports the commands that fail; its error is one that
// ended the session.
func (s *session) run(addr string) error {
	ctx := context.Background()
	var err error
	if s.conn, err = dial(ctx, addr); err != nil {
		return err
	}
	defer s.conn.Close()
	if err := s.conn.login(ctx); err != nil {
		return fmt.Errorf("log in to %s as %s: %w", addr, user, err)
	}
	for !s.closed {
		err := s.do(s.next())
		switch {
		case err == nil:
		case isLost(err), s.prompt == "" && errors.Is(err, errInterrupted):
			return err
		default:
			fmt.Fprintln(s.errOut, err)
			s.failed = true
		}
	}
	if err := s.in.Err(); err != nil {
		return fmt.Errorf("read commands: %w", err)
	}
	return nil
}

// next returns the next line that the user types. The end of the input acts
// like close.
func (s *session) next() string {
	io.WriteString(s.out, s.prompt)
	if s.in.Scan() {
		return s.in.Text()
	}
	if s.prompt != "" {
		fmt.Fprintln(s.out)
	}
	return "close"
}

// do does what line says. Only while it does so does it catch Ctrl-C, which otherwise ends
// the program.
func (s *session) do(line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	name, arg := cutWord(line)
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return slices.Contains(c.names, name) })
	if i < 0 {
		return fmt.Errorf("%s: unknown command; help lists those there are", printable(name))
	}
	c := all[i]
	if !c.takes(arg) {
		return fmt.Errorf("usage: %s", c)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := c.run(s, ctx, arg)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errUsage):
		return fmt.Errorf("usage: %s", c)
	case ctx.Err() != nil && !isLost(err):
		err = errInterrupted
	}
	return fmt.Errorf("%s: %w", printable(line), err)
}

// takes reports whether c can be called with arg, or without if arg is empty.
func (c command) takes(arg string) bool {
	switch {
	case c.args == "":
		return arg == ""
	case c.args[0] == '[':
		return true
	}
	return arg != ""
}

// String returns the usage of c.
func (c command) String() string {
	return strings.TrimSpace(c.names[0] + " " + c.args)
}

func (s *session) cd(ctx context.Context, dir string) error {
	_, err := s.conn.cmd(ctx, "2", "CWD", dir)
	return err
}

func (s *session) ls(ctx context.Context, dir string) error {
	if err := s.conn.setType(ctx, "A"); err != nil {
		return err
	}
	command := []string{"LIST"}
	if dir != "" {
		command = append(command, dir)
	}
	lines := &lineWriter{out: s.out}
	_, err := s.conn.retrieve(ctx, lines, command...)
	return cmp.Or(err, lines.flush())
}

func (s *session) pwd(ctx context.Context, _ string) error {
	r, err := s.conn.cmd(ctx, "2", "PWD")
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, printable(quoted(r.text)))
	return nil
}

func (s *session) close(ctx context.Context, _ string) error {
	s.closed = true
	_, err := s.conn.cmd(ctx, "2", "QUIT")
	return err
}

func (s *session) help(context.Context, string) error {
	for _, c := range commands() {
		fmt.Fprintf(s.out, "%-17s  %s\n", c, c.help)
	}
	return nil
}
