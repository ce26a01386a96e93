// Package ftptest tests FTP servers, as exercise 8.2 asks for them.
//
// Package main of such a server tests itself with
//
//	func TestLogin(t *testing.T) { ftptest.TestLogin(t, serve) }
//
// and one such test for each part. There serve serves the files under a directory to the
// clients of a listener, until the listener is closed. Each case gets its own server and
// files. The cases test what is sent, and the codes of the replies. They do not test the
// texts of replies, because most clients ignore them.
//
// The grader can have the cases run against another program, of any structure and language: a
// [program.Target].
package ftptest

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Serve function serves the files under the directory root to clients on ln,
// until ln is closed. It then returns nil.
type Serve = func(ln net.Listener, root string) error

// A testCase is a case that opens a site, a server with some files, and visits it.
type testCase struct {
	Name        string
	Group       suite.Group
	Points      int
	Explanation string
	Env         []string
	Collects    suite.Fault
	Run         body
}

// A body is what a case does, with the place of its code.
type body struct {
	do func(ctx context.Context, open opener) error
	at string
}

// bodies holds what each case does that others ask about, by the names of its test and of the case.
var bodies = make(map[string]body)

func init() { // the cases themselves look for others
	for _, p := range []part{loginPart, directoryPart, listingPart, filePart, sessionPart, transferPart} {
		for _, c := range p.cases {
			bodies[p.name+"/"+c.Name] = c.Run
		}
	}
	for _, c := range robust {
		if name := "TestRobust/" + c.Name; name == noFile || name == brokenOff {
			bodies[name] = c.Run
		}
	}
}

// casesOf returns the cases of the suite of a test.
func casesOf(test string, all []testCase) []suite.Case[opener] {
	var cases []suite.Case[opener]
	for _, c := range all {
		run := func(ctx context.Context, open opener) error {
			return c.Run.do(withCase(ctx, test+"/"+c.Name), open)
		}
		cases = append(cases, suite.Case[opener]{
			Name: c.Name, Group: c.Group, Points: c.Points, Explanation: c.Explanation,
			Env: c.Env, Collects: c.Collects, Run: run, At: c.Run.at,
		})
	}
	return cases
}

// A part is a number of cases that a student makes pass one after another.
type part struct {
	name  string // of its test
	after string // the test without which none of its cases can pass
	cases []testCase
}

var (
	loginPart     = part{name: "TestLogin", cases: login}
	directoryPart = part{name: "TestDirectories", after: "TestLogin", cases: directories}
	listingPart   = part{name: "TestListings", after: "TestLogin", cases: listings}
	filePart      = part{name: "TestFiles", after: "TestListings", cases: files}
	sessionPart   = part{name: "TestSessions", after: "TestLogin", cases: sessions}
	transferPart  = part{name: "TestTransfers", after: "TestFiles", cases: transfers}
	jailPart      = part{name: "TestJail", after: "TestFiles", cases: jail}
	robustPart    = part{name: "TestRobust", after: "TestFiles", cases: robust}
	programPart   = part{name: "TestProgram", after: "TestFiles", cases: programCases}
	clientPart    = part{name: "TestClients", after: "TestFiles", cases: clients}
	extraPart     = part{name: "TestExtras", after: "TestFiles", cases: extras}
)

// TestLogin tests part 1: a greeting, a login, and a goodbye.
func TestLogin(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Login(serve)) }

// TestDirectories tests part 2: the working directory.
func TestDirectories(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Directories(serve)) }

// TestListings tests part 3: data connections and listings.
func TestListings(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Listings(serve)) }

// TestFiles tests part 4: files sent as they are.
func TestFiles(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Files(serve)) }

// TestSessions tests that of part 5 which needs no data connection: many clients at the same time.
func TestSessions(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Sessions(serve)) }

// TestTransfers tests the rest of part 5: many transfers at the same time.
func TestTransfers(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Transfers(serve)) }

// TestJail tests the first half of part 6: no client leaves the root.
func TestJail(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Jail(serve)) }

// TestRobust tests the second half of part 6: no client brings the server down.
func TestRobust(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Robust(serve)) }

