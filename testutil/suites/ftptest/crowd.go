package ftptest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// sessions holds the cases of part 5 that need no data connection.
var sessions = []testCase{
	{
		Name: "serves_a_second_client_while_the_first_stays", Group: suite.Core, Points: 3,
		Explanation: "Serve each client in its own goroutine, so that the loop can call Accept for the next client immediately. Is the word go before the call?",
		Run: visit(func(s *site) error {
			if _, err := s.login(); err != nil {
				return err
			}
			_, err := s.login()
			if err != nil && verdict.Of(err).Kind != verdict.NotConcurrent {
				err = suite.NotConcurrent("while one client is connected, a second client logs in: %w", err)
			}
			return err
		}),
	},
	{
		Name: "does_not_wait_for_a_slow_login", Group: suite.Core, Points: 2,
		Explanation: "Greet and read each client in its own goroutine. A client may connect and send nothing, not even its name: other clients must not wait for it.",
		Run: visit(func(s *site) error {
			alone, err := s.login()
			if err != nil {
				return err
			}
			alone.close()
			if _, err := s.connect(); err != nil {
				return err
			}
			named, err := s.connect()
			if err != nil {
				return suite.NotConcurrent("one client has sent no USER: %w", err)
			}
			if _, err := named.ask("USER "+s.name(), "331 230", "2 3", loggingIn); err != nil {
				return err
			}
			mute, err := s.connectSilently()
			if err != nil {
				return err
			}
			defer mute.close()
			_, err = s.login()
			if err != nil {
				err = suite.NotConcurrent("one client has sent no USER, a second no PASS, and a third has not read its greeting: %w", err)
			}
			return err
		}),
	},
	{
		Name: "serves_a_hundred_sessions_at_once", Group: suite.Core, Points: 3,
		Explanation: "Keep the state of a session in the session, and not in a package variable or in the process. Hundreds of clients stay connected, each in its own directory: no fixed number of workers is enough.",
		Run:         visit(hundredSessions),
	},
	{
		Name: "serves_hundreds_one_after_another", Group: suite.Robustness, Points: 1,
		Explanation: "When a session ends, it releases all that it holds: a worker, a place in a channel, an entry in a map. It must do so however its client has left: use defer.",
		Run:         visit(hundredsInTurn),
	},
	{
		Name: "goes_on_after_a_failed_Accept", Group: suite.Robustness, Points: 1,
		Explanation: "If Accept fails, log the error, sleep for a moment, and call Accept again. It may fail for a while, e.g. when too many files are open, and the connected clients must not lose their server.",
		Run:         visit(goesOnAfterFailedAccepts),
	},
	{
		Name: "keeps_a_client_that_is_idle_for_minutes", Group: suite.Robustness, Points: 1,
		Explanation: "Keep an idle session for at least five minutes: a person needs time to read and think (RFC 1123, 4.1.3.2).",
		Run: visit(func(s *site) error {
			if s.isOutside() {
				return suite.Unchecked("it would take minutes on the real clock")
			}
			if !s.fake {
				return suite.Note("whether the server keeps an idle client for minutes was not tested: it does not run on a fake clock")
			}
			c, err := s.login()
			if err != nil {
				return err
			}
			for range 20 {
				time.Sleep(4 * time.Minute)
				if err := c.answers(); err != nil {
					return prefixed("4 minutes later: ", err)
				}
			}
			return nil
		}),
	},
}

