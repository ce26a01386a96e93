package ftptest

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A client is one that speaks FTP, and remembers what was said.
type client struct {
	site     *site
	conn     net.Conn
	in       *bufio.Reader
	dialogue []string // "C: RETR a", "S: 150 here it comes"
	bare     bool     // a reply has ended in LF alone
	terse    string   // a reply that was a code alone
	nowhere  error    // PASV has told an address at which nothing can be reached
	unusable error    // why the first of methods that was of no use was not

	unknownMethod error  // about the first of methods that is not known
	refused       string // its verb
	refusal       reply  // to that

	linked  bool   // a data connection was made
	lenient bool   // the reply to a method may have an odd code
	last    reply  // the last one
	before  reply  // the one before that
	hurry   bool   // it does not wait long for a reply
	ended   *reply // to the end of the transfer, if it came where 150 should
	greeted bool   // it is one of site.connected; guarded by site.mu
	method  int    // which of methods has made the last data connection: see link
}

// A reply is what the server says to a command.
type reply struct {
	code  string // three digits
	text  string // of its last line, without the code
	lines []string
}

// ownProtocol is what a student should read whose server does not speak FTP.
const ownProtocol = `FTP clients wait for a line that starts with 220 before they say anything.
A protocol of your own, with ls, cd and get, works over netcat. The real ftp command
sends USER and PWD, CWD (for cd), LIST (for ls), RETR (for get) and QUIT (for close).
Each reply starts with a code: see exercises/ex8.2/protocol.md.`

// connect connects a client and reads the greeting.
func (s *site) connect() (*client, error) {
	c, err := s.connectSilently()
	if err != nil {
		return nil, err
	}
	r, err := c.reply()
	if err == nil && r.is("120") {
		s.note("the first reply to a new client is 120, which tells it to wait: few clients know that")
		r, err = c.reply()
	}
	switch {
	case errors.Is(err, errTwoReplies):
		return nil, err
	case err != nil && s.alone():
		return nil, fmt.Errorf("the server does not greet a new client: %w\n%s", err, ownProtocol)
	case err != nil:
		return nil, s.ungreeted(err)
	case !r.is("220"):
		err := fmt.Errorf("the server greets a new client with %q, want a reply with code 220", r)
		if !strings.HasPrefix(r.lines[0], "220") {
			err = fmt.Errorf("%w\n%s", err, ownProtocol)
		}
		if r.is("2") {
			err = s.odd(err, greeting)
		}
		if err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.greetings++
	s.connected++
	c.greeted = true
	return c, nil
}

// alone reports whether the server has greeted no client yet.
func (s *site) alone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greetings == 0
}

// ungreeted returns err with the clients that the server has greeted before the newest
// one, which it does not greet.
func (s *site) ungreeted(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.connected == 1:
		return suite.NotConcurrent("while one client is connected, the server does not greet another client: %w", err)
	case s.connected > 1:
		return suite.Limited("TestSessions/serves_a_hundred_sessions_at_once", "while %d clients are connected, the server does not greet another client: %w", s.connected, err)
	}
	return fmt.Errorf("%s came and left, and the server does not greet another client: %w", counted(s.greetings, "client"), err)
}

// connectSilently connects a client that has not read the greeting, and for which the
// network in memory keeps nothing until it does.
func (s *site) connectSilently() (*client, error) {
	s.dismiss()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.patience)
	defer cancel()
	conn, err := s.dial(pipenet.WithWindow(ctx, 1))
	if err != nil {
		return nil, err
	}
	s.keep(conn)
	return &client{site: s, conn: conn, in: bufio.NewReader(conn)}, nil
}

// logins connects n clients, all at the same time, and logs them in.
func (s *site) logins(n int) ([]*client, error) {
	all := make([]*client, n)
	var group errgroup.Group
	for i := range all {
		group.Go(func() (err error) {
			all[i], err = s.login()
			return err
		})
	}
	return all, group.Wait()
}

// login connects a client and logs it in.
func (s *site) login() (*client, error) {
	c, err := s.connect()
	if err != nil {
		return nil, err
	}
	return c, c.login(s.name())
}

func (c *client) login(user string) error {
	r, err := c.ask("USER "+user, "331 230", "2 3", loggingIn)
	if err != nil {
		return err
	}
	if r.is("230") {
		c.site.note("the reply to USER is 230, without asking for a password: clients accept that")
		return nil
	}
	_, err = c.ask("PASS "+c.site.pass(), "230 202", "2", loggingIn)
	return err
}

// name returns the name with which clients log in.
func (s *site) name() string { return cmp.Or(s.user, "anonymous") }

// pass returns their password.
func (s *site) pass() string {
	if s.user == "" {
		return "guest@"
	}
	return s.password
}

