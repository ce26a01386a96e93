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

// TestLogin tests part 1: a greeting, a login, and a goodbye.
func TestLogin(t *testing.T, serve Serve) {
	t.Helper()
	overPipes(t, serve, login)
}

// TestDirectories tests part 2: the working directory.
func TestDirectories(t *testing.T, serve Serve) {
	t.Helper()
	overPipes(t, serve, directories)
}

// TestListings tests part 3: data connections and listings.
func TestListings(t *testing.T, serve Serve) {
	t.Helper()
	overLoopback(t, serve, listings)
}

// TestFiles tests part 4: files sent as they are.
func TestFiles(t *testing.T, serve Serve) {
	t.Helper()
	overLoopback(t, serve, files)
}

// TestSessions tests that of part 5 which needs no data connection: many clients
// at once.
func TestSessions(t *testing.T, serve Serve) {
	t.Helper()
	overPipes(t, serve, sessions)
}

// TestTransfers tests the rest of part 5: many transfers at once.
func TestTransfers(t *testing.T, serve Serve) {
	t.Helper()
	overLoopback(t, serve, transfers)
}

// TestJail tests the first half of part 6: nobody leaves the root.
func TestJail(t *testing.T, serve Serve) {
	t.Helper()
	overLoopback(t, serve, jail)
}

// TestRobust tests the second half of part 6: nobody brings the server down.
func TestRobust(t *testing.T, serve Serve) {
	t.Helper()
	overLoopback(t, serve, robust)
}

// TestExtras tests what goes beyond the exercise.
func TestExtras(t *testing.T, serve Serve) {
	t.Helper()
	overLoopback(t, serve, extras)
}

// overPipes runs cases on a network in memory and a fake clock.
func overPipes(t *testing.T, serve Serve, cases []testCase) {
	t.Helper()
	if os.Getenv("WORKBOOK_PROGRAM") != "" {
		suite.Test(t, suite.Here, opener(openProgram), cases)
		return
	}
	suite.Test(t, fakeclock.Run, pipes(serve), cases)
}

// overLoopback runs cases on the real network of this machine.
func overLoopback(t *testing.T, serve Serve, cases []testCase) {
	t.Helper()
	if os.Getenv("WORKBOOK_PROGRAM") != "" {
		suite.Test(t, suite.Here, opener(openProgram), cases)
		return
	}
	suite.Test(t, suite.Apart, loopback(serve), cases)
}

// visit returns the Run of a case that opens a site, lets visit look at it, and
// closes it. It is a failure of the case if the server has ended by then.
func visit(visit func(s *site) error) func(context.Context, opener) error {
	return func(ctx context.Context, open opener) error {
		s, err := open(ctx)
		if err != nil {
			return err
		}
		err = s.verdict(visit(s))
		if left := s.close(); left != nil && err == nil {
			err = left
		}
		if err == nil && len(s.notes) > 0 {
			return suite.Note(s.notes[0])
		}
		return err
	}
}

// openProgram is the [opener] of the program under test.
func openProgram(ctx context.Context) (*site, error) {
	s, err := newSite(ctx)
	if err != nil {
		return nil, err
	}
	cmd := program.Command("-port", "0", "-root", s.root)
	cmd.Dir = s.root
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "HOME="+s.root)
	return s, s.start(ctx, cmd)
}