// transfers holds the other cases of part 5.
var transfers = []testCase{
	{
		Name: "serves_others_while_a_transfer_is_blocked", Group: suite.Core, Points: 3,
		Explanation: "A client that does not read its file may block only the goroutine that sends the file, and no other session. So do not hold a lock, or a place in a channel, during a transfer.",
		Run:         visit(othersWhileOneStandsStill),
	},
	{
		Name: "keeps_two_transfers_apart", Group: suite.Core, Points: 3,
		Explanation: "A data connection, a working directory and a type (TYPE) belong to one session. If sessions share a port or a listener, one client gets the file of another: listen on a new port, :0, for each transfer.",
		Run: visit(func(s *site) error {
			for range 3 { // the network may swap two connections by itself
				if err := twoTransfers(s); err != nil {
					return err
				}
			}
			return nil
		}),
	},
	{
		Name: "sends_to_many_clients_at_once", Group: suite.Core, Points: 3,
		Explanation: "Each client gets its own file, and all of it, when twenty clients fetch files at the same time. Keep the data connection and the file in the session.",
		Run:         visit(manyTransfers),
	},
	{
		Name: "has_no_data_race", Group: suite.Core, Points: 2, Collects: suite.Races,
		Explanation: "Two goroutines must not use a variable at the same time if one of them writes it. Keep it in the session, send it over a channel, or protect it with a lock.",
		Run:         visitInMemory(manyCommands),
	},
}

func hundredSessions(s *site) error {
	n, more := s.many(100), s.many(50)
	var all []*client
	var dirs []string
	for i := range n {
		dir := fmt.Sprintf("/d%02d", i)
		dirs = append(dirs, dir)
		if err := s.add(dir+dir+".txt", ""); err != nil {
			return err
		}
		c, err := s.connect()
		if err != nil {
			return prefixed(fmt.Sprintf("client %d of %d: ", i+1, n), err)
		}
		all = append(all, c)
	}
	if err := together(all, func(_ int, c *client) error { return c.login(s.name()) }); err != nil {
		return err
	}
	moves := 2
	switch err := all[0].cdFromRoot(dirs[0]); {
	case err == nil:
		if err := all[0].up(); err != nil {
			return err
		}
	case ifChecked(err) == nil:
		moves = 0 // there is no CWD, and all stay where they are
	default:
		return err
	}
	for range moves {
		if err := goAndComeBack(all, dirs); err != nil {
			return err
		}
	}
	for i := range more {
		c, err := s.connect()
		if err != nil {
			return prefixed(fmt.Sprintf("client %d of %d: ", n+i+1, n+more), err)
		}
		all = append(all, c)
	}
	for _, c := range all {
		c.close()
	}
	_, err := s.login()
	return prefixed(fmt.Sprintf("all %d clients have disconnected, and another client logs in: ", n+more), err)
}

// together has all clients do something, and returns when the last has done it.
func together(all []*client, do func(i int, c *client) error) error {
	var group errgroup.Group
	for i, c := range all {
		group.Go(func() error { return do(i, c) })
	}
	return group.Wait()
}

// goAndComeBack has all clients go from the root to directories of their own, look around, and
// come back when all have gone there.
func goAndComeBack(all []*client, dirs []string) error {
	err := together(all, func(i int, c *client) error {
		if err := c.cdFromRoot(dirs[i]); err != nil {
			return err
		}
		return c.stays(dirs[i], dirs...)
	})
	if err != nil {
		return err
	}
	return together(all, func(i int, c *client) error {
		if err := c.stays(dirs[i], dirs...); err != nil {
			return err
		}
		return c.up()
	})
}

func hundredsInTurn(s *site) error {
	connected := func(visit func(c *client) error) func() error {
		return func() error {
			c, err := s.connect()
			if err != nil {
				return err
			}
			defer c.close()
			return visit(c)
		}
	}
	for _, way := range []struct {
		how   string
		n     int
		visit func() error
	}{
		{"sent QUIT", 300, connected((*client).quit)},
		{"disconnected in the middle of a command", 110, connected(func(c *client) error { return c.write("USER ano") })},
		{"disconnected before their greeting", 110, func() error {
			c, err := s.connectSilently()
			if err == nil {
				c.close()
			}
			return err
		}},
		{"logged in and disconnected", 10, connected(func(c *client) error { return c.login(s.name()) })},
	} {
		n := s.many(way.n)
		for i := range n {
			if err := way.visit(); err != nil {
				return prefixed(fmt.Sprintf("%s %s, one after another: ", counted(i, "client"), way.how), err)
			}
			if s.fake {
				time.Sleep(time.Millisecond) // its session ends
			}
		}
		c, err := s.login()
		if err != nil {
			return prefixed(fmt.Sprintf("%s %s, one after another: ", counted(n, "client"), way.how), err)
		}
		c.close()
	}
	return s.keepsNoMemory()
}

