package ftptest

import (
	"fmt"
	"slices"
	"strings"

	"example.com/workbook/testutil/suite"
)

// listings holds part 3.
var listings = []testCase{
	{
		Name: "makes_a_data_connection", Group: suite.Core, Points: 3,
		Explanation: "Listings and files go over a connection of their own. After PASV the server listens on a free port and says which: listen first, at 127.0.0.1:0, and then reply 227.",
		Run: visit(withClient(func(s *site, c *client) error {
			_, err := c.link()
			return err
		})),
	},
	{
		Name: "lists_the_files_of_the_root", Group: suite.Core, Points: 3,
		Explanation: "LIST is answered 150; then the lines go over the data connection, which the server closes; then comes 226.",
		Run:         visit(lists("LIST", nil, "", "hello.txt", "empty.txt", "bytes.bin", "two words.txt", "größe.txt", "sub", "A b")),
	},
	{
		Name: "lists_the_working_directory", Group: suite.Core, Points: 2,
		Explanation: "LIST without a name lists the working directory of the session, after CWD another one.",
		Run: visit(func(s *site) error {
			if err := lists("LIST", []string{"CWD sub"}, "", "inner.txt", "deep")(s); err != nil {
				return err
			}
			return lists("LIST", []string{"CWD sub", "CWD deep", "CDUP"}, "", "inner.txt", "deep")(s)
		}),
	},
	{
		Name: "lists_a_directory_by_its_name", Group: suite.Core, Points: 1,
		Explanation: "LIST and NLST with a name list that directory.",
		Run: visit(func(s *site) error {
			if err := lists("LIST", nil, " sub", "inner.txt", "deep")(s); err != nil {
				return err
			}
			if err := lists("NLST", nil, " sub", "inner.txt", "deep")(s); err != nil {
				return err
			}
			var many []string
			for i := range 300 {
				name := fmt.Sprintf("file%03d", i)
				if err := s.add("many/"+name, ""); err != nil {
					return err
				}
				many = append(many, name)
			}
			return lists("LIST", nil, " many", many...)(s)
		}),
	},
	{
		Name: "lists_the_bare_names", Group: suite.Core, Points: 2,
		Explanation: "NLST sends the names alone, one a line, with CR LF after each: clients read them to fetch many files (mget).",
		Run:         visit(lists("NLST", []string{"CWD sub"}, "", "inner.txt", "deep")),
	},
	{
		Name: "switches_between_text_and_files_as_they_are", Group: suite.Core, Points: 1,
		Explanation: "TYPE I and TYPE A are answered 200. A client that hears otherwise fetches files as text, and damages them.",
		Run: visit(withClient(func(s *site, c *client) error {
			return c.talk(step{"TYPE I", "200"}, step{"TYPE A", "200"}, step{"type i", "200"})
		})),
	},
	{
		Name: "lists_again_and_again", Group: suite.Core, Points: 1,
		Explanation: "Each data connection is for one transfer. The next command gets another.",
		Run: visit(withClient(func(s *site, c *client) error {
			for range 3 {
				if err := c.wantNames("LIST", "hello.txt", "sub"); err != nil {
					return err
				}
			}
			return nil
		})),
	},
	{
		Name: "lists_in_the_form_of_ls", Group: suite.Sturdy, Points: 2,
		Explanation: "Programs read listings: most know the lines of ls -l, in which the first letter tells directories (d) from files (-), and the size and name of a file stand in their places. Without them, no client can mirror a tree.",
		Run:         visit(withClient(listsInTheFormOfLs)),
	},
}

// lists returns a visit in which a client, after some steps, wants names in a listing.
func lists(verb string, steps []string, arg string, names ...string) func(s *site) error {
	return func(s *site) error {
		c, err := s.login()
		if err != nil {
			return err
		}
		defer c.close()
		for _, line := range steps {
			if _, err := c.do(line, "250", "200"); err != nil {
				return err
			}
		}
		return c.wantNames(verb+arg, names...)
	}
}

// wantNames wants a listing to have a line for each of names.
func (c *client) wantNames(command string, names ...string) error {
	text, err := c.fetch(command)
	if err != nil {
		return err
	}
	verb, _, _ := strings.Cut(command, " ")
	lines := linesOf(text)
	for _, name := range names {
		if !slices.ContainsFunc(lines, func(line string) bool { return isAbout(verb, line, name) }) {
			return c.failure("%s sent %s, want a line for %q", command, shown(lines), name)
		}
	}
	if strings.Contains(text, "bottom.txt") {
		return c.failure("%s sent %s, and bottom.txt is in a directory below; want one directory, not a tree", command, shown(lines))
	}
	return nil
}

// isAbout reports whether a line of a listing is about name: with NLST it is the
// name itself, with LIST the name stands at one of its ends.
func isAbout(verb, line, name string) bool {
	line = strings.ReplaceAll(strings.TrimSuffix(line, "/"), "\t", " ") // a slash may mark a directory
	if verb == "NLST" {
		return line == name || strings.HasSuffix(line, "/"+name) // as in sub/name
	}
	return line == name || strings.HasSuffix(line, " "+name) || strings.HasPrefix(line, name+" ")
}

// linesOf returns the lines of a listing, without a total.
func linesOf(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" && !strings.HasPrefix(line, "total ") {
			lines = append(lines, line)
		}
	}
	return lines
}

func shown(lines []string) string {
	if len(lines) == 0 {
		return "nothing"
	}
	return short(fmt.Sprintf("%q", lines))
}

func listsInTheFormOfLs(s *site, c *client) error {
	text, err := c.fetch("LIST")
	if err != nil {
		return err
	}
	for _, want := range []struct{ name, first, size string }{
		{"hello.txt", "-", "13"},
		{"two words.txt", "-", "10"},
		{"sub", "d", ""},
	} {
		i := slices.IndexFunc(linesOf(text), func(line string) bool { return isAbout("LIST", line, want.name) })
		if i < 0 {
			return c.failure("LIST sent %s, want a line that ends in %q", shown(linesOf(text)), want.name)
		}
		line := linesOf(text)[i]
		if line == want.name {
			s.note("LIST sends names alone. Clients that mirror a tree want lines like those of ls -l")
			return nil
		}
		fields := strings.Fields(strings.TrimSuffix(line, want.name))
		switch {
		case !strings.HasSuffix(line, " "+want.name):
			return c.failure("LIST sent the line %q, want one that ends in a space and the name: programs take it apart at its spaces", line)
		case len(line) < 10 || !strings.HasPrefix(line, want.first):
			return c.failure("LIST sent the line %q, want one that starts with %q and the permissions, like %q", line, want.first, want.first+"rw-r--r--")
		case len(fields) != 8:
			return c.failure("LIST sent the line %q, want 8 columns before the name, like %q", line, "-rw-r--r-- 1 ftp ftp 13 Mar 14 15:09 "+want.name)
		case want.size != "" && fields[4] != want.size:
			return c.failure("LIST sent the line %q, want the size %s in the fifth column", line, want.size)
		}
	}
	return nil
}
