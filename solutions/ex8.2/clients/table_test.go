package clients

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A row is a line of the table: what a client sends, and what it wants to read.
type row struct {
	Name, Version          string
	Login, List, Get, Put  string
	Interrupt, End         string
	Data, Listing, Replies string
	Note                   string
}

var header = []string{"client", "version", "login", "list", "get", "put and rename", "on ^C", "end", "data", "listing", "wants to read", "notes"}

func (r row) cells() []string {
	return []string{r.Name, r.Version, r.Login, r.List, r.Get, r.Put, r.Interrupt, r.End, r.Data, r.Listing, r.Replies, r.Note}
}

// String returns the line of a table in Markdown.
func (r row) String() string { return "| " + strings.Join(r.cells(), " | ") + " |\n" }

// parseRow is the reverse of String.
func parseRow(line string) (r row, ok bool) {
	cells := strings.Split(strings.Trim(line, "| \n"), " | ")
	if len(cells) != len(header) {
		return r, false
	}
	for i, p := range []*string{&r.Name, &r.Version, &r.Login, &r.List, &r.Get, &r.Put, &r.Interrupt, &r.End, &r.Data, &r.Listing, &r.Replies, &r.Note} {
		*p = cells[i]
	}
	return r, true
}

// A visit is what a client has said in each part of it.
type visit struct{ read, write, large []*session }

// said returns the row of a client. It knows nothing yet of what the client wants to read.
func said(c *Client, version string, v visit) row {
	all := slices.Concat(v.read, v.write)
	login := setup(v.read[0].commands)
	return row{
		Name: c.Name, Version: version,
		Login:     code(v.read[0].commands[:login]),
		List:      code(upTo(v.read, "LIST", "NLST", "MLSD")),
		Get:       code(upTo(v.read, "RETR")),
		Put:       code(put(v.write)),
		Interrupt: interrupt(v.large),
		End:       cmp.Or(c.End, end(all)),
		Data:      code(kinds(all, "EPSV", "PASV", "PORT", "EPRT")),
		Listing:   code(kinds(all, "LIST", "NLST", "MLSD")),
		Replies:   none, Note: orNone(c.Note),
	}
}

const none = "–"

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}

func verb(command string) string {
	v, _, _ := strings.Cut(command, " ")
	return strings.ToUpper(v)
}

var setupVerbs = strings.Fields("OPTS FEAT USER PASS ACCT SYST PWD XPWD HELP CLNT SITE LANG HOST AUTH PBSZ PROT TYPE STRU MODE")

// setup returns how many of the first commands do not yet depend on what the user wants.
func setup(commands []string) int {
	n := slices.IndexFunc(commands, func(c string) bool { return !slices.Contains(setupVerbs, verb(c)) })
	if n < 0 {
		return len(commands)
	}
	return n
}

var transfers = []string{"RETR", "STOR", "APPE", "LIST", "NLST", "MLSD"}

// upTo returns the commands before the first that has one of verbs, and it, since
// the login or the last transfer.
func upTo(sessions []*session, verbs ...string) []string {
	for _, s := range sessions {
		begin := setup(s.commands)
		for i, c := range s.commands {
			switch {
			case slices.Contains(verbs, verb(c)):
				return s.commands[begin : i+1]
			case slices.Contains(transfers, verb(c)):
				begin = i + 1
			}
		}
	}
	return nil
}

// put returns the commands of an upload, and those after it.
func put(sessions []*session) []string {
	all := upTo(sessions, "STOR")
	for _, s := range sessions {
		if i := slices.IndexFunc(s.commands, func(c string) bool { return verb(c) == "STOR" }); i >= 0 {
			for _, c := range s.commands[i+1:] {
				if verb(c) == "QUIT" || slices.Contains([]string{"EPSV", "PASV"}, verb(c)) {
					break
				}
				all = append(slices.Clip(all), c)
			}
			break
		}
	}
	for _, s := range sessions {
		i := slices.IndexFunc(s.commands, func(c string) bool { return verb(c) == "RNFR" })
		if i >= 0 && !slices.Contains(all, s.commands[i]) {
			all = append(slices.Clip(all), s.commands[i:i+2]...)
		}
	}
	return all
}

// interrupt returns what a client does on ^C in a transfer.
func interrupt(sessions []*session) string {
	for _, s := range sessions {
		i := slices.IndexFunc(s.commands, func(c string) bool { return strings.HasSuffix(c, "large.bin") && verb(c) == "RETR" })
		if i < 0 {
			continue
		}
		if after := s.commands[i+1:]; len(after) > 0 {
			return code(after)
		}
		return "closes"
	}
	return none
}

// end returns how a client ends its sessions.
func end(sessions []*session) string {
	var quits, closes bool
	for _, s := range sessions {
		switch n := len(s.commands); {
		case s.secret:
			return none
		case n > 0 && verb(s.commands[n-1]) == "QUIT":
			quits = true
		default:
			closes = true
		}
	}
	switch {
	case quits && closes:
		return "`QUIT` or closes"
	case quits:
		return "`QUIT`"
	}
	return "closes"
}

// kinds returns which of verbs a client has sent, with flags such as -a.
func kinds(sessions []*session, verbs ...string) []string {
	var all []string
	for _, s := range sessions {
		for _, c := range s.commands {
			v, arg, _ := strings.Cut(c, " ")
			if !slices.Contains(verbs, strings.ToUpper(v)) {
				continue
			}
			if flag, _, _ := strings.Cut(arg, " "); strings.HasPrefix(flag, "-") {
				v += " " + flag
			} else if strings.Contains(arg, "*") {
				v += " " + arg
			}
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	slices.Sort(all)
	return all
}

var (
	varying = regexp.MustCompile(`^(PORT|EPRT|MFMT) \S+`)
	names   = strings.NewReplacer("shelf", "DIR", "empty.txt", "FILE", "listed.txt", "FILE", "noise.bin", "FILE", "put.bin", "FILE", "mine.bin", "FILE", "renamed.bin", "NEW", "|", "/")
)

// code returns commands for a cell: each in quotes, and without what differs from time to
// time.
func code(commands []string) string {
	var all []string
	for _, c := range commands {
		c = names.Replace(varying.ReplaceAllString(c, "$1 …"))
		if !utf8.ValidString(c) { // it has bytes of Telnet
			c = strings.Trim(fmt.Sprintf("%+q", c), `"`)
		}
		all = append(all, "`"+c+"`")
	}
	if all == nil {
		return none
	}
	return strings.Join(all, " ")
}
