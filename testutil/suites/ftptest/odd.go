package ftptest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// The cases about replies that many other cases need. A reply that is odd and works is
// charged in the case about it, and the other cases go on with a note.
const (
	greeting       = "TestLogin/greets_a_client"
	loggingIn      = "TestLogin/accepts_any_user_and_password"
	goodbye        = "TestLogin/replies_to_QUIT_and_disconnects"
	telling        = "TestDirectories/starts_at_the_root"
	goingDown      = "TestDirectories/changes_the_working_directory"
	goingUp        = "TestDirectories/changes_to_the_parent_directory"
	ownDirectory   = "TestDirectories/keeps_a_working_directory_for_each_client"
	dataConnection = "TestListings/opens_a_data_connection"
	typing         = "TestListings/accepts_the_types_ASCII_and_image"
	everyByteSent  = "TestFiles/sends_every_byte_unchanged"
	noSuchFile     = "TestFiles/reports_a_missing_file"
	noFile         = "TestRobust/refuses_to_send_a_directory_or_a_pipe"
	transferEnd    = "TestFiles/sends_a_file"
	listing        = "TestListings/lists_the_files_of_the_root"
	bareListing    = "TestListings/lists_only_names_for_NLST"
	noDirectory    = "TestDirectories/refuses_to_change_to_a_file_or_missing_name"
	notKnown       = "TestLogin/replies_to_unknown_commands"

	spacesInADirectory  = "TestDirectories/accepts_a_directory_name_with_spaces"
	fromTheDirectory    = "TestFiles/sends_from_the_working_directory"
	listingByName       = "TestListings/lists_a_directory_by_its_name"
	listingAgain        = "TestListings/lists_several_times"
	listingWhereItIs    = "TestListings/lists_the_working_directory"
	emptyFile           = "TestFiles/sends_an_empty_file"
	largeFile           = "TestFiles/sends_a_large_file"
	oneFileAfterAnother = "TestFiles/sends_one_file_after_another"
	repliesLast         = "TestFiles/says_226_when_all_is_sent"
	leaving             = "TestRobust/survives_clients_that_leave_at_any_moment"
	brokenOff           = "TestRobust/reports_an_aborted_transfer"
)

// caseOf returns the case that is about the reply to a command, which was refused or not,
// or "" if there is none.
func caseOf(command string, refused bool) string {
	verb, arg, _ := strings.Cut(command, " ")
	verb = strings.ToUpper(verb)
	switch {
	case command == newConnection:
		return greeting
	case verb == "RETR" && refused && slices.Contains(notFiles, arg):
		return noFile
	case verb == "RETR" && refused:
		return noSuchFile
	case verb == "CWD" && refused:
		return noDirectory
	case verb == "CDUP" && refused:
		return "" // at the root it may be
	}
	name, ok := map[string]string{
		"USER": loggingIn, "PASS": loggingIn, "QUIT": goodbye,
		"CWD": goingDown, "CDUP": goingUp, "PWD": telling,
		"PASV": dataConnection, "EPSV": dataConnection, "PORT": dataConnection, "EPRT": dataConnection,
		"TYPE": typing, "LIST": listing, "NLST": bareListing, "RETR": transferEnd,
	}[verb]
	if !ok && refused {
		return notKnown
	}
	return name
}

// caseKey is the key of the name of the case that is run, in its context.
type caseKey struct{}

func withCase(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, caseKey{}, name)
}

// fewKey is the key of a context in which crowds are small, since how a server stands a crowd
// is not the question.
type fewKey struct{}

// many returns n, or a part of it where crowds are small.
func (s *site) many(n int) int {
	if s.ctx.Value(fewKey{}) != nil {
		return max(3, n/20)
	}
	return n
}

// isAbout reports whether the case that is run is the one called name.
func (s *site) isAbout(name string) bool { return s.ctx.Value(caseKey{}) == name }

// odd returns err, which is about a reply that works all the same, if the case that is run
// is the first of names that fails: they have the rule that is broken. The others get a note.
// If none of them fails, no other case is charged, so odd returns err.
func (s *site) odd(err error, names ...string) error {
	if s.remote { // and cannot be asked
		names = names[:1]
	}
	for _, name := range names {
		if s.isAbout(name) {
			return err
		}
		if s.fails(name) {
			return s.chargedIn(name, err)
		}
	}
	if _, ok := errors.AsType[silence](err); s.asks() && !ok {
		return err
	}
	return s.chargedIn(names[0], err)
}

// chargedIn notes that err is charged in another case.
func (s *site) chargedIn(name string, err error) error {
	s.note(suite.ChargedIn(name, err.Error()))
	return nil
}

// leave notes that err, which is certain, is left to another case. If that passes, the case that
// is run fails.
func (s *site) leave(name string, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == nil {
		s.left = suite.Left(name, err)
	}
	return nil
}

