package ftptest

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// listings holds part 3.
var listings = []testCase{
	{
		Name: "opens_a_data_connection", Group: suite.Core, Points: 3,
		Explanation: "After PASV, listen on a free port, and then reply 227 with that address and port. Listings and files go over this data connection. Listen at 127.0.0.1:0. After PORT, the client listens: connect to the address that it names.",
		Run: visit(withClient(func(s *site, c *client) error {
			l, err := c.link()
			if err != nil {
				return err
			}
			if _, ok := l.(*listening); ok { // the server connects when it has something to send
				if _, err := c.fetchOver(l, "LIST"); verdict.Of(err).About == dataConnection {
					return err // what else is wrong with it is for other cases to tell
				}
			}
			return c.nowhere
		})),
	},
	{
		Name: "lists_the_files_of_the_root", Group: suite.Core, Points: 3,
		Explanation: "For LIST, reply 150, send the lines over the data connection, close it, and reply 226.",
		Run:         visit(lists("LIST", nil, "", inRoot...)),
	},
	{
		Name: "lists_the_working_directory", Group: suite.Core, Points: 2,
		Explanation: "LIST without a name lists the working directory of the session, which CWD changes.",
		Run: visit(func(s *site) error {
			verb := "LIST"
			err := lists(verb, []string{"CWD sub"}, "", "inner.txt", "deep")(s)
			if err != nil && s.unlessCharged(err, listing) == nil {
				verb = "NLST"
				err = lists(verb, []string{"CWD sub"}, "", "inner.txt", "deep")(s)
			}
			if err != nil {
				return err
			}
			return s.unlessCharged(lists(verb, []string{"CWD sub", "CWD deep", "CDUP"}, "", "inner.txt", "deep")(s), goingUp)
		}),
	},
	{
		Name: "lists_a_directory_by_its_name", Group: suite.Core, Points: 1,
		Explanation: "LIST and NLST with a name list that directory. For an empty directory, reply 150, send no line, and reply 226. If there is no such directory, reply 550.",
		Run: visit(func(s *site) error {
			long := lists("LIST", nil, " sub", "inner.txt", "deep")(s)
			if err := s.unlessCharged(long, listing); err != nil {
				return err
			}
			bare := lists("NLST", nil, " sub", "inner.txt", "deep")(s)
			if err := s.unlessCharged(bare, bareListing); err != nil {
				return err
			}
			if long != nil && bare != nil {
				return long
			}
			var many []string
			for i := range s.many(300) {
				name := fmt.Sprintf("file%03d", i)
				if err := s.add("many/"+name, ""); err != nil {
					return err
				}
				many = append(many, name)
			}
			if err := s.unlessCharged(lists("LIST", nil, " many", many...)(s), listing); err != nil {
				return err
			}
			if err := s.unlessCharged(staysInPlace(s, "LIST sub"), telling, goingDown); err != nil {
				return err
			}
			return listsNothing(s)
		}),
	},
	{
		Name: "lists_only_names_for_NLST", Group: suite.Core, Points: 2,
		Explanation: "NLST sends only the names, one in each line, with CR LF at the end. Clients read them to fetch many files (mget).",
		Run:         visit(lists("NLST", nil, "", inRoot...)),
	},
	{
		Name: "accepts_the_types_ASCII_and_image", Group: suite.Core, Points: 1,
		Explanation: "The reply to TYPE I and TYPE A is 200. After any other reply, a client fetches files as text, and damages them.",
		Run: visit(withClient(func(s *site, c *client) error {
			for _, name := range []string{"I", "A", "I"} {
				if err := c.setType(name); err != nil {
					return err
				}
			}
			return nil
		})),
	},
	{
		Name: "lists_several_times", Group: suite.Core, Points: 1,
		Explanation: "Each data connection is for one transfer. The next transfer uses another one. Read the directory each time: a listing shows the files of that moment.",
		Run: visit(withClient(func(s *site, c *client) error {
			if err := s.lists3Times(c); err != nil {
				return err
			}
			return s.listsNewFile(c)
		})),
	},
	{
		Name: "lists_in_the_form_of_ls", Group: suite.Robustness, Points: 2,
		Explanation: "Write a listing in the form of ls -l: most programs can read it, and clients need it to mirror a tree. The first letter is d for a directory and - for a file. The size, the date and the name have fixed columns. A file that is older than half a year, or of the future, has its year in place of the time of day. Ignore flags before the name, as in LIST -a.",
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
		defer c.leave()
		if err := c.walk(steps); err != nil {
			return err
		}
		return c.wantListing(verb+arg, names...)
	}
}

// inRoot are the names in the root of every site.
var inRoot = []string{"hello.txt", "empty.txt", "bytes.bin", "two words.txt", "größe.txt", "sub", "A b"}