// keepsNoMemory wants the memory that a client takes to be free when it has left. It is seen
// where the server shares its process only with the test. Connections that are open, or that
// goroutines have, are for other cases to find.
func (s *site) keepsNoMemory() error {
	if !s.fake {
		return nil
	}
	const n = 100
	place, kept, err := goroutine.Kept(func() error {
		for range n {
			c, err := s.login()
			if err != nil {
				return err
			}
			if err := c.talk(step{"CWD sub", "2 4 5"}); err != nil {
				return err
			}
			if err := c.quit(); err != nil {
				return err
			}
			c.close()
			time.Sleep(time.Millisecond) // its session ends
		}
		time.Sleep(time.Minute)
		return nil
	})
	if err != nil || s.nw.Open() > 0 || strings.Count(goroutine.Others(), "\n\n") > n/2 {
		return nil // that is for other cases to see
	}
	if kept := s.nw.Reachable(); kept > n {
		return fmt.Errorf("all clients have left, and the server still keeps %d of their connections: delete entries of maps, and defer nothing in a loop", kept)
	}
	if kept < n/2 {
		return nil
	}
	return goroutine.Growth(place, n)
}

func goesOnAfterFailedAccepts(s *site) error {
	if s.ln == nil {
		return suite.Unchecked("the listener of another process cannot be made to fail")
	}
	stays, err := s.login()
	if err != nil {
		return err
	}
	failures := 30
	if !s.fake {
		failures = 3
	}
	s.ln.toFail.Store(int64(failures))
	if _, err := s.login(); err != nil { // by the Accept that has waited for it
		return err
	}
	words := fmt.Sprintf("Accept has failed %d times: ", failures)
	for range 20 { // some servers sleep for a while after each failure
		if s.fake {
			time.Sleep(10 * time.Second) // less than it takes to be disconnected for saying nothing
		}
		if err := stays.answers(); err != nil {
			return prefixed(words, err)
		}
	}
	_, err = s.login()
	if err == nil {
		return nil
	}
	return fmt.Errorf("%sa new client connects: %v", words, err) // of another kind than err
}

// stalled is how many clients do not read the files that they have asked for.
const stalled = 20

func othersWhileOneStandsStill(s *site) error {
	if err := s.addSparse("large.bin", stallingSize()); err != nil {
		return err
	}
	clients, err := s.logins(stalled + 4)
	if err != nil {
		return err
	}
	first, mute, lister, other := clients[stalled], clients[stalled+1], clients[stalled+2], clients[stalled+3]
	if err := first.get("hello.txt", tree["hello.txt"]); err != nil {
		return err // no transfer is blocked yet
	}
	for i, c := range clients[:stalled] {
		err := c.stall("large.bin")
		if i > 0 {
			err = while(counted(i, "client")+" asked for a large file without reading it, and another client asks for one", err)
		}
		if err != nil {
			return err
		}
	}
	if err := mute.asksAndDoesNotConnect("RETR hello.txt"); err != nil {
		return err
	}
	words := counted(stalled, "client") + " asked for a large file without reading it, another does not connect for its file, and a second client "
	if err := other.get("hello.txt", tree["hello.txt"]); err != nil {
		return while(words+"asks for a small one", err)
	}
	if _, err := s.login(); err != nil {
		return while(words+"logs in", err)
	}
	if err := lister.asksAndDoesNotConnect("LIST"); err != nil {
		return err
	}
	_, err = other.fetch("LIST")
	return while("a client does not connect for its listing, and a second client asks for one", s.unlessCharged(err, listing))
}

// asksAndDoesNotConnect asks for data, and does not connect for them.
func (c *client) asksAndDoesNotConnect(line string) error {
	r, err := c.optional("PASV", "2", "4", "5")
	if err != nil || !r.is("2") {
		return err
	}
	return c.send(line)
}