// quit says goodbye.
func (c *client) quit() error {
	_, err := c.ask("QUIT", "221", "2", goodbye)
	return err
}

// answers wants the session to go on: any answer will do.
func (c *client) answers() error {
	_, err := c.do("NOOP", "2", "4", "5")
	return err
}

func (s *site) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.notes, text) {
		s.notes = append(s.notes, text)
	}
}

// send sends a line.
func (c *client) send(line string) error {
	if c.in.Buffered() > 0 {
		refused := c.last.is("4", "5")
		r, err := c.reply()
		if err == nil {
			err = c.another(c.asked(), refused, r)
		}
		if err != nil {
			return err
		}
	}
	c.dialogue = append(c.dialogue, "C: "+visible(line))
	c.site.mu.Lock()
	c.site.sent = line
	c.site.mu.Unlock()
	return c.write(line + "\r\n")
}

// write sends bytes as they are.
func (c *client) write(text string) error {
	c.conn.SetWriteDeadline(c.deadline())
	_, err := io.WriteString(c.conn, text)
	if errors.Is(err, pipenet.Broken) || errors.Is(err, pipenet.Reset) || errors.Is(err, io.ErrClosedPipe) {
		return disconnection{c.failure("the server has closed the connection without a reply to %s", c.asked())}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.conn.SetReadDeadline(c.deadline())
		if line, _ := c.in.ReadString('\n'); line != "" {
			return c.two(c.askedBefore(1), strings.TrimRight(line, "\r\n"))
		}
	}
	if err != nil {
		return c.failure("sending to the server: %w", err)
	}
	return nil
}

func (c *client) deadline() time.Time { return time.Now().Add(c.wait()) }

// wait returns how long the client waits for a reply.
func (c *client) wait() time.Duration {
	if !c.hurry {
		return c.site.patience
	}
	c.site.mu.Lock()
	defer c.site.mu.Unlock()
	if len(c.site.silent) > 0 {
		return c.site.patience / 32
	}
	return c.site.patience / 4
}

// A silence is the error about a command that gets no reply, or about data without an end.
type silence struct{ error }

func (s silence) Unwrap() error { return s.error }

// A disconnection is the error about a server that has closed the connection. It is an [io.EOF].
type disconnection struct{ error }

func (d disconnection) Unwrap() []error { return []error{d.error, io.EOF} }

// optional is do for a command that a server need not know. If it gets no reply to what it
// does not know, that is charged in the case about that, and the reply is made up.
func (c *client) optional(line string, codes ...string) (reply, error) {
	verb, _, _ := strings.Cut(line, " ")
	unknown := reply{code: "502", text: "no reply", lines: []string{"502 no reply"}}
	if c.site.isSilent(verb) {
		return unknown, nil
	}
	c.hurry = true
	defer func() { c.hurry = false }()
	r, err := c.do(line, codes...)
	if _, ok := errors.AsType[silence](err); !ok {
		return r, err
	}
	return unknown, c.site.keepSilence(verb, err)
}

// isSilent reports whether the server was found to say nothing to a verb.
func (s *site) isSilent(verb string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.silent, verb)
}

// keepSilence notes that the server says nothing to a verb that it need not know, as err
// tells, and charges that in the case about it.
func (s *site) keepSilence(verb string, err error) error {
	s.mu.Lock()
	s.silent = append(s.silent, verb)
	s.mu.Unlock()
	return s.odd(err, notKnown)
}

// reply reads a reply, of one line or more (RFC 959, 4.2).
func (c *client) reply() (reply, error) {
	var r reply
	for {
		line, err := c.line()
		if err != nil && c.verb() == "QUIT" && !c.site.isAbout(goodbye) && c.site.fails(goodbye) {
			return reply{code: "221", lines: []string{"221"}}, c.site.odd(err, goodbye)
		}
		if err != nil && len(r.lines) > 0 {
			return r, fmt.Errorf("the reply to %s begins with %q, and has no last line, %q and a text: %w", c.asked(), short(r.lines[0]), r.code+" ", err)
		}
		if err != nil {
			return r, err
		}
		r.lines = append(r.lines, line)
		code, text := line, ""
		if len(line) >= 4 {
			code, text = line[:3], line[4:]
		}
		switch {
		case len(r.lines) == 1 && !isReply(line):
			return r, c.failure("the server sent the line %q, want one that starts with a code of three digits and a space", short(line))
		case len(r.lines) == 1:
			r.code = code
		}
		if code == r.code && (len(line) == 3 || line[3] == ' ') {
			r.text = text
			if len(line) == 3 {
				c.terse = line
			}
			c.before, c.last = c.last, r
			return r, c.once()
		}
	}
}