// TestExtras tests what goes beyond the exercise.
func TestExtras(t *testing.T, serve Serve) { t.Helper(); suite.Test(t, Extras(serve)) }

// TestProgram tests the first half of part 7: the program with its flags. The
// package's TestMain must call [program.Main].
func TestProgram(t *testing.T) { t.Helper(); suite.Test(t, Program()) }

// TestClients tests the second half of part 7: the clients that people use. The
// package's TestMain must call [program.Main].
func TestClients(t *testing.T) { t.Helper(); suite.Test(t, Clients()) }

// These are the suites of the tests.

// Login returns the suite of TestLogin.
func Login(serve Serve) suite.Suite { return loginPart.overPipes(serve) }

// Directories returns the suite of TestDirectories.
func Directories(serve Serve) suite.Suite { return directoryPart.overPipes(serve) }

// Listings returns the suite of TestListings.
func Listings(serve Serve) suite.Suite { return listingPart.overLoopback(serve) }

// Files returns the suite of TestFiles.
func Files(serve Serve) suite.Suite { return filePart.overLoopback(serve) }

// Sessions returns the suite of TestSessions.
func Sessions(serve Serve) suite.Suite { return sessionPart.overPipes(serve) }

// Transfers returns the suite of TestTransfers.
func Transfers(serve Serve) suite.Suite { return transferPart.overLoopback(serve) }

// Jail returns the suite of TestJail.
func Jail(serve Serve) suite.Suite { return jailPart.overLoopback(serve) }

// Robust returns the suite of TestRobust.
func Robust(serve Serve) suite.Suite { return robustPart.overLoopback(serve) }

// Extras returns the suite of TestExtras.
func Extras(serve Serve) suite.Suite { return extraPart.overLoopback(serve) }

// Program returns the suite of TestProgram.
func Program() suite.Suite { return programPart.outside() }

// Clients returns the suite of TestClients.
func Clients() suite.Suite { return clientPart.outside() }

// overPipes returns the suite of the cases on a network in memory and a fake clock.
func (p part) overPipes(serve Serve) suite.Suite {
	if program.Foreign() {
		return p.outside()
	}
	s := p.suite(onFakeClock, pipes(serve))
	s.Ahead = fakeclock.Environ()
	return s
}

// loopbackEnv, if set in the environment of a case over pipes, makes it run over loopback.
const loopbackEnv = "WORKBOOK_LOOPBACK"

// onFakeClock is [suite.FakeClock]. A server that waits for something outside of its case, such as
// a socket of its own or a goroutine that was started before main, runs on the real clock.
func onFakeClock(t *testing.T, g *suite.Grading, f func(ctx context.Context) error, env ...string) isolate.Result {
	t.Helper()
	if os.Getenv(loopbackEnv) == "" {
		r := suite.FakeClock(t, g, f, env...)
		if !goroutine.IsOffClock(r.Verdict.Message) && !goroutine.IsOffClock(r.Leak) { // or it died of that after the case
			return r
		}
	}
	return suite.RealClockProcess(t, g, f, append(slices.Clone(env), loopbackEnv+"=1")...)
}

// overLoopback returns the suite of the cases on the real network of this machine.
func (p part) overLoopback(serve Serve) suite.Suite {
	if program.Foreign() {
		return p.outside()
	}
	s := p.suite(suite.RealClockProcess, loopback(serve))
	s.Ahead = []string{}
	return s
}

// outside returns the suite of the cases with the program itself, in a process.
func (p part) outside() suite.Suite {
	s := p.suite(suite.RealClock, opener{open: openProgram})
	s.GivesUp = p.name != clientPart.name && p.name != programPart.name // what is waited for there need not be the server
	return s
}

func (p part) suite(run suite.Runner, open opener) suite.Suite {
	s := suite.New(run, open, casesOf(p.name, p.cases))
	s.After = p.after
	s.Rules = rules()
	for _, other := range []part{loginPart, directoryPart, listingPart, filePart, sessionPart, transferPart, robustPart} {
		s.Other = append(s.Other, suite.RulesOf(other.name, casesOf(other.name, other.cases))...)
	}
	return s
}

