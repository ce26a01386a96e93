package ftptest

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/testutil/suites/suite"
)

// directories holds part 2.
var directories = []testCase{
	{
		Name: "starts_at_the_root", Group: suite.Core, Points: 1,
		Explanation: `The reply to PWD is 257 and the working directory in quotes. For clients the root is "/", wherever it is on the machine.`,
		Run:         visit(walks(nil, "/")),
	},
	{
		Name: "changes_the_working_directory", Group: suite.Core, Points: 3,
		Explanation: "The reply to CWD is 250. A name starts at the working directory. A name with a slash at the beginning starts at the root. The \\r\\n at the end of the line is not part of the name.",
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
		Name: "changes_to_the_parent_directory", Group: suite.Core, Points: 2,
		Explanation: "CDUP and CWD .. go one directory up, and a name may begin with .. or contain it: path.Join removes it. There is nothing above the root: stay there, or refuse the command.",
		Run: visit(func(s *site) error {
			for _, walk := range []struct {
				steps []string
				want  string
			}{
				{[]string{"CWD sub", "CWD deep", "CDUP"}, "/sub"},
				{[]string{"CWD sub", "CWD deep", "CWD .."}, "/sub"},
				{[]string{"CWD sub", "CWD deep", "CWD ..", "CWD .."}, "/"},
			} {
				if err := walks(walk.steps, walk.want)(s); err != nil {
					return err
				}
			}
			if err := s.add("sub/sub/x", ""); err != nil {
				return err
			}
			for _, walk := range []struct{ name, want string }{
				{"../sub", "/sub/sub"}, // and not that of the root
				{"../deep/..", "/sub"},
			} {
				if err := upAndDown(s, walk.name, walk.want); err != nil {
					return err
				}
			}
			return aboveTheRoot(s)
		}),
	},
	{
		Name: "refuses_to_change_to_a_file_or_missing_name", Group: suite.Core, Points: 2,
		Explanation: "If the name is missing or a file, the reply to CWD is 550, and the working directory does not change. os.Stat says whether a name exists, and whether it is a directory.",
		Run: visit(withClient(func(s *site, c *client) error {
			if err := c.cd("sub"); err != nil {
				return err
			}
			if err := c.talk(step{"CWD nosuch", "5"}, step{"CWD inner.txt", "5"}, step{"CWD /hello.txt", "5"}, step{"CWD /hello.txt/", "5"}); err != nil {
				return err
			}
			return c.wantDir("/sub")
		})),
	},
	{
		Name: "accepts_a_directory_name_with_spaces", Group: suite.Core, Points: 1,
		Explanation: "The name is everything after the first space: a name may have spaces and any letters. Only the first space of a command ends its verb: strings.Cut finds it.",
		Run:         visit(walks([]string{"CWD A b", "CWD Ä"}, "/A b/Ä")),
	},
	{
		Name: "keeps_a_working_directory_for_each_client", Group: suite.Core, Points: 4,
		Explanation: "The working directory belongs to one session: keep it in the session. os.Chdir changes the directory of the process, and so of all clients.",
		Run: visit(func(s *site) error {
			ann, err := s.login()
			if err != nil {
				return err
			}
			bob, err := s.login()
			if err != nil {
				return err
			}
			if err := bob.wantDir("/"); err != nil { // no client has moved yet
				return err
			}
			if err := ann.cd("sub"); err != nil {
				return err
			}
			if err := bob.stays("/", "/sub"); err != nil {
				return err
			}
			// Only from the root is there a way to it, and ann has found it.
			if err := bob.cd("sub"); err != nil {
				return shared(err)
			}
			if err := ann.cd("deep"); err != nil {
				return suite.About(goingDown, err)
			}
			if err := ann.stays("/sub/deep", "/sub"); err != nil {
				return err
			}
			if err := bob.stays("/sub", "/sub/deep"); err != nil {
				return err
			}
			carol, err := s.login()
			if err != nil {
				return err
			}
			return carol.stays("/", "/sub", "/sub/deep")
		}),
	},
}

// loginDeep logs a client in that goes to /sub/deep, in two steps.
func (s *site) loginDeep() (*client, error) {
	c, err := s.loginIn("sub")
	if err == nil {
		err = c.cd("deep")
	}
	return c, err
}

// upAndDown wants a client to get from /sub/deep to a name with .. in it. A server may refuse
// such names.
func upAndDown(s *site, name, want string) error {
	c, err := s.loginDeep()
	if err != nil {
		return err
	}
	defer c.leave()
	r, err := c.do("CWD "+name, "2", "5")
	if err != nil {
		return err
	}
	if r.is("5") {
		s.note("CWD refuses names such as " + name + ", which clients send")
		return nil
	}
	return c.wantDir(want)
}

// aboveTheRoot wants a client that goes up from the root to stay there.
func aboveTheRoot(s *site) error {
	c, err := s.login()
	if err != nil {
		return err
	}
	for _, line := range []string{"CDUP", "CWD ..", "CWD ../..", "CWD /..", "CDUP", "CDUP"} {
		if _, err := c.do(line, "2", "4", "5"); err != nil {
			return err
		}
		if err := c.wantDir("/"); err != nil {
			return err
		}
	}
	return c.cd("sub")
}

// walks returns a visit in which a client goes where steps say, and then wants
// to be in a directory.
func walks(steps []string, dir string) func(s *site) error {
	return func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		defer c.leave()
		if err := c.walk(steps); err != nil {
			return err
		}
		return c.wantDir(dir)
	}
}