// readBuffer is the size of the receive buffer of a client that stalls.
const readBuffer = 64 << 10

// stallingSize returns the size of a file that does not fit into the send buffer of the server and
// the receive buffer of a client that stalls. It is small if it can be: a server that holds each
// file in memory has a fault of another kind, and its process has to live.
func stallingSize() int64 {
	text, err := os.ReadFile("/proc/sys/net/ipv4/tcp_wmem")
	var least, usual, most int64
	if err == nil {
		_, err = fmt.Sscan(string(text), &least, &usual, &most)
	}
	if err != nil {
		return large
	}
	return min(most+64*readBuffer, large)
}

// stall asks for a large file, and reads no more than its first byte.
func (c *client) stall(name string) error {
	conn, err := c.start(name)
	if err != nil {
		return err
	}
	if d, ok := conn.(*dataConn); ok {
		if tcp, ok := d.Conn.(*net.TCPConn); ok {
			tcp.SetReadBuffer(readBuffer) // without it, the buffer is only larger
		}
	}
	conn.SetReadDeadline(c.deadline())
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		return c.failure("RETR %s sends nothing: %w", name, err)
	}
	return nil
}

func twoTransfers(s *site) error {
	ann, err := s.login()
	if err != nil {
		return err
	}
	bob, err := s.login()
	if err != nil {
		return err
	}
	var links [2]link
	for i, c := range []*client{ann, bob} {
		if err := c.binary(); err != nil {
			return err
		}
		if links[i], err = c.link(); err != nil {
			return prefixed("two clients each ask for a data connection: ", err)
		}
	}
	carol, err := s.login()
	if err != nil {
		return err
	}
	defer carol.close()
	if err := carol.setType("A"); err != nil { // which is no other client's
		return err
	}
	var conns [2]net.Conn
	// The second to ask for a data connection is the first to use it.
	if conns[1], err = bob.begin(links[1], "RETR bytes.bin"); err != nil {
		return prefixed("two clients have each asked for a data connection: ", err)
	}
	if conns[0], err = ann.begin(links[0], "RETR hello.txt"); err != nil {
		return prefixed("two clients have each asked for a data connection: ", err)
	}
	for i, want := range []struct {
		c          *client
		name, text string
	}{{ann, "hello.txt", tree["hello.txt"]}, {bob, "bytes.bin", tree["bytes.bin"]}} {
		got, err := want.c.readAll(conns[i])
		if err != nil {
			return err
		}
		if err := want.c.compare("RETR "+want.name, got, want.text); err != nil {
			return prefixed("two clients fetch files at the same time, after a third has said TYPE A: ", err)
		}
		if err := want.c.finish(); err != nil {
			return err
		}
	}
	return nil
}