// listsNothing wants an empty directory to be listed, and one that does not exist to be
// refused.
func listsNothing(s *site) error {
	if err := os.Mkdir(filepath.Join(s.root, "void"), 0o755); err != nil {
		return err
	}
	for _, verb := range []string{"LIST", "NLST"} {
		if err := s.unlessCharged(lists(verb, nil, " void")(s), caseOf(verb, false)); err != nil {
			return prefixed("in an empty directory: ", err)
		}
		c, err := s.login()
		if err != nil {
			return err
		}
		if err := c.wantRefused(verb + " nosuch"); err != nil {
			return err
		}
		c.close()
	}
	err := lists("LIST", []string{"CWD void"}, "")(s)
	return ifChecked(prefixed("in an empty directory: ", s.unlessCharged(err, listing, listingWhereItIs)))
}

// lists3Times wants listings one after another. What is wrong with the first as well is charged
// in the cases about that.
func (s *site) lists3Times(c *client) error {
	var first error
	right := 0
	for range 3 {
		for _, l := range []struct {
			command string
			names   []string
			cases   []string
		}{
			{"LIST", inRoot, []string{listing}},
			{"NLST sub", []string{"inner.txt", "deep"}, []string{bareListing, listingByName}},
			{"LIST sub", []string{"inner.txt", "deep"}, []string{listing, listingByName}},
		} {
			err := c.wantListing(l.command, l.names...)
			if err == nil {
				right++
				continue
			}
			first = cmp.Or(first, err)
			if err := s.unlessCharged(err, l.cases...); err != nil {
				return err
			}
		}
	}
	if right < 2 {
		return first
	}
	return nil
}

// listsNewFile wants a file that is new to be in the next listing. What is wrong with the first as
// well is charged in the case about that.
func (s *site) listsNewFile(c *client) error {
	if err := c.wantAmong("LIST", "hello.txt"); err != nil {
		return s.unlessCharged(err, listing)
	}
	const name = "new.txt"
	if err := s.add(name, ""); err != nil {
		return err
	}
	return prefixed("after a listing, a file was added: ", s.unlessCharged(c.wantAmong("LIST", name), listing))
}

// wantListing wants a listing to have one line for each of names, and no other. (A server
// may list "." and ".." as well.)
func (c *client) wantListing(command string, names ...string) error {
	text, err := c.fetch(command)
	if err != nil {
		return err
	}
	verb, _, _ := strings.Cut(command, " ")
	lines := linesOf(text)
	if err := c.wantAll(command, lines, names); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, line := range lines {
		i := slices.IndexFunc(names, func(name string) bool { return isAbout(verb, line, name) })
		switch {
		case i >= 0 && seen[names[i]]:
			return c.failure("%s sent %s, want one line for %q", command, shown(lines), names[i])
		case i >= 0:
			seen[names[i]] = true
		case !isAbout(verb, line, ".") && !isAbout(verb, line, ".."):
			return c.failure("%s sent the line %q, and no file of this directory has such a name", command, line)
		}
	}
	return nil
}

// wantAmong wants a listing to have a line for each of names, and maybe others.
func (c *client) wantAmong(command string, names ...string) error {
	text, err := c.fetch(command)
	if err != nil {
		return err
	}
	return c.wantAll(command, linesOf(text), names)
}