// rules returns those of failures that any case may notice.
func rules() suite.Rules {
	return suite.General("ftpd", "handleConn").With(suite.Rules{
		verdict.NotConcurrent: suite.RuleOf("TestSessions", "serves_a_second_client_while_the_first_stays", "serve", casesOf("TestSessions", sessions)),
		verdict.Leak:          suite.RuleOf("TestRobust", "leaks_no_goroutine", "handleConn", casesOf("TestRobust", robust)),
		verdict.Race:          suite.RuleOf("TestTransfers", "has_no_data_race", "handleConn", casesOf("TestTransfers", transfers)),
	})
}

// visit returns the Run of a case that opens a site, lets look have a look at it, and
// closes it. It is a failure of the case if the server has ended by then.
func visit(look func(s *site) error) body {
	return body{at: suite.Here(1), do: func(ctx context.Context, open opener) error { return open.visit(ctx, look) }}
}

// visit opens a site and lets look have a look at it.
func (open opener) visit(ctx context.Context, look func(s *site) error) error {
	s, err := open.open(ctx)
	if err != nil {
		return err
	}
	s.opener = open
	return s.visit(look)
}

// visitInMemory is visit with control connections in memory, if the server is not a
// process.
func visitInMemory(look func(s *site) error) body {
	return body{at: suite.Here(1), do: func(ctx context.Context, open opener) error {
		if open.inMemory != nil {
			open.open = open.inMemory
		}
		return open.visit(ctx, look)
	}}
}

// visit lets look have a look at the site, closes it, and returns the error or the note of
// the case.
func (s *site) visit(look func(s *site) error) error {
	err := s.close(s.verdict(look(s)))
	if spins := s.spun(); err == nil && spins != nil {
		if s.isAbout(leaving) {
			return spins
		}
		s.leave(leaving, spins)
	}
	switch {
	case err == nil && s.left != nil:
		return s.left
	case err == nil && len(s.notes) > 0:
		return suite.Note(s.notes[0])
	}
	return err
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

// openProgram opens a site with the program under test, in a process or where it runs
// already.
func openProgram(ctx context.Context) (*site, error) {
	t, foreign := program.Tested()
	if t.Address != "" {
		return openRemote(ctx, t)
	}
	s, err := newSite(ctx)
	if err != nil {
		return nil, err
	}
	s.user, s.password = t.User, t.Password
	port := "0"
	if t.Takes("{port}") {
		if port, err = program.FreePort("127.0.0.1"); err != nil {
			return nil, err
		}
	}
	cmd := program.Command("-port", port, "-root", s.root)
	cmd.Dir = s.base
	if foreign {
		cmd.Dir = s.root // for those that do not know -root
		if program.Confined() {
			cmd.Env = append(cmd.Env, program.Writable+"="+s.base)
		}
		if err := s.openToAll(); err != nil {
			return nil, err
		}
	}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "HOME="+s.root)
	return s, s.start(ctx, cmd, net.JoinHostPort("localhost", port))
}

// openRemote opens a site with a server that is running already. Its files are put into the
// folder that it serves, which is empty, and beside it.
func openRemote(ctx context.Context, t program.Target) (*site, error) {
	entries, err := os.ReadDir(t.Dir)
	if err != nil {
		return nil, verdict.Errorf(verdict.GraderProblem, "the folder that the server serves: %w", err)
	}
	if len(entries) > 0 {
		return nil, verdict.Errorf(verdict.GraderProblem, "the folder that the server serves, %s, is not empty: %s is in it", t.Dir, entries[0].Name())
	}
	for name := range outside {
		first, _, _ := strings.Cut(name, "/")
		if _, err := os.Lstat(filepath.Join(t.Dir, "..", first)); err == nil {
			return nil, verdict.Errorf(verdict.GraderProblem, "beside the folder that the server serves, %s, stands %s, which is to be of the tests", t.Dir, first)
		}
	}
	work, err := os.MkdirTemp("", "ftptest")
	if err != nil {
		return nil, err
	}
	s := siteOf(ctx, t.Dir, work)
	s.remote, s.user, s.password = true, t.User, t.Password
	s.dialTo(t.Address)
	return s, s.fill()
}