// once waits for a second reply to the last command, if the case that is run is the one
// that is sure to see it.
func (c *client) once() error {
	command, refused := c.asked(), c.last.is("4", "5")
	verb, _, _ := strings.Cut(command, " ")
	if c.last.is("1") || !c.site.isAbout(caseOf(command, refused)) || c.site.times(fmt.Sprint("one reply to ", verb, refused)) > 0 || !c.moreIn(c.site.patience/100) {
		return nil
	}
	second, err := c.line()
	if err != nil {
		return nil // it is about the next command
	}
	return c.two(command, second)
}

// isReply reports whether line can be the first of a reply.
func isReply(line string) bool {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return false
	}
	return '1' <= line[0] && line[0] <= '5' && unicode.IsDigit(rune(line[1])) && unicode.IsDigit(rune(line[2]))
}

// line reads a line and returns it without its end.
func (c *client) line() (string, error) {
	c.conn.SetReadDeadline(c.deadline())
	line, err := c.in.ReadString('\n')
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		if line != "" {
			return "", c.failure("the server sent %q and no end of the line in %v", short(line), c.site.patience)
		}
		err := error(silence{c.failure("no reply to %s in %v", c.asked(), c.wait())})
		if c.asked() == newConnection {
			return "", verdict.Because("a new client gets no greeting", err)
		}
		return "", verdict.Because(c.verb()+" gets no reply", err)
	case errors.Is(err, io.EOF), errors.Is(err, pipenet.Reset):
		return "", disconnection{c.failure("the server has closed the connection without a reply to %s", c.asked())}
	case err != nil:
		return "", c.failure("the connection to the server broke: %w", err)
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		c.bare = true
		text = strings.TrimSuffix(line, "\n")
	}
	c.dialogue = append(c.dialogue, "S: "+visible(text))
	return text, nil
}

// do sends a command and wants a reply whose code starts with one of codes.
func (c *client) do(line string, codes ...string) (reply, error) {
	if err := c.send(line); err != nil {
		return reply{}, err
	}
	return c.want(codes...)
}

// want reads a reply and wants its code to start with one of codes.
func (c *client) want(codes ...string) (reply, error) {
	r, err := c.reply()
	if err != nil {
		return r, err
	}
	if !r.is(codes...) {
		return c.diagnose(r, codes)
	}
	return r, nil
}

// ask sends a command and wants a reply whose code starts with one of codes. One whose
// code starts with one of works is odd, and charged in the case called name.
func (c *client) ask(line, codes, works, name string) (reply, error) {
	if err := c.send(line); err != nil {
		return reply{}, err
	}
	return c.answer(codes, works, name)
}

// answer is ask for a command that was sent.
func (c *client) answer(codes, works, name string) (reply, error) {
	r, err := c.reply()
	if err != nil || r.is(strings.Fields(codes)...) {
		return r, err
	}
	r, err = c.diagnose(r, strings.Fields(codes))
	if err != nil && r.is(strings.Fields(works)...) && !errors.Is(err, errTwoReplies) {
		err = c.site.odd(err, name)
	}
	return r, err
}

// diagnose returns what is wrong with r, which came after the last command and has another
// code than one of codes. If one that has comes after it, r is a second reply to the
// command before; if that is charged elsewhere, diagnose returns the right one.
func (c *client) diagnose(r reply, codes []string) (reply, error) {
	wrong := func() error {
		return c.unknown(r, c.failure("the reply to %s is %q, want code %s", c.asked(), r, oneOf(codes)))
	}
	before, refused := cmp.Or(c.askedBefore(1), newConnection), c.before.is("4", "5")
	const most = 10 // times that each of many clients waits for more
	moment := 20 * time.Millisecond
	if caseOf(c.asked(), false) == dataConnection && r.is("2") {
		moment = c.site.patience / 50 // the server has to open a port before it replies
	}
	if c.askedBefore(0) == "" || c.site.times(c.asked()+" "+r.code) >= most && c.site.times(errTwoReplies.Error()) == 0 || !c.moreIn(moment) {
		return r, wrong()
	}
	next, err := c.reply()
	if err != nil || !next.is(codes...) {
		return r, wrong()
	}
	if r.is("1") && next.is("4", "5") {
		return r, c.failure("the reply to %s is %q, and then %q, want only the second: find out whether you can send before you say so", c.asked(), r, next)
	}
	if err := c.another(before, refused, r); err != nil {
		return r, err
	}
	return next, nil
}

// times returns how often it was called with text before.
func (s *site) times(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = make(map[string]int)
	}
	s.seen[text]++
	return s.seen[text] - 1
}