// wantAll wants lines, which a command has sent, to have one for each of names.
func (c *client) wantAll(command string, lines, names []string) error {
	verb, _, _ := strings.Cut(command, " ")
	for _, name := range names {
		if !slices.ContainsFunc(lines, func(line string) bool { return isAbout(verb, line, name) }) {
			return c.failure("%s sent %s, want a line for %q", command, shown(lines), name)
		}
	}
	const below = "bottom.txt"
	if !slices.Contains(names, below) && strings.Contains(strings.Join(lines, "\n"), below) {
		return c.failure("%s sent %s, and %s is in a directory below; want one directory, not a tree", command, shown(lines), below)
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

// day is the unit of the ages of files.
const day = 24 * time.Hour

// An entry is what a listing must say of a file.
type entry struct {
	name string
	kind string // the first letter of the line
	age  time.Duration
}

// entries are those of the root.
var entries = []entry{
	{"hello.txt", "-", 3 * day},
	{"two words.txt", "-", 100 * day},
	{"empty.txt", "-", 5000 * day},
	{"größe.txt", "-", 400 * day},
	{"bytes.bin", "-", 10 * time.Minute},
	{"large.bin", "-", 800 * day},
	{"sub", "d", 30 * day},
	{"A b", "d", 2000 * day},
	{"tomorrow.txt", "-", -36 * time.Hour}, // read without a year, this is of last year
}

func listsInTheFormOfLs(s *site, c *client) error {
	if err := s.addSparse("large.bin", 1_234_567); err != nil {
		return err
	}
	if err := s.add("tomorrow.txt", ""); err != nil {
		return err
	}
	now := time.Now()
	for _, e := range entries {
		then := now.Add(-e.age)
		if err := os.Chtimes(filepath.Join(s.root, e.name), then, then); err != nil {
			return err
		}
	}
	text, err := c.fetch("LIST")
	if err != nil {
		return err
	}
	for _, e := range entries {
		i := slices.IndexFunc(linesOf(text), func(line string) bool { return isAbout("LIST", line, e.name) })
		if i < 0 {
			err := c.failure("LIST sent %s, want a line that ends in %q", shown(linesOf(text)), e.name)
			if err := s.unlessCharged(err, listing); err != nil {
				return err
			}
			continue
		}
		line := linesOf(text)[i]
		if line == e.name {
			s.note("LIST sends names alone. Clients that mirror a tree want lines like those of ls -l")
			return nil
		}
		if err := s.isLikeLs(c, line, e, now); err != nil {
			return err
		}
	}
	c.close()
	// Some clients send flags, as if the server ran ls.
	err = lists("LIST", []string{"CWD sub"}, " -a", "inner.txt", "deep")(s)
	if err := ifChecked(s.unlessCharged(err, listingWhereItIs)); err != nil {
		return err
	}
	err = s.unlessCharged(lists("LIST", nil, " -la sub", "inner.txt", "deep")(s), listingByName, spacesInADirectory)
	if err != nil {
		return err
	}
	return listsOddNames(s)
}

// listsOddNames wants a listing of a directory with a link that leads nowhere, and with a name that
// is no format of package fmt.
func listsOddNames(s *site) error {
	if err := s.add("odd/100%done.txt", ""); err != nil {
		return err
	}
	what := "a file whose name has a percent sign"
	if makeLink("nowhere", filepath.Join(s.root, "odd", "broken.lnk")) == nil {
		what += ", and a link that leads nowhere"
	}
	c, err := s.login()
	if err != nil {
		return err
	}
	err = s.unlessCharged(c.wantAmong("LIST odd", "100%done.txt"), listingByName)
	return prefixed("in a directory with "+what+": ", err)
}

// isLikeLs returns what is wrong with the line of a listing, sent at now, that is about an entry.
func (s *site) isLikeLs(c *client, line string, e entry, now time.Time) error {
	info, err := os.Stat(filepath.Join(s.root, e.name))
	if err != nil {
		return err
	}
	example := e.kind + "rw-r--r-- 1 ftp ftp " + fmt.Sprint(info.Size()) + info.ModTime().UTC().Format(" Jan _2  2006 ") + e.name
	fields := strings.Fields(strings.TrimSuffix(line, e.name))
	switch {
	case !strings.HasSuffix(line, " "+e.name):
		return c.failure("LIST sent the line %q, want one that ends in a space and the name: programs take it apart at its spaces", line)
	case e.kind == "d" && strings.HasPrefix(line, "-"):
		return c.failure("LIST shows the directory %s as if it were a file, in the line %q: the first letter is d for a directory", e.name, line)
	case e.kind == "-" && strings.HasPrefix(line, "d"):
		return c.failure("LIST shows the file %s as if it were a directory, in the line %q: the first letter is - for a file", e.name, line)
	case len(line) < 10 || !strings.HasPrefix(line, e.kind):
		return c.failure("LIST sent the line %q, want one that starts with %q and the permissions, like %q", line, e.kind, e.kind+"rw-r--r--")
	case len(fields) != 8:
		return c.failure("LIST sent the line %q, want 8 columns before the name, like %q", line, example)
	case e.kind == "-" && fields[4] != fmt.Sprint(info.Size()):
		return c.failure("LIST sent the line %q, want the size %d in the fifth column", line, info.Size())
	}
	date := strings.Join(fields[5:], " ")
	got, err := readDate(date, now)
	if err != nil {
		return c.failure("LIST sent the line %q, want a date like %q or %q: %w", line, "Mar 14 15:09", "Mar 14 2025", err)
	}
	if !sameTime(got, info.ModTime(), date) {
		rule := "show the time of day or, if the file is older than half a year, the year"
		if e.age < 0 {
			rule = "show the year of a file of the future"
		}
		return c.failure("LIST sent the line %q, in which clients read the date %s, but the file is from %s; %s, like %q",
			line, got.Format(time.DateOnly), info.ModTime().UTC().Format(time.DateOnly), rule, example)
	}
	return nil
}

// farthest is how far the clock of a server may be from UTC.
const farthest = 14 * time.Hour

// readDate reads a date of a listing as clients do: one without a year is of the last
// twelve months.
func readDate(date string, now time.Time) (time.Time, error) {
	if t, err := time.Parse("Jan 2 2006", date); err == nil {
		return t, nil
	}
	year := now.UTC().Year()
	for range 2 { // with a year, as there is a 29th of February in some years only
		t, err := time.Parse("2006 Jan 2 15:04", strconv.Itoa(year)+" "+date)
		if err == nil && !t.After(now.Add(farthest)) {
			return t, nil
		}
		year--
	}
	return time.Time{}, errors.New("this is not a date")
}

// sameTime reports whether a date of a listing, which clients read as got, is that of a
// file, in the time zone of the server, which is not known.
func sameTime(got, want time.Time, date string) bool {
	if !strings.Contains(date, ":") { // it has no time of day
		return got.Sub(want).Abs() <= day+farthest
	}
	const step = 15 * time.Minute // between two time zones
	apart := got.Sub(want.Truncate(time.Minute))
	return apart.Abs() <= farthest && apart%step == 0
}
