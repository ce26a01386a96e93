package ftptest

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"example.com/workbook/testutil/suites/suite"
)

// files holds part 4.
var files = []testCase{
	{
		Name: "sends_a_file", Group: suite.Core, Points: 3,
		Explanation: "For RETR, reply 150, send the bytes of the file over the data connection, close it, and reply 226.",
		Run:         visit(gets(nil, "hello.txt", tree["hello.txt"])),
	},
	{
		Name: "sends_every_byte_unchanged", Group: suite.Core, Points: 3,
		Explanation: "After TYPE I a file arrives unchanged: no byte is added, changed or lost. For that, use io.Copy, and not a Scanner, Fprintln or a string of runes.",
		Run: visit(func(s *site) error {
			if err := gets(nil, "bytes.bin", tree["bytes.bin"])(s); err != nil {
				return err
			}
			c, err := s.login()
			if err != nil {
				return err
			}
			if err := c.binary(); err != nil {
				return err
			}
			if got, err := c.fetch("RETR hello.txt"); err == nil && isConverted(got, tree["hello.txt"]) {
				return c.compare("RETR hello.txt", got, tree["hello.txt"]) // only some files are taken for text
			}
			return nil // anything else is the matter of another case
		}),
	},
	{
		Name: "sends_an_empty_file", Group: suite.Core, Points: 1,
		Explanation: "An empty file is sent like any other: reply 150, close the data connection immediately, and reply 226.",
		Run:         visit(gets(nil, "empty.txt", "")),
	},
	{
		Name: "sends_a_large_file", Group: suite.Core, Points: 2,
		Explanation: "Send the file piece by piece, as io.Copy does: a file may be larger than any buffer.",
		Run: visit(func(s *site) error {
			large := noise(3<<20 + 1)
			if err := s.add("large.bin", large); err != nil {
				return err
			}
			if err := gets(nil, "large.bin", large)(s); err != nil {
				return err
			}
			even := noise(64 << 10) // a multiple of every buffer
			if err := s.add("even.bin", even); err != nil {
				return err
			}
			if err := gets(nil, "even.bin", even)(s); err != nil {
				return err
			}
			return sendsALongLine(s)
		}),
	},
	{
		Name: "sends_from_the_working_directory", Group: suite.Core, Points: 2,
		Explanation: "The name of a file is relative to the working directory, like the name of a directory. Use one function for both.",
		Run: visit(func(s *site) error {
			if err := ifChecked(gets([]string{"CWD sub"}, "inner.txt", tree["sub/inner.txt"])(s)); err != nil {
				return err
			}
			if err := gets(nil, "sub/deep/bottom.txt", tree["sub/deep/bottom.txt"])(s); err != nil {
				return err
			}
			if err := ifChecked(gets([]string{"CWD sub"}, "/hello.txt", tree["hello.txt"])(s)); err != nil {
				return err
			}
			const another = "another hello\n" // two files have one name, in two directories
			if err := s.add("sub/hello.txt", another); err != nil {
				return err
			}
			if err := gets(nil, "sub/hello.txt", another)(s); err != nil {
				return err
			}
			if err := s.unlessCharged(ifChecked(getsFromAbove(s, "../hello.txt", another)), goingUp); err != nil {
				return err
			}
			return s.unlessCharged(staysInPlace(s, "RETR sub/inner.txt"), telling, goingDown)
		}),
	},
	{
		Name: "sends_a_file_with_spaces_in_its_name", Group: suite.Core, Points: 1,
		Explanation: "The name is everything after the first space: it may have spaces and any letters. Only the first space of a command ends its verb: strings.Cut finds it.",
		Run: visit(func(s *site) error {
			if err := gets(nil, "two words.txt", tree["two words.txt"])(s); err != nil {
				return err
			}
			if err := s.add("two  spaces.txt", "two\n"); err != nil {
				return err
			}
			if err := gets(nil, "two  spaces.txt", "two\n")(s); err != nil {
				return err
			}
			if err := s.add("Ä b.TXT", "Ä\n"); err != nil {
				return err
			}
			if err := gets(nil, "Ä b.TXT", "Ä\n")(s); err != nil {
				return err
			}
			return gets(nil, "größe.txt", tree["größe.txt"])(s)
		}),
	},
	{
		Name: "sends_one_file_after_another", Group: suite.Core, Points: 1,
		Explanation: "Allow many transfers in a session, each over its own data connection.",
		Run: visit(withClient(func(s *site, c *client) error {
			for _, name := range []string{"hello.txt", "empty.txt", "hello.txt", "bytes.bin"} {
				err := c.get(name, tree[name])
				if name == "empty.txt" {
					err = s.unlessCharged(err, emptyFile)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})),
	},
	{
		Name: "keeps_the_data_connection_over_other_commands", Group: suite.Core, Points: 1,
		Explanation: "Keep the data connection until a transfer uses it. Between PASV and RETR a client may send TYPE and other commands.",
		Run: visit(withClient(func(s *site, c *client) error {
			l, err := c.link()
			if err != nil {
				return err
			}
			if err := c.binary(); err != nil {
				return err
			}
			if err := c.talk(step{"PWD", "2 4 5"}); err != nil {
				return err
			}
			got, err := c.fetchOver(l, "RETR hello.txt")
			if err != nil {
				return err
			}
			return c.compare("RETR hello.txt", got, tree["hello.txt"])
		})),
	},
	{
		Name: "reports_a_missing_file", Group: suite.Core, Points: 2,
		Explanation: "The reply to RETR of a missing file is 550, so look for the file before you reply 150. The session goes on.",
		Run: visit(withClient(func(s *site, c *client) error {
			l, err := c.link()
			if err != nil {
				return err
			}
			for range s.many(110) { // more than a server might have places for
				if err := c.talk(step{"RETR nosuch.txt", "5 4"}); err != nil {
					return err
				}
			}
			l.Close()
			return c.get("hello.txt", tree["hello.txt"])
		})),
	},
	{
		Name: "says_226_when_all_is_sent", Group: suite.Core, Points: 2,
		Explanation: "226 means that all was sent, so it comes last: copy the file, close the data connection, and then reply.",
		Run:         visit(withClient(says226WhenAllIsSent)),
	},
}

// gets returns a visit in which a client, after some steps, fetches a file and
// wants its text.
func gets(steps []string, name, want string) func(s *site) error {
	return func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		defer c.leave()
		if err := c.walk(steps); err != nil {
			return err
		}
		return c.get(name, want)
	}
}

// getsFromAbove wants a client in /sub/deep to get a file of /sub, by a name with .. in it. A
// server may refuse such names.
func getsFromAbove(s *site, name, want string) error {
	c, err := s.loginDeep()
	if err != nil {
		return err
	}
	defer c.leave()
	err = c.get(name, want)
	if err != nil && c.last.is("550", "553", "501") {
		s.note("RETR refuses names such as " + name + ", which clients send")
		return nil
	}
	return err
}

// staysInPlace wants a command about a name in another directory to leave the client at the root.
func staysInPlace(s *site, command string) error {
	c, err := s.login()
	if err != nil {
		return err
	}
	defer c.leave()
	if _, err := c.fetch(command); err != nil {
		return nil // which is for others to tell
	}
	err = c.wantDir("/")
	if _, silent := errors.AsType[silence](err); silent || errors.Is(err, io.EOF) {
		return nil // so is a client that can do nothing after a transfer
	}
	return prefixed("after "+command+", ", err)
}

// sendsALongLine wants a line that is longer than the buffer of a Scanner to arrive as text.
func sendsALongLine(s *site) error {
	text := strings.Repeat("x", 100_000) + "\nlast\n"
	if err := s.add("long.txt", text); err != nil {
		return err
	}
	c, err := s.login()
	if err != nil {
		return err
	}
	if err := c.setType("A"); err != nil {
		return err
	}
	got, err := c.fetch("RETR long.txt")
	if err == nil && withoutLineEnds.Replace(got) != withoutLineEnds.Replace(text) {
		err = c.failure("after TYPE A, RETR of a file with a line of 100000 bytes sent %s", difference(got, text))
	}
	return err
}

// noise returns n bytes, the same each time.
func noise(n int) string {
	b := make([]byte, n)
	io.ReadFull(rand.NewChaCha8([32]byte{}), b)
	return string(b)
}

// large is the size of a file that no buffer on the way can hold.
const large = 24 << 20

func says226WhenAllIsSent(s *site, c *client) error {
	if err := s.addSparse("large.bin", large); err != nil {
		return err
	}
	conn, err := c.start("large.bin")
	if err != nil {
		return err
	}
	// When the first byte is here, a 226 that was sent before it is here too.
	conn.SetReadDeadline(c.deadline())
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		return c.failure("RETR large.bin sends nothing: %w", err)
	}
	var line string
	early := c.moreIn(20 * time.Millisecond)
	if early {
		c.conn.SetReadDeadline(c.deadline())
		line, _ = c.in.ReadString('\n') // a part of it is early too
	}
	if strings.HasPrefix(line, "1") { // a second reply of this kind does not say that all is sent
		early = false
		if err := s.odd(c.failure("after the first reply to RETR large.bin, the server sent another, %q; want one of 150 and 125", strings.TrimSpace(line)), transferEnd); err != nil {
			return err
		}
	}
	n, err := io.Copy(io.Discard, conn)
	if err != nil {
		return c.cutShort(n+1, err)
	}
	conn.Close()
	if n+1 != large {
		err := c.failure("RETR large.bin sent %d bytes, want %d", n+1, large)
		return s.unlessCharged(err, transferEnd, everyByteSent, largeFile)
	}
	if early {
		return c.failure("RETR of a large file: %q came while the data were still on their way, want it after them", line)
	}
	return c.finish()
}
