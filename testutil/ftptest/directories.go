package ftptest

import (
	"strings"

	"example.com/workbook/testutil/suite"
)

// directories holds part 2.
var directories = []testCase{
	{
		Name: "starts_at_the_root", Group: suite.Core, Points: 1,
		Explanation: `PWD is answered 257 and the working directory in quotes. The root is "/" to the clients, wherever it is on the machine.`,
		Run:         visit(walks(nil, "/")),
	},
	{
		Name: "goes_into_a_directory", Group: suite.Core, Points: 3,
		Explanation: "CWD is answered 250. Its argument starts at the working directory, or, if it starts with a slash, at the root.",
		Run: visit(func(s *site) error {
			for _, walk := range []struct {
				steps []string
				want  string
			}{
				{[]string{"CWD sub"}, "/sub"},
				{[]string{"CWD sub", "CWD deep"}, "/sub/deep"},
				{[]string{"CWD sub/deep"}, "/sub/deep"},
				{[]string{"CWD sub", "CWD /sub/deep"}, "/sub/deep"},
				{[]string{"CWD sub/deep", "CWD /"}, "/"},
			} {
				if err := walks(walk.steps, walk.want)(s); err != nil {
					return err
				}
			}
			return nil
		}),
	},
	{
		Name: "comes_back_up", Group: suite.Core, Points: 2,
		Explanation: "CDUP and CWD .. go one directory up. Above the root is nothing: there they stay, or are refused.",
		Run: visit(func(s *site) error {
			for _, walk := range []struct {
				steps []string
				want  string
			}{
				{[]string{"CWD sub/deep", "CDUP"}, "/sub"},
				{[]string{"CWD sub/deep", "CWD .."}, "/sub"},
				{[]string{"CWD sub", "CWD deep", "CWD ..", "CWD .."}, "/"},
			} {
				if err := walks(walk.steps, walk.want)(s); err != nil {
					return err
				}
			}
			return aboveTheRoot(s)
		}),
	},
	{
		Name: "refuses_what_is_no_directory", Group: suite.Core, Points: 2,
		Explanation: "CWD to what is not there, or to a file, is answered 550, and the working directory stays. os.Stat tells.",
		Run: visit(withClient(func(s *site, c *client) error {
			err := c.talk(step{"CWD sub", "250 200"}, step{"CWD nosuch", "5"}, step{"CWD inner.txt", "5"}, step{"CWD /hello.txt", "5"}, step{"CWD /hello.txt/", "5"})
			if err != nil {
				return err
			}
			return c.wantDir("/sub")
		})),
	},
	{
		Name: "takes_all_after_the_verb_for_a_name", Group: suite.Core, Points: 1,
		Explanation: "A name may hold spaces, and any letter. Only the first space of a command ends its verb: strings.Cut finds it.",
		Run:         visit(walks([]string{"CWD A b", "CWD Ä"}, "/A b/Ä")),
	},
	{
		Name: "gives_each_client_a_directory_of_its_own", Group: suite.Core, Points: 4,
		Explanation: "The working directory belongs to one session: keep it in the session. os.Chdir moves the whole process, and with it all clients.",
		Run: visit(func(s *site) error {
			ann, err := s.login()
			if err != nil {
				return err
			}
			bob, err := s.login()
			if err != nil {
				return err
			}
			if err := ann.talk(step{"CWD sub", "250 200"}); err != nil {
				return err
			}
			if err := bob.wantDir("/"); err != nil {
				return another(err)
			}
			// Only from the root is there a way to it.
			if err := bob.talk(step{"CWD sub", "250 200"}); err != nil {
				return another(err)
			}
			if err := ann.talk(step{"CWD deep", "250 200"}); err != nil {
				return another(err)
			}
			if err := ann.wantDir("/sub/deep"); err != nil {
				return another(err)
			}
			if err := bob.wantDir("/sub"); err != nil {
				return another(err)
			}
			carol, err := s.login()
			if err != nil {
				return err
			}
			return another(carol.wantDir("/"))
		}),
	},
}

// aboveTheRoot wants a client that goes up from the root to stay there.
func aboveTheRoot(s *site) error {
	c, err := s.login()
	if err != nil {
		return err
	}
	for _, line := range []string{"CDUP", "CWD ..", "CWD ../..", "CWD /..", "CDUP", "CDUP"} {
		if _, err := c.do(line, "250", "200", "4", "5"); err != nil {
			return err
		}
		if err := c.wantDir("/"); err != nil {
			return err
		}
	}
	return c.talk(step{"CWD sub", "250 200"})
}

// walks returns a visit in which a client goes where steps say, and then wants
// to be in a directory.
func walks(steps []string, dir string) func(s *site) error {
	return func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		defer c.close()
		for _, line := range steps {
			r, err := c.do(line, "250", "200")
			if err != nil {
				return err
			}
			if r.is("200") {
				s.note("a change of directory is answered 200, and should be 250: clients accept both")
			}
		}
		return c.wantDir(dir)
	}
}

// wantDir wants PWD to tell a directory.
func (c *client) wantDir(want string) error {
	r, err := c.do("PWD", "257")
	if err != nil {
		return err
	}
	got := dirOf(r.text)
	if want != "/" && got == want+"/" {
		c.site.note("PWD tells the directory with a slash at its end, and should not: clients accept that")
		return nil
	}
	if got != want {
		return c.failure("PWD tells the directory %q, want %q", got, want)
	}
	return nil
}

// dirOf returns the directory in the reply to PWD. If it is not in quotes, it is
// the first word, or, of a name with spaces, all.
func dirOf(text string) string {
	rest, quoted := strings.CutPrefix(text, `"`)
	if !quoted {
		if i := strings.IndexByte(text, '"'); i >= 0 {
			return dirOf(text[i:])
		}
		if word, _, ok := strings.Cut(text, " is "); ok {
			return word
		}
		return strings.TrimSpace(text)
	}
	var b strings.Builder
	for i := 0; i < len(rest); i++ {
		if rest[i] == '"' {
			if i+1 == len(rest) || rest[i+1] != '"' {
				break
			}
			i++
		}
		b.WriteByte(rest[i])
	}
	return b.String()
}

// another adds to an error that only one client should have changed.
func another(err error) error {
	return suite.About("TestDirectories/gives_each_client_a_directory_of_its_own",
		prefixed("one client has changed its directory, and it is another's too: ", err))
}
