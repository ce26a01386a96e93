// Package ftptest tests FTP servers, as exercise 8.2 asks for them.
//
// Package main of such a server tests itself with
//
//	func TestLogin(t *testing.T) { ftptest.TestLogin(t, serve) }
//
// and one such test for each part, where serve serves the files under a
// directory to the clients of a listener until that is closed. Each case gets a
// server and files of its own. What is sent and which code comes back is tested,
// and never the text of a reply, as clients do not look at it either.
//
// With the environment variable WORKBOOK_PROGRAM set to a path, the cases run
// against that program, started with the flags -port and -root: it may be
// written in any way and any language.
package ftptest

import (
	"context"
	"net"
	"os"
	"testing"

	"example.com/workbook/testutil/fakeclock"
	"example.com/workbook/testutil/program"
	"example.com/workbook/testutil/suite"
)

// A Serve function serves the files under the directory root to clients on ln,
// until ln is closed. It then returns nil.
type Serve = func(ln net.Listener, root string) error

// A testCase is a case that opens a site, a server with some files, and visits it.
type testCase = suite.Case[opener]

// A part is a number of cases that a student makes pass one after another.
type part struct {
	name  string // of its test
	after *part  // without which none of its cases can pass
	cases []testCase

	hopeless bool // none of its cases has passed
}

var (
	loginPart     = &part{name: "TestLogin", cases: login}
	directoryPart = &part{name: "TestDirectories", after: loginPart, cases: directories}
	listingPart   = &part{name: "TestListings", after: loginPart, cases: listings}
	filePart      = &part{name: "TestFiles", after: listingPart, cases: files}
	sessionPart   = &part{name: "TestSessions", after: directoryPart, cases: sessions}
	transferPart  = &part{name: "TestTransfers", after: filePart, cases: transfers}
	jailPart      = &part{name: "TestJail", after: filePart, cases: jail}
	robustPart    = &part{name: "TestRobust", after: filePart, cases: robust}
	programPart   = &part{name: "TestProgram", after: filePart, cases: programCases}
	clientPart    = &part{name: "TestClients", after: filePart, cases: clients}
	extraPart     = &part{name: "TestExtras", after: filePart, cases: extras}
)

// TestLogin tests part 1: a greeting, a login, and a goodbye.
func TestLogin(t *testing.T, serve Serve) { t.Helper(); loginPart.overPipes(t, serve) }

// TestDirectories tests part 2: the working directory.
func TestDirectories(t *testing.T, serve Serve) { t.Helper(); directoryPart.overPipes(t, serve) }

// TestListings tests part 3: data connections and listings.
func TestListings(t *testing.T, serve Serve) { t.Helper(); listingPart.overLoopback(t, serve) }

// TestFiles tests part 4: files sent as they are.
func TestFiles(t *testing.T, serve Serve) { t.Helper(); filePart.overLoopback(t, serve) }

// TestSessions tests that of part 5 which needs no data connection: many clients
// at once.
func TestSessions(t *testing.T, serve Serve) { t.Helper(); sessionPart.overPipes(t, serve) }

// TestTransfers tests the rest of part 5: many transfers at once.
func TestTransfers(t *testing.T, serve Serve) { t.Helper(); transferPart.overLoopback(t, serve) }

// TestJail tests the first half of part 6: nobody leaves the root.
func TestJail(t *testing.T, serve Serve) { t.Helper(); jailPart.overLoopback(t, serve) }

// TestRobust tests the second half of part 6: nobody brings the server down.
func TestRobust(t *testing.T, serve Serve) { t.Helper(); robustPart.overLoopback(t, serve) }

// TestProgram tests the first half of part 7: the program with its flags. The
// package's TestMain must call [program.Main].
func TestProgram(t *testing.T) { t.Helper(); programPart.test(t, suite.Here, openProgram) }

// TestClients tests the second half of part 7: the clients that people use. The
// package's TestMain must call [program.Main].
func TestClients(t *testing.T) { t.Helper(); clientPart.test(t, suite.Here, openProgram) }

// TestExtras tests what goes beyond the exercise.
func TestExtras(t *testing.T, serve Serve) { t.Helper(); extraPart.overLoopback(t, serve) }

// overPipes runs the cases on a network in memory and a fake clock.
func (p *part) overPipes(t *testing.T, serve Serve) {
	t.Helper()
	if os.Getenv("WORKBOOK_PROGRAM") != "" {
		p.test(t, suite.Here, openProgram)
		return
	}
	p.test(t, fakeclock.Run, pipes(serve))
}

// overLoopback runs the cases on the real network of this machine.
func (p *part) overLoopback(t *testing.T, serve Serve) {
	t.Helper()
	if os.Getenv("WORKBOOK_PROGRAM") != "" {
		p.test(t, suite.Here, openProgram)
		return
	}
	p.test(t, suite.Apart, loopback(serve))
}

// test runs the cases, unless nothing has passed of the part before.
func (p *part) test(t *testing.T, run suite.Runner, open opener) {
	t.Helper()
	if p.after != nil && p.after.hopeless {
		p.hopeless = true
		suite.NotRun(t, p.cases, "none of "+p.after.name+" passes yet")
	}
	p.hopeless = suite.Test(t, run, open, p.cases) == 0
}

// visit returns the Run of a case that opens a site, lets visit look at it, and
// closes it. It is a failure of the case if the server has ended by then.
func visit(visit func(s *site) error) func(context.Context, opener) error {
	return func(ctx context.Context, open opener) error {
		s, err := open(ctx)
		if err != nil {
			return err
		}
		err = s.close(s.verdict(visit(s)))
		if err == nil && len(s.notes) > 0 {
			return suite.Note(s.notes[0])
		}
		return err
	}
}

// withClient returns a visit by one client that has logged in.
func withClient(visit func(s *site, c *client) error) func(s *site) error {
	return func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		return visit(s, c)
	}
}

// openProgram is the [opener] of the program under test.
func openProgram(ctx context.Context) (*site, error) {
	s, err := newSite(ctx)
	if err != nil {
		return nil, err
	}
	cmd := program.Command("-port", "0", "-root", s.root)
	cmd.Dir = s.base
	if os.Getenv("WORKBOOK_PROGRAM") != "" {
		cmd.Dir = s.root // for those that do not know -root
	}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "HOME="+s.root)
	return s, s.start(ctx, cmd)
}