// unlessCharged returns err, unless one of the cases called names fails as well: that has the
// rule that is broken, and the case that is run gets a note. An error about a silence, or about
// many clients, is returned as it is.
func (s *site) unlessCharged(err error, names ...string) error {
	if err == nil || verdict.Of(err).Kind != verdict.Wrong {
		return err
	}
	if _, ok := errors.AsType[silence](err); ok {
		return err
	}
	for _, name := range names {
		if s.isAbout(name) {
			return err
		}
		if s.fails(name) {
			return s.chargedIn(name, err)
		}
	}
	return err
}

// askingKey is the key of a context in which it is asked whether another case fails.
type askingKey struct{}

// asks reports whether it can be asked if another case fails: there must be another site, and
// this one must not answer such a question.
func (s *site) asks() bool {
	return !s.remote && s.opener.open != nil && s.ctx.Value(askingKey{}) == nil
}

// fails reports whether the case called name fails, with a site of its own. It is false if that
// cannot be asked.
func (s *site) fails(name string) bool {
	run, ok := bodies[name]
	if !ok || !s.asks() {
		return false
	}
	s.charging <- struct{}{} // no mutex, since a fake clock stops when one is waited for
	defer func() { <-s.charging }()
	failed, ok := s.charged[name]
	if !ok {
		ctx := context.WithValue(withCase(s.ctx, name), askingKey{}, true)
		before := sockets()
		failed = verdict.Of(run.do(ctx, s.opener)).Failed()
		if s.ofOthers == nil {
			s.ofOthers = make(map[string]bool)
		}
		for socket := range sockets() { // the client of this site waits, so they are not for it
			if !before[socket] {
				s.ofOthers[socket] = true
			}
		}
		if s.charged == nil {
			s.charged = make(map[string]bool)
		}
		s.charged[name] = failed
	}
	return failed
}

// insist has a client do something. If the server ends its session after a reply, and does so in
// the case about that reply, another client does it, which starts in dir.
func (s *site) insist(c **client, dir string, do func(c *client) error) error {
	err := do(*c)
	before, refused := (*c).askedBefore(1), (*c).last.is("4", "5")
	if _, ok := errors.AsType[disconnection](err); !ok || before == "" {
		return err
	}
	if err := s.unlessCharged(err, caseOf(before, refused), oneFileAfterAnother, listingAgain); err != nil {
		return err
	}
	if *c, err = s.loginIn(dir); err != nil {
		return err
	}
	return do(*c)
}

// loginIn is login with a directory, or "", to which the client goes.
func (s *site) loginIn(dir string) (*client, error) {
	c, err := s.login()
	if err == nil && dir != "" {
		err = c.cd(dir)
	}
	return c, err
}

// missing returns err, which is about a command that the server does not know, if the case
// that is run is the one called name, which is about the command. The others cannot tell
// what they are to check.
func (s *site) missing(verb, name string, err error) error {
	if !s.isAbout(name) {
		err = suite.Unchecked("no " + verb + ": " + err.Error())
	}
	return verdict.Because(verb+" is not known", err)
}

// unknown returns err, which is about r, the reply to the last command, with the cause that
// the server does not know that, if it says so.
func (c *client) unknown(r reply, err error) error {
	if !r.notKnown() || caseOf(c.asked(), false) == "" {
		return err
	}
	if verb := c.asked(); c.knows(verb + " ") {
		return verdict.Because(keptCR, c.failure(`the reply to %s is %q, and with a space behind it %s is known: remove "\r" and "\n" from each line`, verb, r, verb))
	}
	return verdict.Because(c.verb()+" is not known", err)
}

// keptCR is the cause of failures of a server that takes the \r at the end of a line for a part of it.
const keptCR = "the server keeps the \\r at the end of a line"

// knows reports whether the server knows a verb with a space behind it. It asks only about one that
// came without an argument.
func (c *client) knows(line string) bool {
	if strings.Count(line, " ") > 1 || c.site.times("knows "+line) > 0 {
		return false
	}
	r, err := c.do(line, "1", "2", "3", "4", "5")
	return err == nil && r.is("1", "2", "3")
}

// verb returns the last command without its argument.
func (c *client) verb() string {
	verb, _, _ := strings.Cut(c.asked(), " ")
	return strings.ToUpper(verb)
}

// ifChecked returns err, or nil if it is about a part of a case that could not be checked,
// where another part was.
func ifChecked(err error) error {
	if verdict.Of(err).Kind == verdict.NotChecked {
		return nil
	}
	return err
}

// notKnown reports whether r is the reply to a command that the server does not know.
func (r reply) notKnown() bool { return r.is("500", "502", "504") }
