package ftptest

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"example.com/workbook/testutil/suites/suite"
)

// jail holds the first half of part 6: no client leaves the root.
var jail = []testCase{
	{
		Name: "refuses_paths_above_the_root", Group: suite.Robustness, Points: 2,
		Explanation: "No name leads above the root, however often a client goes up. The package path cleans names, and os.Root opens only files inside its directory. Only the element .. goes up: a..b.txt is an ordinary name.",
		Run: visit(func(s *site) error {
			err := escapes(func(s *site) []string {
				return []string{"../outside.txt", "sub/../../outside.txt", "/../outside.txt", "../root_private/secret.txt",
					"../root/../outside.txt", "..//outside.txt", "./../outside.txt", "sub/deep/../../../outside.txt"}
			})(s)
			if err != nil {
				return err
			}
			return servesNamesWithDots(s)
		}),
	},
	{
		Name: "resolves_absolute_paths_inside_the_root", Group: suite.Robustness, Points: 1,
		Explanation: "A path with a slash at the beginning starts at the root of the server, and not at the root of the machine.",
		Run: visit(escapes(func(s *site) []string {
			outside := filepath.ToSlash(filepath.Join(s.base, "outside.txt"))
			return []string{outside, "/" + outside, "//" + outside, filepath.ToSlash(s.root) + "/../outside.txt"}
		})),
	},
	{
		Name: "does_not_follow_links_out_of_the_root", Group: suite.Robustness, Points: 2,
		Explanation: "Open all files with os.Root, which checks each directory and link of the path. A symbolic link may point anywhere, so it is not enough to check the name with filepath.Join and strings.HasPrefix.",
		Run: visit(func(s *site) error {
			for name, to := range map[string]string{
				"link.txt":     filepath.Join(s.base, "outside.txt"),
				"up.txt":       filepath.Join("..", "outside.txt"),
				"private":      filepath.Join(s.base, "root_private"),
				"sub/back.txt": filepath.Join("..", "..", "outside.txt"),
			} {
				if err := makeLink(to, filepath.Join(s.root, name)); err != nil {
					return suite.Unchecked("there are no symbolic links: " + err.Error())
				}
			}
			return escapes(func(*site) []string {
				return []string{"link.txt", "up.txt", "private/secret.txt", "private//secret.txt", "sub/back.txt"}
			})(s)
		}),
	},
	{
		Name: "lists_nothing_outside_of_the_root", Group: suite.Robustness, Points: 2,
		Explanation: "CWD, LIST and NLST follow the same rules as RETR: resolve their names in the same way.",
		Run:         visit(listsNothingOutside),
	},
	{
		Name: "writes_nothing_outside_of_the_root", Group: suite.Robustness, Points: 1,
		Explanation: "If the server has STOR, DELE, MKD or similar commands, they must use the same os.Root as RETR.",
		Run:         visit(writesNothingOutside),
	},
	{
		Name: "reveals_nothing_outside_of_the_root", Group: suite.Robustness, Points: 1,
		Explanation: "The reply must not show whether a file outside of the root exists, or where the root is on the machine. An error of package os shows both: do not send it.",
		Run:         visit(tellsNothing),
	},
	{
		Name: "refuses_odd_names", Group: suite.Robustness, Points: 1,
		Explanation: "Reply to an odd name as to a missing file: a name may have any bytes and any length.",
		Run: visit(withClient(func(s *site, c *client) error {
			names := []string{
				"hello.txt\x00", "\x00", "a\rb", "..\\outside.txt", "..\\..\\outside.txt", "~root", "$HOME", "%2e%2e/outside.txt",
				"%68ello.txt", "%73ub", strings.Repeat("x", 300), strings.Repeat("x/", 300), "\xff\xfe\xfd", "\x1b[2J",
			}
			if runtime.GOOS != "windows" { // which ignores dots at the end of a name
				names = append(names, "...")
			}
			for _, name := range names {
				err := s.insist(&c, "", func(c *client) error { return c.refusedOrEmpty("RETR " + name) })
				if err != nil {
					return err
				}
				err = s.insist(&c, "", func(c *client) error { return c.talk(step{"CWD " + name, "5"}) })
				if err != nil {
					return err
				}
			}
			return s.insist(&c, "", func(c *client) error { return c.get("hello.txt", tree["hello.txt"]) })
		})),
	},
}

// makeLink makes a symbolic link, and looks whether it is there: Wine reports that it has made
// one, and makes none.
func makeLink(to, name string) error {
	if err := os.Symlink(to, name); err != nil {
		return err
	}
	_, err := os.Lstat(name)
	return err
}

