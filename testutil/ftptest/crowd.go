package ftptest

import (
	"fmt"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/suite"
)

// sessions holds the cases of part 5 that need no data connection.
var sessions = []testCase{
	{
		Name: "serves_a_second_client_while_the_first_stays", Group: suite.Core, Points: 3,
		Explanation: "Each client is served in a goroutine of its own, so that the loop is at once back in Accept for the next. Is the word go there?",
		Run: visit(func(s *site) error {
			if _, err := s.login(); err != nil {
				return err
			}
			if _, err := s.login(); err != nil {
				return prefixed("not concurrent: while one client stays, a second comes: ", err)
			}
			return nil
		}),
	},
	{
		Name: "waits_for_no_slow_login", Group: suite.Core, Points: 2,
		Explanation: "A client that connects and then says nothing, not even its name, holds up nobody: all that is said to a client is said in its own goroutine.",
		Run: visit(func(s *site) error {
			if _, err := s.connect(); err != nil {
				return err
			}
			mute, err := s.connectSilently()
			if err != nil {
				return err
			}
			defer mute.close()
			if _, err := s.login(); err != nil {
				return prefixed("not concurrent: one client says no name, another does not read its greeting, a third comes: ", err)
			}
			return nil
		}),
	},
	{
		Name: "serves_a_hundred_sessions_at_once", Group: suite.Core, Points: 3,
		Explanation: "A hundred clients that stay, each in a directory of its own: whatever belongs to a session stands in the session, and not in a variable of the package or in the process.",
		Run:         visit(hundredSessions),
	},
	{
		Name: "keeps_a_client_that_says_nothing_for_minutes", Group: suite.Sturdy, Points: 1,
		Explanation: "A person at the keyboard thinks and reads. A server must wait for five minutes at least (RFC 1123, 4.1.3.2).",
		Run: visit(func(s *site) error {
			if s.process != nil {
				return suite.Unchecked("it would take minutes on the real clock")
			}
			c, err := s.login()
			if err != nil {
				return err
			}
			for range 3 {
				time.Sleep(4 * time.Minute)
				if err := c.wantDir("/"); err != nil {
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
		Name: "serves_others_while_a_transfer_stands_still", Group: suite.Core, Points: 3,
		Explanation: "A client that has asked for a large file and does not read it blocks the goroutine that sends it. It must block no other.",
		Run:         visit(othersWhileOneStandsStill),
	},
	{
		Name: "keeps_two_transfers_apart", Group: suite.Core, Points: 3,
		Explanation: "A data connection, a working directory and a type (TYPE) belong to one session. A port or a listener that sessions share hands the file of one client to another: listen on a fresh port, :0, for each.",
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
		Explanation: "Twenty clients, each with a file of its own to fetch, at the same time: each gets its own and all of it.",
		Run:         visit(manyTransfers),
	},
	{
		Name: "has_no_data_race", Group: suite.Core, Points: 2, Collects: suite.Races,
		Explanation: "Two goroutines must not use a variable at the same time if one of them writes it. Keep it in the session, or share it by a channel or under a lock.",
		Run:         visit(manyTransfers),
	},
}

func hundredSessions(s *site) error {
	const n = 100
	var all []*client
	dir := func(i int) string { return fmt.Sprintf("/d%02d", i) }
	for i := range n {
		if err := s.add(dir(i)+"/x", ""); err != nil {
			return err
		}
		c, err := s.connect()
		if err != nil {
			return prefixed(fmt.Sprintf("client %d of %d: ", i+1, n), err)
		}
		all = append(all, c)
	}
	// together has all do something, and returns when the last has done it.
	together := func(do func(c *client, dir string) error) error {
		var group errgroup.Group
		for i, c := range all {
			group.Go(func() error { return do(c, dir(i)) })
		}
		return group.Wait()
	}
	if err := together(func(c *client, _ string) error { return c.login("anonymous") }); err != nil {
		return err
	}
	for range 3 {
		err := together(func(c *client, dir string) error {
			if err := c.talk(step{"CWD " + dir, "250 200"}); err != nil {
				return err
			}
			return another(c.wantDir(dir))
		})
		if err != nil {
			return err
		}
		err = together(func(c *client, dir string) error { // by now all have gone to theirs
			if err := c.wantDir(dir); err != nil {
				return another(err)
			}
			return c.talk(step{"CWD /", "250 200"})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func othersWhileOneStandsStill(s *site) error {
	if err := s.addSparse("large.bin", large); err != nil {
		return err
	}
	for range 5 {
		still, err := s.login()
		if err != nil {
			return err
		}
		if err := still.binary(); err != nil {
			return err
		}
		l, err := still.link()
		if err != nil {
			return prefixed("some clients do not read the files that they have asked for, and another comes: ", err)
		}
		if _, err := still.begin(l, "RETR large.bin"); err != nil {
			return prefixed("some clients do not read the files that they have asked for, and another asks for one: ", err)
		}
	}
	mute, err := s.login()
	if err != nil {
		return err
	}
	if r, err := mute.do("PASV", "2", "5"); err != nil {
		return err
	} else if r.is("2") {
		if err := mute.send("RETR hello.txt"); err != nil { // and does not connect
			return err
		}
	}
	other, err := s.login()
	if err != nil {
		return prefixed("not concurrent: clients do not read the files that they have asked for, and another comes: ", err)
	}
	if err := other.get("hello.txt", tree["hello.txt"]); err != nil {
		return prefixed("not concurrent: clients do not read the files that they have asked for, and another asks for one: ", err)
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
	if err := ann.talk(step{"CWD sub", "250 200"}); err != nil {
		return err
	}
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
	if err := carol.talk(step{"TYPE A", "200"}); err != nil { // which is nobody else's
		return err
	}
	var conns [2]net.Conn
	// The second to ask for a data connection is the first to use it.
	if conns[1], err = bob.begin(links[1], "RETR bytes.bin"); err != nil {
		return err
	}
	if conns[0], err = ann.begin(links[0], "RETR inner.txt"); err != nil {
		return err
	}
	for i, want := range []struct {
		c          *client
		name, text string
	}{{ann, "inner.txt", tree["sub/inner.txt"]}, {bob, "bytes.bin", tree["bytes.bin"]}} {
		got, err := want.c.readAll(conns[i])
		if err != nil {
			return err
		}
		if got != want.text {
			return want.c.failure("two clients fetch files at the same time, after a third has said TYPE A, and RETR %s sent %s", want.name, difference(got, want.text))
		}
		if err := want.c.finish(); err != nil {
			return err
		}
	}
	return nil
}

func manyTransfers(s *site) error {
	const n = 20
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
			if err := c.login("anonymous"); err != nil {
				return err
			}
			for range 3 {
				if err := c.get(name, text); err != nil {
					return err
				}
				if err := c.wantNames("LIST", "hello.txt", name, "sub"); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
