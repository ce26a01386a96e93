package ftptest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/workbook/testutil/suites/suite"
)

// extras holds what goes beyond the exercise.
var extras = []testCase{
	{
		Name: "reports_the_size_of_a_file", Group: suite.Extra, Points: 1,
		Explanation: "The reply to SIZE is 213 and the number of bytes that RETR would send (RFC 3659, 4).",
		Run: visit(func(s *site) error {
			if err := s.addSparse("large.bin", 1_234_567); err != nil {
				return err
			}
			if err := s.wantText("SIZE large.bin", `^1234567$`); err != nil {
				return err
			}
			return s.wantText("SIZE hello.txt", `^13$`)
		}),
	},
	{
		Name: "reports_when_a_file_was_changed", Group: suite.Extra, Points: 1,
		Explanation: "The reply to MDTM is 213 and a time like 20260314150926, in UTC (RFC 3659, 3).",
		Run: visit(func(s *site) error {
			then := time.Now().Add(-400 * day)
			if err := os.Chtimes(filepath.Join(s.root, "hello.txt"), then, then); err != nil {
				return err
			}
			return s.wantText("MDTM hello.txt", "^"+then.UTC().Format(facts)+`(\.\d+)?$`)
		}),
	},
	{
		Name: "resumes_an_interrupted_transfer", Group: suite.Extra, Points: 2,
		Explanation: "The reply to REST 100 is 350, and the next RETR starts at byte 100 (RFC 3659, 5).",
		Run: visit(withClient(func(s *site, c *client) error {
			if err := c.binary(); err != nil {
				return err
			}
			l, err := c.link()
			if err != nil {
				return err
			}
			if err := c.talk(step{"REST 100", "350"}); err != nil {
				return err
			}
			got, err := c.fetchOver(l, "RETR bytes.bin")
			if err != nil {
				return err
			}
			if err := c.compare("after REST 100, RETR bytes.bin", got, tree["bytes.bin"][100:]); err != nil {
				return err
			}
			if err := c.get("bytes.bin", tree["bytes.bin"]); err != nil { // all of it again
				return err
			}
			if err := c.talk(step{"REST 100", "350"}); err != nil {
				return err
			}
			c.close()
			another, err := s.login()
			if err != nil {
				return err
			}
			if err := another.binary(); err != nil {
				return err
			}
			got, err = another.fetch("RETR bytes.bin")
			if err == nil && got != tree["bytes.bin"] {
				err = another.failure("after another client has sent REST 100 and left, RETR bytes.bin sent %s", difference(got, tree["bytes.bin"]))
			}
			return err
		})),
	},
	{
		Name: "lists_facts_for_MLSD", Group: suite.Extra, Points: 2,
		Explanation: "MLSD lists a directory in a fixed form (RFC 3659, 7). Each line has facts such as size=13, each with a semicolon after it, then a space, and the name.",
		Run: visit(withClient(func(s *site, c *client) error {
			then := time.Now().Add(-400 * day)
			if err := os.Chtimes(filepath.Join(s.root, "bytes.bin"), then, then); err != nil {
				return err
			}
			text, err := c.fetch("MLSD")
			if err != nil {
				return err
			}
			return c.wantFacts(text)
		})),
	},
	{
		Name: "receives_a_file", Group: suite.Extra, Points: 2,
		Explanation: "STOR receives a file over the data connection, until the client closes it. (A server that is configured to refuse it with 550 passes, too.)",
		Run: visit(withClient(func(s *site, c *client) error {
			if err := c.binary(); err != nil {
				return err
			}
			if refused, err := c.stores("new.bin", noise(200_000)); err != nil || refused {
				return err
			}
			_, err := c.stores("new.bin", "short\n")
			return prefixed("over a longer file: ", err)
		})),
	},
}

// facts is the form of a time in the replies to MDTM and MLSD.
const facts = "20060102150405"

// wantFacts wants the text that MLSD has sent to have a line for each file of the root,
// and no other. (A server may also list the directory itself and the one above.)
func (c *client) wantFacts(text string) error {
	for _, name := range inRoot {
		info, err := os.Stat(filepath.Join(c.site.root, name))
		if err != nil {
			return err
		}
		want := []string{"type=file", fmt.Sprintf("size=%d", info.Size())}
		if info.IsDir() {
			want = []string{"type=dir"}
		}
		if strings.Contains(strings.ToLower(text), "modify=") {
			want = append(want, "modify="+info.ModTime().UTC().Format(facts)+`(\.\d+)?`)
		}
		for _, fact := range want {
			line := `(?mi)^(\S+=[^;]*;)*` + fact + `;(\S+=[^;]*;)* ` + regexp.QuoteMeta(name) + `\r$`
			if !regexp.MustCompile(line).MatchString(text) {
				return c.failure("MLSD sent %q, want a line for %s with the fact %s;", text, name, fact)
			}
		}
	}
	for line := range strings.Lines(text) {
		about, name, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		about = strings.ToLower(about)
		if !slices.Contains(inRoot, name) && !strings.Contains(about, "type=cdir;") && !strings.Contains(about, "type=pdir;") {
			return c.failure("MLSD sent the line %q, and no file of this directory has such a name", line)
		}
	}
	return nil
}

// wantText wants the text of the reply 213 to a command to match a pattern.
func (s *site) wantText(line, pattern string) error {
	c, err := s.login()
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.binary(); err != nil {
		return err
	}
	r, err := c.do(line, "213")
	if err != nil {
		return err
	}
	if !regexp.MustCompile(pattern).MatchString(r.text) {
		return c.failure("the reply to %s is %q, want 213 and a match for %s", line, r, pattern)
	}
	return nil
}

// stores uploads a file, and wants it to be stored, unless the server refuses uploads.
func (c *client) stores(name, want string) (refused bool, err error) {
	l, err := c.link()
	if err != nil {
		return false, err
	}
	r, err := c.do("STOR "+name, "150", "125", "550", "532")
	if err != nil || r.is("5") {
		return r.is("5"), err
	}
	conn, err := l.conn(c.site.patience)
	if err != nil {
		return false, err
	}
	if _, err := io.Copy(conn, strings.NewReader(want)); err != nil {
		return false, c.failure("STOR %s: %w", name, err)
	}
	conn.Close()
	if err := c.finish(); err != nil {
		return false, err
	}
	got, err := os.ReadFile(filepath.Join(c.site.root, name))
	if err != nil {
		return false, c.failure("after STOR %s: %w", name, err)
	}
	if string(got) != want {
		return false, c.failure("STOR %s stored %s", name, difference(string(got), want))
	}
	return false, nil
}