// servesNamesWithDots wants names with two dots to be served if they do not go up.
func servesNamesWithDots(s *site) error {
	names := []string{"a..b.txt", "..rain", "rain..", "x../...y"}
	for _, name := range names {
		if err := s.add(name, name); err != nil {
			return suite.Unchecked("there are no such names: " + err.Error())
		}
	}
	for _, name := range names {
		err := gets(nil, name, name)(s)
		if strings.Contains(name, "/") {
			err = s.unlessCharged(err, fromTheDirectory)
		}
		if err != nil {
			return prefixed("a name with two dots that does not go up: ", err)
		}
	}
	return nil
}

// escapes returns a visit in which a client tries to fetch files outside of the
// root, from the root and from a directory in it.
func escapes(names func(s *site) []string) func(s *site) error {
	return func(s *site) error {
		for _, dir := range []string{"", "sub"} {
			c, err := s.login()
			if err != nil {
				return err
			}
			if err := c.binary(); err != nil {
				return err
			}
			file, text := "hello.txt", tree["hello.txt"]
			if dir != "" {
				if err := c.cd(dir); err != nil {
					return ifChecked(err) // the root was
				}
				file, text = "inner.txt", tree["sub/inner.txt"]
			}
			for _, name := range names(s) {
				err := s.insist(&c, dir, func(c *client) error { return c.refusedOrEmpty("RETR " + name) })
				if err != nil {
					return err
				}
			}
			err = s.insist(&c, dir, func(c *client) error {
				err := c.get("/hello.txt", tree["hello.txt"])
				if _, ok := errors.AsType[disconnection](err); err == nil || ok {
					return err
				}
				if c.get(file, text) == nil { // there are no absolute names
					return nil
				}
				return err
			})
			if err != nil {
				return err
			}
			c.leave()
		}
		return nil
	}
}

// refusedOrEmpty wants a command that sends data to be refused, or to send
// nothing that is outside of the root.
func (c *client) refusedOrEmpty(line string) error {
	l, err := c.link()
	if err != nil {
		return err
	}
	defer l.Close()
	conn, _, err := c.request(l, line)
	if err != nil || conn == nil {
		return err
	}
	defer conn.Close()
	data, err := c.readAll(conn)
	if err != nil {
		return err
	}
	for _, sign := range []string{secret, "outside.txt", "secret.txt", "root_private"} {
		if strings.Contains(data, sign) {
			return c.failure("%s sent %q, which is outside of the root", line, short(data))
		}
	}
	if r, err := c.over(); err != nil || r.is("2", "4", "5") {
		return err
	} else {
		return c.failure("the reply to %s is %q after the data, want a code for their end", line, r)
	}
}

func listsNothingOutside(s *site) error {
	verbs := []string{"LIST ", "NLST ", "MLSD "}
	first, err := s.login()
	if err != nil {
		return err
	}
	if r, err := first.optional("MLSD nosuch", "1", "2", "4", "5"); err != nil || r.notKnown() {
		verbs = verbs[:2]
	}
	first.close()
	links := makeLink(s.base, filepath.Join(s.root, "out")) == nil
	for _, start := range []string{"", "sub"} {
		names := []string{"..", "../..", "/..", "../root_private", filepath.ToSlash(s.base), "sub/../.."}
		if links {
			names = append(names, "out/", "/out/", "out/root_private")
		}
		for _, name := range names {
			c, err := s.login()
			if err != nil {
				return err
			}
			if start != "" {
				if err := c.cd(start); err != nil {
					return ifChecked(err) // the root was
				}
			}
			steps := []func(c *client) error{
				func(c *client) error { _, err := c.do("CWD "+name, "2", "4", "5"); return err },
				func(c *client) error { return c.refusedOrEmpty("LIST") },
				func(c *client) error { return c.refusedOrEmpty("RETR outside.txt") },
			}
			for _, verb := range slices.Backward(verbs) {
				steps = slices.Insert(steps, 0, func(c *client) error { return c.refusedOrEmpty(verb + name) })
			}
			for _, step := range steps {
				if err := s.insist(&c, start, step); err != nil {
					return err
				}
			}
			c.leave()
		}
	}
	return nil
}

