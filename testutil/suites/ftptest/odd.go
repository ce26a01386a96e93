package ftptest

import (
	"context"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// The cases about replies that many other cases need. A reply that is odd and works is
// charged in the case about it, and the other cases go on with a note.
const (
	greeting       = "TestLogin/greets_a_client"
	loggingIn      = "TestLogin/lets_anybody_in"
	goodbye        = "TestLogin/says_goodbye_and_disconnects"
	telling        = "TestDirectories/starts_at_the_root"
	goingDown      = "TestDirectories/goes_into_a_directory"
	goingUp        = "TestDirectories/comes_back_up"
	ownDirectory   = "TestDirectories/gives_each_client_a_directory_of_its_own"
	dataConnection = "TestListings/makes_a_data_connection"
	typing         = "TestListings/switches_between_text_and_files_as_they_are"
	everyByteSent  = "TestFiles/sends_every_byte_as_it_is"
	noSuchFile     = "TestFiles/says_so_when_there_is_no_such_file"
	transferEnd    = "TestFiles/sends_a_file"
	listing        = "TestListings/lists_the_files_of_the_root"
	bareListing    = "TestListings/lists_the_bare_names"
	noDirectory    = "TestDirectories/refuses_what_is_no_directory"
	notKnown       = "TestLogin/answers_what_it_does_not_know"
)

// caseOf returns the case that is about the reply to a command, which was refused or not,
// or "" if there is none.
func caseOf(command string, refused bool) string {
	verb, _, _ := strings.Cut(command, " ")
	verb = strings.ToUpper(verb)
	switch {
	case command == newConnection:
		return greeting
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
// is the one called name, which has the rule that is broken. The others get a note.
func (s *site) odd(name string, err error) error {
	if s.isAbout(name) {
		return err
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	s.note(text + "; this is charged in " + name)
	return nil
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
	return verdict.Because(c.verb()+" is not known", err)
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