// leave has a client go back to the root, as that may be where the next one starts, and leave when
// that comes: the server may serve one client at a time. If none comes, the client leaves when the
// case is over. So a server that dies of it fails only the cases in which others come.
func (c *client) leave() {
	c.do("CWD /", "2")
	c.site.mu.Lock()
	defer c.site.mu.Unlock()
	c.site.retired = append(c.site.retired, c)
}

// dismiss has the clients leave that have to do so when the next one comes.
func (s *site) dismiss() {
	s.mu.Lock()
	retired := s.retired
	s.retired = nil
	s.mu.Unlock()
	for _, c := range retired {
		c.close()
	}
}

// walk carries out commands that change the directory: CDUP, or CWD and a name.
func (c *client) walk(steps []string) error {
	for _, line := range steps {
		err := error(nil)
		if dir, ok := strings.CutPrefix(line, "CWD "); ok {
			err = c.cd(dir)
		} else {
			err = c.up()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cd changes the directory.
func (c *client) cd(dir string) error {
	r, err := c.ask("CWD "+dir, "250 200", "2", goingDown)
	if err != nil && r.notKnown() {
		return c.site.missing("CWD", goingDown, err)
	}
	if r.is("200") {
		c.site.note("the reply to a change of directory is 200, and should be 250: clients accept both")
	}
	return err
}

// cdFromRoot changes to a directory of the root by its absolute name or, if the server
// knows none, from the root itself, where the client has to be.
func (c *client) cdFromRoot(dir string) error {
	r, err := c.do("CWD "+dir, "2", "5")
	if err != nil || r.is("2") {
		return err
	}
	return c.cd(strings.TrimPrefix(dir, "/"))
}

// up goes one directory up.
func (c *client) up() error {
	r, err := c.ask("CDUP", "250 200", "2", goingUp)
	if err != nil && r.notKnown() && !c.site.isAbout(goingUp) {
		return c.cd("..")
	}
	return err
}

// wantDir wants the client to be in a directory.
func (c *client) wantDir(want string) error {
	got, err := c.dir()
	if err == nil && got != want {
		err = c.elsewhere(got, want)
	}
	return err
}

// says returns err, that PWD shows the directory got where the client should be in want, unless
// PWD alone is wrong: that is charged in the cases about it.
func (c *client) says(got, want string, err error) error {
	if c.asked() != "PWD" {
		return err
	}
	real := path.Clean("/" + strings.ReplaceAll(got, `\`, "/"))
	if real != want && !c.site.fake {
		if listed, failed := c.listedDir(); failed == nil {
			real = listed
		}
	}
	if real == want {
		err = c.site.unlessCharged(err, telling, goingDown)
	}
	return err
}

// stays wants the client to be in the directory want still. If it is in one of others,
// where other clients have gone, they share a directory.
func (c *client) stays(want string, others ...string) error {
	got, err := c.dir()
	if err != nil || got == want {
		return err
	}
	if err = c.elsewhere(got, want); err != nil && slices.Contains(others, got) {
		err = shared(err)
	}
	return err
}

// elsewhere returns an error about a client that is in the directory got, or nil if only PWD
// says so, and that is charged in another case.
func (c *client) elsewhere(got, want string) error {
	how := "PWD shows"
	if c.asked() != "PWD" {
		how = c.asked() + " shows"
	}
	return c.says(got, want, c.failure("%s the directory %q, want %q", how, got, want))
}

// dir returns the working directory: the one that PWD shows or, if the server does not
// know it, the one whose files LIST shows.
func (c *client) dir() (string, error) {
	r, err := c.ask("PWD", "257", "2 4 5", telling)
	if err != nil {
		return "", err
	}
	if !r.is("2") {
		return c.listedDir()
	}
	dir := dirOf(r.text)
	if inside, ok := c.site.inside(dir); ok && !c.site.isAbout(telling) {
		c.site.note(suite.ChargedIn(telling, "PWD shows the path on the machine"))
		dir = inside
	}
	if dir != "/" && strings.HasSuffix(dir, "/") {
		c.site.note("PWD shows a slash at the end of the directory, and should not: clients accept that")
		dir = strings.TrimSuffix(dir, "/")
	}
	return dir, nil
}

// inside returns the path from the root of a path on the machine, and false if that is not
// in the root.
func (s *site) inside(dir string) (string, bool) {
	real, err := filepath.EvalSymlinks(s.root)
	if err != nil {
		real = s.root
	}
	for _, root := range []string{s.root, real} {
		if rest, ok := strings.CutPrefix(dir, filepath.ToSlash(root)); ok && (rest == "" || rest[0] == '/') {
			return path.Clean("/" + rest), true
		}
	}
	return "", false
}

// listedDir returns the directory whose files LIST shows.
func (c *client) listedDir() (string, error) {
	text, err := c.fetch("LIST")
	if err != nil {
		return "", suite.Unchecked("no PWD, and no LIST in its place: " + err.Error())
	}
	lines := slices.DeleteFunc(linesOf(text), func(line string) bool { return isAbout("LIST", line, ".") || isAbout("LIST", line, "..") })
	found := ""
	err = filepath.WalkDir(c.site.root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return err
		}
		isListed := func(e os.DirEntry) bool {
			return slices.ContainsFunc(lines, func(line string) bool { return isAbout("LIST", line, e.Name()) })
		}
		if len(entries) == len(lines) && !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !isListed(e) }) {
			found, _ = c.site.inside(filepath.ToSlash(name))
			return fs.SkipAll
		}
		return nil
	})
	if err == nil && found == "" {
		err = c.failure("LIST sent %s, want the files of a directory: PWD is not known, and does not tell which one the client is in", shown(lines))
	}
	return found, err
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

// shared adds to an error that only one client should have changed.
func shared(err error) error {
	return suite.About(ownDirectory,
		prefixed("one client has changed its directory, and another client's directory has changed, too: ", err))
}
