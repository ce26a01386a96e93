package ftptest

import (
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// login holds part 1.
var login = []testCase{
	{
		Name: "greets_a_client", Group: suite.Core, Points: 2,
		Explanation: "The server sends first: a client waits for a reply with code 220 before it sends its first command (RFC 959, 5.4).",
		Run: visit(func(s *site) error {
			c, err := s.connect()
			if err == nil && c.bare {
				s.note("the greeting ends in a newline alone: lines should end in CR LF, on which some clients insist (part 6)")
			}
			return err
		}),
	},
	{
		Name: "accepts_any_user_and_password", Group: suite.Core, Points: 2,
		Explanation: "Accept any name and password: reply 331 to USER and 230 to PASS. USER has the name, and PASS the password.",
		Run: visit(func(s *site) error {
			users := []string{"anonymous", "ftp", "ann"}
			if s.user != "" {
				users = []string{s.user}
			}
			for _, user := range users {
				c, err := s.connect()
				if err != nil {
					return err
				}
				if err := c.login(user); err != nil {
					return err
				}
				c.close()
			}
			return nil
		}),
	},
	{
		Name: "accepts_verbs_in_any_case", Group: suite.Core, Points: 1,
		Explanation: "Verbs may be in upper or lower case (RFC 959, 5.3): QUIT, quit and Quit are the same.",
		Run: visit(func(s *site) error {
			c, err := s.connect()
			if err != nil {
				return err
			}
			if _, err := c.ask("user "+s.name(), "331 230", "3 2", loggingIn); err != nil {
				return err
			}
			return c.talk(step{"Pass " + s.pass(), "2 503"}, step{"nOOp", "2 5"}, step{"quit", "2"})
		}),
	},
	{
		Name: "replies_to_unknown_commands", Group: suite.Core, Points: 2,
		Explanation: "Every command gets a reply, or its client waits forever. The reply to an unknown command is 500 or 502, and the session goes on.",
		Run: visit(withClient(func(s *site, c *client) error {
			return c.talk(step{"XYZZY", "500 502"}, step{"FROB one two", "500 502"},
				step{"HELP", "2 4 5"}, step{"STAT", "2 4 5"}, step{"ABOR", "2 4 5"}, step{"QUIT", "2"})
		})),
	},
	{
		Name: "replies_to_QUIT_and_disconnects", Group: suite.Core, Points: 2,
		Explanation: "The reply to QUIT is 221, and then the server closes the connection of this client. Return from handleConn, with defer conn.Close() at its top. The server itself goes on, and so do its other sessions.",
		Run: visit(withClient(func(s *site, c *client) error {
			if err := c.quit(); err != nil {
				return err
			}
			if err := c.hungUp(); err != nil {
				return err
			}
			c, err := s.login()
			if err != nil {
				return err
			}
			return quitsAlone(s, c)
		})),
	},
	{
		Name: "reads_commands_that_are_split_or_joined_by_TCP", Group: suite.Core, Points: 1,
		Explanation: "Read lines, with package bufio: two commands may come in one Read, or one command in many. TCP does not keep messages apart.",
		Run: visit(func(s *site) error {
			c, err := s.connect()
			if err != nil {
				return err
			}
			c.dialogue = append(c.dialogue, "C: USER "+s.name()+", in single bytes")
			go func() { // a pipe takes each as it is read, and a wrong reply may come too early
				for _, b := range []byte("USER " + s.name() + "\r\n") {
					c.conn.Write([]byte{b})
				}
			}()
			r, err := c.answer("331 230", "3 2", loggingIn)
			if err != nil {
				return err
			}
			if !r.is("230") {
				if _, err := c.do("PASS "+s.pass(), "2"); err != nil {
					return err
				}
			}
			c.dialogue = append(c.dialogue, "C: XYZZY, and NOOP in the same packet")
			sent := make(chan error, 1)
			go func() { sent <- c.write("XYZZY\r\nNOOP\r\n") }() // a pipe takes it only as it is read
			if _, err := c.want("5", "4"); err != nil {
				return err
			}
			c.dialogue = append(c.dialogue, "C: NOOP")
			if _, err := c.want("2", "4", "5"); err != nil {
				return s.unlessCharged(err, notKnown) // which says what is wrong with a server that disconnects
			}
			return <-sent
		}),
	},
}

// quitsAlone wants the session of another client to go on when c quits. A server that serves one
// client at a time has no other session.
func quitsAlone(s *site, c *client) error {
	defer c.close()
	other, err := s.login()
	if verdict.Of(err).Kind == verdict.NotConcurrent {
		return nil
	}
	if err != nil {
		return err
	}
	if err := c.quit(); err != nil {
		return err
	}
	return prefixed("another client has sent QUIT: ", other.answers())
}