func manyTransfers(s *site) error {
	n := s.many(20)
	var group errgroup.Group
	for i := range n {
		name := fmt.Sprintf("file%02d", i)
		text := noise(100_000 + i)[i:]
		if err := s.add(name, text); err != nil {
			return err
		}
		c, err := s.connect()
		if err != nil {
			return prefixed(fmt.Sprintf("client %d of %d: ", i+1, n), err)
		}
		group.Go(func() error {
			if err := c.login(s.name()); err != nil {
				return err
			}
			for range 3 {
				if err := c.get(name, text); err != nil {
					return err
				}
				if err := c.wantAmong("LIST", "hello.txt", name, "sub"); err != nil && !c.last.notKnown() {
					return s.unlessCharged(err, listing, listingAgain)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	if _, ok := errors.AsType[disconnection](err); ok {
		err = s.unlessCharged(err, oneFileAfterAnother)
	}
	return err
}

// manyCommands has many clients give all commands at the same time. On one processor all
// of them have sent a command before the first is carried out, so that only a lock
// or a channel of the program puts what their sessions do in an order.
func manyCommands(s *site) error {
	if s.remote || s.process != nil && !watchesRaces(program.File()) {
		return suite.Unchecked("the data races of another process are seen only if it is built with -race")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	clients, err := s.logins(s.many(10))
	if err != nil {
		return err
	}
	rounds, start := s.many(2), time.Now()
	if s.process != nil {
		rounds = 100 // on real connections most races are hidden
	}
	enough := func() bool { return s.reportsRace() || time.Since(start) > s.patience/2 }
	err = manyTimes(clients, rounds, enough, []string{
		"CWD sub", "PWD", "CWD nosuch", "LIST", "TYPE I", "RETR inner.txt", "RETR nosuch", "CDUP", "NOOP", "SYST", "FEAT", "XYZZY",
		"SIZE hello.txt", "MDTM hello.txt", "TYPE A", "NLST", "LIST nosuch", "PORT 1,2,3", "DELE nosuch", "RNFR nosuch", "EPSV",
		"REST 1",
	})
	if err != nil {
		return suite.Unchecked("clients that give commands at the same time get no further: " + err.Error())
	}
	if s.reportsRace() {
		return verdict.Errorf(verdict.Race, "the race detector in the program reports one")
	}
	return nil
}

// manyTimes has all clients give each command at the same time, some rounds of them, then
// as many rounds at the pace of each, and leave together. It leaves out the rounds that are
// left when there is enough.
func manyTimes(clients []*client, rounds int, enough func() bool, commands []string) error {
	for range rounds {
		if enough() {
			break
		}
		for _, line := range commands {
			if err := together(clients, func(_ int, c *client) error { return c.goesOn(line) }); err != nil {
				return err
			}
		}
	}
	err := together(clients, func(_ int, c *client) error {
		for range rounds {
			if enough() {
				break
			}
			for _, line := range commands {
				if err := c.goesOn(line); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return together(clients, func(i int, c *client) error {
		if i%2 == 0 {
			return c.goesOn("QUIT")
		}
		c.close()
		return nil
	})
}

// reportsRace reports whether the race detector in the process of the server has found one.
func (s *site) reportsRace() bool {
	return s.process != nil && strings.Contains(s.process.Stderr(), "WARNING: DATA RACE")
}

// watchesRaces reports whether an executable is a Go program that was built with -race.
func watchesRaces(file string) bool {
	text, err := os.ReadFile(file)
	return err == nil && program.WasBuilt(text, "-race=true")
}

// goesOn carries out a command, whatever its answer. If the server has ended its session, as some
// do after a refusal, or has sent what the client cannot understand, another client takes its place:
// that is not the question.
func (c *client) goesOn(line string) error {
	err := c.whatever(line)
	if _, ok := errors.AsType[silence](err); err == nil || ok {
		return err
	}
	next, failed := c.site.login()
	if failed != nil {
		return err
	}
	c.close()
	*c = *next
	return nil
}

// whatever carries out a command, whatever its answer.
func (c *client) whatever(line string) error {
	verb, _, _ := strings.Cut(line, " ")
	if verb == "EPSV" {
		if l, err := c.epsv(); err == nil {
			return l.Close()
		}
		return nil // where a data connection is the question, it is asked for again
	}
	if !slices.Contains([]string{"LIST", "NLST", "RETR"}, verb) {
		_, err := c.optional(line, "1", "2", "3", "4", "5")
		return err
	}
	l, err := c.link()
	if err != nil {
		return err
	}
	defer l.Close()
	r, err := c.do(line, "1", "2", "3", "4", "5")
	if err != nil || !r.is("1") {
		return err
	}
	conn, err := l.conn(c.site.patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	var hearing sync.WaitGroup
	hearing.Go(c.hear) // some servers reply before they close the data connection
	_, err = c.readAll(conn)
	hearing.Wait()
	if err != nil {
		return err
	}
	_, err = c.reply()
	return err
}

// hear waits for the next line, and leaves it to be read. A server that sends it need not wait for
// the client to have read all data.
func (c *client) hear() {
	c.conn.SetReadDeadline(c.deadline())
	for n := 1; ; n++ {
		line, err := c.in.Peek(n)
		if err != nil || line[n-1] == '\n' { // who reads the line will see the error
			return
		}
	}
}