func writesNothingOutside(s *site) error {
	makeLink(s.base, filepath.Join(s.root, "out")) // where there are no links, there is one way less
	c, err := s.login()
	if err != nil {
		return err
	}
	for _, dir := range []string{"../", "out/", filepath.ToSlash(s.base) + "/"} {
		for _, line := range []string{
			"DELE " + dir + "outside.txt", "RMD " + dir + "root_private", "MKD " + dir + "new",
			"RNFR " + dir + "outside.txt", "RNTO renamed.txt", "RNFR hello.txt", "RNTO " + dir + "moved.txt",
		} {
			err := s.insist(&c, "", func(c *client) error { _, err := c.optional(line, "2", "3", "4", "5"); return err })
			if err != nil {
				return err
			}
		}
		for _, verb := range []string{"STOR ", "APPE "} {
			err := s.insist(&c, "", func(c *client) error { return c.store(verb + dir + "outside.txt") })
			if err != nil {
				return err
			}
		}
		if err := s.wantOutsideAsItWas(c); err != nil {
			return err
		}
	}
	return nil
}

// store offers a text to a command that takes a file, which may refuse it.
func (c *client) store(line string) error {
	l, err := c.link()
	if err != nil {
		return err
	}
	defer l.Close()
	r, err := c.optional(line, "1", "4", "5")
	if err != nil || !r.is("1") {
		return err
	}
	conn, err := l.conn(c.site.patience)
	if err != nil {
		return c.failure("%s: %w", line, err)
	}
	io.WriteString(conn, "overwritten") // it may refuse this too
	conn.Close()
	_, err = c.want("2", "4", "5")
	return err
}

// wantOutsideAsItWas wants all that stands beside the root to be what it was.
func (s *site) wantOutsideAsItWas(c *client) error {
	for name, want := range outside {
		if got, err := os.ReadFile(filepath.Join(s.base, name)); err != nil || string(got) != want {
			return c.failure("a client has changed %s, which is outside of the root", name)
		}
	}
	entries, err := os.ReadDir(s.base)
	if err != nil {
		return err
	}
	if want := s.beside; len(entries) != want {
		return c.failure("there are %d files beside the root, want the %d that were there", len(entries), want)
	}
	return nil
}

func tellsNothing(s *site) error {
	links := makeLink(s.base, filepath.Join(s.root, "out")) == nil
	c, err := s.login()
	if err != nil {
		return err
	}
	machine := filepath.Base(s.base) // no other name is like it
	if s.remote {
		machine = s.base
	}
	ask := func(line, name string) (string, error) {
		var r reply
		err := s.insist(&c, "", func(c *client) (err error) {
			switch line {
			case "SIZE ", "MDTM ":
				r, err = c.optional(line+name, "2", "4", "5")
			case "RETR ":
				l, err := c.link()
				if err != nil {
					return err
				}
				defer l.Close()
				r, err = c.do(line+name, "2", "4", "5")
				return err
			default:
				r, err = c.do(line+name, "2", "4", "5")
			}
			return err
		})
		text := strings.ReplaceAll(strings.ReplaceAll(r.String(), name, "NAME"), path.Base(name), "NAME")
		if err == nil && strings.Contains(text, machine) {
			err = c.failure("the reply to %s is %q, which shows where the root is on the machine", line+name, r)
		}
		return text, err
	}
	pairs := [][2]string{{"../outside.txt", "../nosuch.txt"}, {"nosuch.txt", "nosuch2.txt"}}
	if links {
		pairs = append(pairs, [2]string{"out/outside.txt", "out/nosuch.txt"}, [2]string{"out/root_private", "out/nosuch"})
	}
	for _, line := range []string{"CWD ", "SIZE ", "MDTM "} {
		for _, pair := range pairs {
			there, err := ask(line, pair[0])
			if err != nil {
				return err
			}
			absent, err := ask(line, pair[1])
			if err != nil {
				return err
			}
			if there != absent {
				return c.failure("the reply to %s%s is %q and that to %s%s is %q: a client learns which of them exists", line, pair[0], there, line, pair[1], absent)
			}
		}
	}
	for _, pair := range pairs {
		var answers [2]string
		for i, name := range pair {
			if answers[i], err = ask("RETR ", name); err != nil {
				return err
			}
		}
		if answers[0] != answers[1] {
			return c.failure("the reply to RETR %s is %q and that to RETR %s is %q: a client learns which of them exists", pair[0], answers[0], pair[1], answers[1])
		}
	}
	return nil
}

// greeted wants a new client to be served as if nothing had been.
func (s *site) greeted(after string) error {
	c, err := s.login()
	if err != nil {
		return prefixed("after "+after+" a new client comes: ", err)
	}
	defer c.close()
	return prefixed("after "+after+", a new client: ", c.get("hello.txt", tree["hello.txt"]))
}