// moreIn reports whether the server has more to say before patience is over.
func (c *client) moreIn(patience time.Duration) bool {
	const most = 10
	for range most {
		start := time.Now()
		c.conn.SetReadDeadline(start.Add(patience))
		if _, err := c.in.Peek(1); err == nil {
			return true
		}
		if time.Since(start) < patience*5/4 {
			break
		}
		// The machine is so slow that the deadline may have passed before Peek began to read.
		// Peek does not try to read then.
	}
	return false
}

// errTwoReplies is in the errors about a command that has got two replies.
var errTwoReplies = errors.New("want one reply for each command")

// another charges a second reply to a command, which was refused or not, in the case that
// is sure to see it, or else in all.
func (c *client) another(command string, refused bool, second reply) error {
	c.site.times(errTwoReplies.Error())
	err := c.two(command, second.String())
	name := cmp.Or(caseOf(command, refused), caseOf(c.asked(), false))
	if name == "" || c.site.isAbout(name) {
		return err
	}
	return c.site.leave(name, err) // TCP decides where it is noticed
}

// two returns an error about a second reply to a command.
func (c *client) two(command, second string) error {
	if command == newConnection {
		return c.failure("after the greeting, the server sent another reply, %q; %w", short(second), errTwoReplies)
	}
	return c.failure("after the reply to %s, the server sent another reply, %q; %w", command, short(second), errTwoReplies)
}

// asked returns the last command.
func (c *client) asked() string {
	if command := c.askedBefore(0); command != "" {
		return command
	}
	return newConnection
}

// newConnection stands for the command to which the greeting is the reply.
const newConnection = "a new connection"

// askedBefore returns the command that was sent n commands before the last one, or "".
func (c *client) askedBefore(n int) string {
	for _, line := range slices.Backward(c.dialogue) {
		if command, ok := strings.CutPrefix(line, "C: "); ok {
			if n == 0 {
				return command
			}
			n--
		}
	}
	return ""
}

// A step of a conversation: what is sent, and which codes may come back.
type step struct {
	send string
	want string // "250 200": codes, or how they start
}

// talk sends commands, and wants the reply to each.
func (c *client) talk(steps ...step) error {
	for _, s := range steps {
		if _, err := c.do(s.send, strings.Fields(s.want)...); err != nil {
			return err
		}
	}
	return nil
}

// failure returns an error that shows what was said.
func (c *client) failure(format string, args ...any) error {
	const most = 12
	said := c.dialogue
	if len(said) > most {
		said = append([]string{"…"}, said[len(said)-most:]...)
	}
	if len(said) == 0 {
		return fmt.Errorf(format, args...)
	}
	args = append(args, strings.Join(said, "\n  "))
	return fmt.Errorf(format+"\n  %s", args...)
}

// while returns err as one of a server that is not concurrent in its transfers, with words
// that say what other clients do in the meantime, unless it is not concurrent at all.
func while(words string, err error) error {
	if err == nil || verdict.Of(err).Kind == verdict.NotConcurrent {
		return err
	}
	if _, silent := errors.AsType[silence](err); !silent && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
		return prefixed(words+": ", err)
	}
	return suite.Limited("TestTransfers/serves_others_while_a_transfer_is_blocked", "%s: %w", words, err)
}

// prefixed returns err with words before it that say when it happened.
func prefixed(words string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s%w", words, err)
}

// hungUp wants the server to close the connection.
func (c *client) hungUp() error {
	c.conn.SetReadDeadline(c.deadline())
	rest, err := io.ReadAll(c.in)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return c.failure("the server keeps the connection open after %s, want it closed", c.asked())
	case len(rest) > 0:
		return c.failure("after the reply to %s the server sent %q, want nothing more", c.asked(), short(string(rest)))
	}
	return nil
}

// close closes the connection.
func (c *client) close() {
	c.conn.Close()
	c.site.mu.Lock()
	defer c.site.mu.Unlock()
	if c.greeted {
		c.greeted = false
		c.site.connected = max(0, c.site.connected-1)
	}
}

// is reports whether the reply's code starts with one of codes.
func (r reply) is(codes ...string) bool {
	for _, code := range codes {
		if strings.HasPrefix(r.code, code) {
			return true
		}
	}
	return false
}

func (r reply) String() string { return short(strings.Join(r.lines, "\n")) }

// oneOf returns "250 or 200".
func oneOf(codes []string) string {
	full := make([]string, len(codes))
	for i, code := range codes {
		full[i] = code + strings.Repeat("x", 3-len(code)) // "5xx"
	}
	return strings.Join(full, " or ")
}

// visible returns a short form of a line, with its control characters as in Go.
func visible(line string) string {
	line = short(line)
	if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		line = strings.Trim(strconv.Quote(line), `"`)
	}
	return line
}

// short returns the beginning of a long text.
func short(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", text[:60], len(text))
}
