package clocktest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Start function starts the program under test with args, and with env
// ("NAME=value") added to its environment.
type Start = func(args []string, env ...string) (*program.Process, error)

// TestPort tests that the program is a clock server with the flag -port and
// the time zone of the environment. It starts the real program; the package's
// TestMain must call [program.Main].
func TestPort(t *testing.T) {
	t.Helper()
	suite.Test(t, Port())
}

// Port returns the suite of TestPort.
func Port() suite.Suite {
	s := suite.New(suite.RealClock, start, port)
	all := rules("clock2")
	s.Rules = suite.Rules{verdict.NotConcurrent: all[verdict.NotConcurrent], verdict.Crashed: all[verdict.Crashed]}
	s.Other = suite.RulesOf("TestClock", oneClient)
	return s
}

// TestPortInUse tests that the program, which listens on a certain port, says
// so in one line and exits with status 1 if the port is in use.
func TestPortInUse(t *testing.T, port string) {
	ctx, cancel := context.WithTimeout(t.Context(), suite.Patience())
	defer cancel()
	// Of two, one at least cannot have it.
	var two [2]*program.Process
	for i := range two {
		p, err := start(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		two[i] = p
	}
	var p *program.Process
	select {
	case <-two[0].Done():
		p = two[0]
	case <-two[1].Done():
		p = two[1]
	case <-ctx.Done():
		t.Fatalf("two of %v run at the same time, want one to report that port %s is in use", two[0], port)
	}
	status, err := p.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Stderr(); status != 1 || !strings.Contains(got, port) || strings.Count(got, "\n") != 1 {
		t.Errorf("%v printed %s, exit status %d, want one line that names port %s, exit status 1", p, program.Quoted(got), status, port)
	}
}

// utc is the environment of a program whose zone is of no interest.
const utc = "TZ=UTC"

// start starts the program with args, and with env in its environment, which else has
// another TZ than that of the tests.
func start(args []string, env ...string) (*program.Process, error) {
	cmd := program.Command(args...)
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = slices.DeleteFunc(slices.Clone(cmd.Env), func(e string) bool { return strings.HasPrefix(e, "TZ=") })
	if len(env) == 0 {
		env = []string{utc}
	}
	cmd.Env = append(cmd.Env, env...)
	return program.Start(cmd)
}

// port holds what a clock server does with -port and TZ.
var port = []suite.Case[Start]{
	{
		Name: "picks_a_port_when_given_0_and_says_which", Group: suite.Core, Points: 2,
		Explanation: "For -port 0, print the address of the listener, ln.Addr(): it has the port that the operating system has picked.",
		Run: func(ctx context.Context, start Start) error {
			if !program.TakesFlags() {
				return suite.Unchecked("its command tells it the port")
			}
			p, address, err := announcing(ctx, start, []string{"-port", "0"}, nil)
			if err != nil {
				return err
			}
			defer p.Stop()
			if err := goesOn(p, wantTime(ctx, p, address)); err != nil {
				return err
			}
			// Another one gets another port, while this one has the first.
			q, other, err := announcing(ctx, start, []string{"-port", "0"}, nil)
			if err != nil {
				return fmt.Errorf("while another %v listens on %s: %w", p, address, err)
			}
			defer q.Stop()
			if other == address {
				return fmt.Errorf("two of %v say that they listen on %s, want a free port for each", p, address)
			}
			return nil
		},
	},
	{
		Name: "listens_on_the_port_that_it_is_given", Group: suite.Core, Points: 3,
		Explanation: "The number after -port is the port: clock2 -port 8010 listens on localhost:8010. Is the flag parsed before its value is used?",
		Run:         listensOnThePortGiven,
	},
	{
		Name: "serves_two_clients_at_once", Group: suite.Core, Points: 1,
		Explanation: "The program does what serve does: each client gets a line every second, in its own goroutine. Does main call serve?",
		Run:         servesTwoAtOnce,
	},
	{
		Name: "listens_on_port_8000_by_default", Group: suite.Core, Points: 1,
		Explanation: "Without -port, clock2 listens on localhost:8000, as in the chapter.",
		Run:         listensOn8000,
	},
	{
		Name: "takes_its_zone_from_TZ", Group: suite.Core, Points: 3,
		Explanation: "TZ=Asia/Tokyo clock2 shows the time of Tokyo; without TZ it shows the local time of the machine. time.Now already returns the time in that zone.",
		Run:         takesItsZone,
	},
	{
		Name: "listens_on_localhost_only", Group: suite.Robustness, Points: 1,
		Explanation: "Listen on localhost, so that only programs on the same machine can connect. An address without a host, such as :8010, listens on all network interfaces.",
		Run:         listensOnLocalhostOnly,
	},
	{
		Name: "logs_a_failed_Accept", Group: suite.Robustness, Points: 1,
		Explanation: "Log the error that Accept returns. When Accept fails, clients cannot connect, and the owner of the server must learn why.",
		Run:         logsAFailedAccept,
	},
	{
		Name: "embeds_the_time_zone_database", Group: suite.Robustness, Points: 1,
		Explanation: "Import time/tzdata as _, because not every machine has all time zones. The package puts the database into the program. Recent Debian has no US/Eastern, and Windows has no zone files.",
		Run:         carriesZones,
	},
	{
		Name: "refuses_an_unknown_time_zone", Group: suite.Robustness, Points: 1,
		Explanation: "Report an unknown name in TZ: time.LoadLocation returns an error for it. Without that, package time shows UTC and reports no error.",
		Run: func(ctx context.Context, start Start) error {
			return refuses(ctx, start, []string{"-port", "0"}, []string{"TZ=Mars/Olympus"}, "Mars/Olympus")
		},
	},
	{
		Name: "refuses_a_port_that_is_not_a_number", Group: suite.Robustness, Points: 1,
		Explanation: "Report an invalid argument immediately, in one line that names it.",
		Run: func(ctx context.Context, start Start) error {
			if hasOwnPort() {
				return suite.Unchecked(ownPort)
			}
			return refuses(ctx, start, []string{"-port", "80x0"}, nil, "80x0")
		},
	},
	{
		Name: "refuses_a_port_that_is_out_of_range", Group: suite.Robustness, Points: 1,
		Explanation: "Report a port that is not from 0 to 65535. net.Listen returns an error for most other numbers: print it. (Go 1.26 reads 4294975306 as 8010, so compare the number with the limits.)",
		Run:         refusesPortsOutOfRange,
	},
	{
		Name: "reports_a_port_that_is_in_use", Group: suite.Robustness, Points: 1,
		Explanation: "If the port is in use, print the error of net.Listen, and exit with a status other than 0. Two programs cannot listen on one port.",
		Run:         reportsAPortInUse,
	},
}

// running starts the program, waits until it says where it listens, lets check
// look at it, and stops it.
func running(ctx context.Context, start Start, args, env []string, check func(p *program.Process, address string) error) error {
	p, address, err := listening(ctx, start, args, env)
	if err != nil {
		return err
	}
	defer p.Stop()
	return goesOn(p, check(p, address))
}

// listening starts the program, waits until it says where it listens, and returns that.
//
// A program of any shape may say nothing. It gets a free port instead of port 0.
func listening(ctx context.Context, start Start, args, env []string) (p *program.Process, address string, err error) {
	if program.Foreign() {
		return listeningSilently(ctx, start, args, env)
	}
	return announcing(ctx, start, args, env)
}

// saysItsPort is the case about what a program prints of its port.
const saysItsPort = "TestPort/picks_a_port_when_given_0_and_says_which"

// announcing starts the program, and wants it to say where it listens.
func announcing(ctx context.Context, start Start, args, env []string) (p *program.Process, address string, err error) {
	p, err = start(args, env...)
	if err != nil {
		return nil, "", err
	}
	ok, err := prints(ctx, p, func(text string) (ok bool) {
		address, ok = program.Address(text)
		return ok
	})
	if err == nil && !ok {
		err = aboutItsPort(
			fmt.Errorf("%v printed %s, want a line that names its port, such as %q", p, program.Quoted(p.Output()), "listening on 127.0.0.1:8010"))
	}
	if err == nil {
		err = aboutItsPort(program.CheckPort(address))
	}
	if err != nil {
		p.Stop()
		return nil, "", err
	}
	return p, address, nil
}

// aboutItsPort returns err, if any, as one about what a program prints of its port.
func aboutItsPort(err error) error {
	if v := verdict.Of(err); v.Kind == verdict.Hung { // it has printed nothing
		return &verdict.Error{Kind: v.Kind, About: saysItsPort, Cause: v.Cause, Err: err}
	}
	return suite.About(saysItsPort, err)
}

// listeningSilently starts the program with a free port for each argument 0. [dial] waits
// until it listens. If its command has no port, it is asked at which one it listens.
func listeningSilently(ctx context.Context, start Start, args, env []string) (p *program.Process, address string, err error) {
	if hasOwnPort() {
		return listeningSomewhere(ctx, start, args, env)
	}
	port, err := program.FreePort("localhost")
	if err != nil {
		return nil, "", err
	}
	args = slices.Clone(args)
	for i := range args {
		if args[i] == "0" {
			args[i] = port
		}
	}
	p, err = start(args, env...)
	return p, net.JoinHostPort("localhost", port), err
}

// hasOwnPort reports whether the program is of any shape, and its command does not say at which
// port it is to listen.
func hasOwnPort() bool {
	t, foreign := program.Tested()
	return foreign && !program.TakesFlags() && !t.Takes("{port}")
}

// ownPort is why a case that gives the program a port is not checked.
const ownPort = "its command has no {port}"

func listeningSomewhere(ctx context.Context, start Start, args, env []string) (p *program.Process, address string, err error) {
	suite.AwaitsResponse(ctx)
	if p, err = start(args, env...); err != nil {
		return nil, "", err
	}
	address, err = program.Find(ctx, p, "localhost:0")
	if err != nil {
		p.Stop()
		return nil, "", goesOn(p, err)
	}
	return p, address, nil
}

// dial connects to address. A program of any shape, which does not say when it listens on
// localhost, is tried again while it refuses connections, until ctx ends.
func dial(ctx context.Context, address string) (net.Conn, error) {
	suite.AwaitsResponse(ctx)
	conn, err := redial(ctx, address)
	if err != nil {
		return nil, err
	}
	return answering{conn, ctx}, nil
}

// An answering connection is that of a client in the case of ctx.
type answering struct {
	net.Conn
	ctx context.Context
}

func (c answering) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		suite.Responded(c.ctx)
	}
	return n, err
}

func redial(ctx context.Context, address string) (net.Conn, error) {
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		if !errors.Is(err, pipenet.Refused) || !program.Foreign() || !strings.HasPrefix(address, "localhost:") {
			return conn, err
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w, again and again until the time was over", err)
		}
	}
}

// goesOn returns err, what is wrong with p, or that it has ended, which is worse. One
// that has disconnected or refused its client may be about to.
func goesOn(p *program.Process, err error) error {
	failed, ok := errors.AsType[net.Error](err)
	waited := ok && failed.Timeout() // for a line, or for a connection
	dialed, ok := errors.AsType[*net.OpError](err)
	refused := ok && dialed.Op == "dial" // or reset, if the program ends now
	if (errors.Is(err, errNoLine) || refused) && !waited {
		select {
		case <-p.Done():
		case <-time.After(suite.Patience() / 4):
		}
	}
	select {
	case <-p.Done():
	default:
		return err
	}
	if why, ok := program.Panic(p.Stderr()); ok {
		return program.Crashed(fmt.Sprint(p, " has ended"), why)
	}
	err = fmt.Errorf("%v ended and printed %s, want it to go on and serve", p, program.Quoted(p.Output()))
	status, _ := p.Wait(context.Background()) // it has ended
	if _, listened := program.Address(p.Output()); listened && status == 0 {
		err = suite.About("TestPort/serves_two_clients_at_once", err) // main has returned
	}
	if program.Foreign() && program.TakesFlags() {
		err = fmt.Errorf("%w\nIt is started with -port N. One with other arguments is graded by -command 'PROG {port}'", err)
	}
	if program.Foreign() {
		err = verdict.Because("the program ends", err)
	}
	return err
}

var errNoLine = errors.New("gets no line")

// prints waits until the program has printed what ok wants. After its first
// line it waits not much longer.
func prints(ctx context.Context, p *program.Process, ok func(text string) bool) (bool, error) {
	err := p.Await(ctx, func(text string) bool { return strings.Contains(text, "\n") })
	if suite.NotStarted(p) {
		return false, exercises.ErrNotStarted
	}
	if text := p.Output(); err != nil && ok(text+"\n") {
		return false, aboutItsPort(fmt.Errorf("%v printed %s, want a newline after it: print it with log.Print or fmt.Println", p, program.Quoted(text)))
	}
	if err != nil {
		return false, aboutItsPort(fmt.Errorf("%w, want one line that says where it listens", err))
	}
	ctx, cancel := context.WithTimeout(ctx, suite.Patience()/4)
	defer cancel()
	return p.Await(ctx, func(text string) bool { return strings.HasSuffix(text, "\n") && ok(text) }) == nil, nil
}

// wantTime reads a line from the server p at address, and wants it to have a time of day. That
// this is the right one is for the cases of TestClock and those about zones to tell.
func wantTime(ctx context.Context, p *program.Process, address string) error {
	line, _, err := readLine(ctx, address)
	if err != nil {
		return lineless(p, address, err)
	}
	if hasTime(line) {
		return nil
	}
	now := time.Now().UTC()
	return aboutForm(line, now, fmt.Errorf("%v wrote %q, want %q", p, line, now.Format(layout)))
}

// lineless returns err, of a client of p at address that has read no line.
func lineless(p *program.Process, address string, err error) error {
	return fmt.Errorf("%v printed %s, and a client of %s %w: %w", p, program.Quoted(p.Output()), address, errNoLine, err)
}

// wantTimeIn reads a line from the server p at address, and wants the time in loc.
func wantTimeIn(ctx context.Context, p *program.Process, address string, loc *time.Location) error {
	line, before, err := readLine(ctx, address)
	if err != nil {
		return lineless(p, address, err)
	}
	after := time.Now()
	if shows(line, before, after, loc) {
		return nil
	}
	return aboutForm(line, after.In(loc), fmt.Errorf("%v wrote %q, want %q (zone %v)", p, line, after.In(loc).Format(layout), loc))
}

// shows reports whether line says a time in loc between two moments, or nearly, in any form.
func shows(line string, after, before time.Time, loc *time.Location) bool {
	for t := after.Add(-time.Second); !t.After(before.Add(time.Second)); t = t.Add(time.Second) {
		if len(formsOf(line, t.In(loc), slices.Concat(forms, halfDays))) > 0 {
			return true
		}
	}
	return false
}

// halfDays are forms with hours up to 12. That the hours go up to 24 is for another case to
// tell, at every time of the day.
var halfDays = []form{
	in("03:04:05"),
	func(t time.Time) []int { return []int{t.Hour() % 12, t.Minute(), t.Second()} }, // 0 at noon, where package time has 12
}

// readLine returns the first line that the server at address writes, and the
// time before it was asked.
func readLine(ctx context.Context, address string) (line string, before time.Time, err error) {
	before = time.Now()
	conn, err := dial(ctx, address)
	if err != nil {
		return "", before, err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	line, err = afterGreeting(bufio.NewReader(conn))
	return line, before, err
}

func listensOnThePortGiven(ctx context.Context, start Start) error {
	if hasOwnPort() {
		return suite.Unchecked(ownPort)
	}
	for range 3 { // another program may take the port first
		port, err := program.FreePort("localhost")
		if err != nil {
			return err
		}
		err = listensOn(ctx, start, port)
		if !errors.Is(err, errInUse) {
			return err
		}
	}
	return errInUse
}

var errInUse = errors.New("every port that was tried is in use")

func listensOn(ctx context.Context, start Start, port string) error {
	p, err := start([]string{"-port", port})
	if err != nil {
		return err
	}
	defer p.Stop()
	address := net.JoinHostPort("localhost", port)
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			err := goesOn(p, wantTime(ctx, p, address))
			if err != nil && cameLate(ctx, p) {
				return errInUse // it was another program that we talked to
			}
			return err
		}
		if err := elsewhere(p, port); err != nil {
			select {
			case <-p.Done(): // which says more than what it has printed
			case <-time.After(suite.Patience() / 20):
				return err
			}
		}
		select {
		case <-retry.C:
		case <-p.Done():
			if inUse.MatchString(p.Stderr()) {
				return errInUse
			}
			if suite.NotStarted(p) {
				return exercises.ErrNotStarted
			}
			if _, listened := program.Address(p.Output()); listened {
				return goesOn(p, nil)
			}
			return fmt.Errorf("%v ended and printed %s, want it to listen on %s", p, program.Quoted(p.Output()), address)
		case <-ctx.Done():
			return fmt.Errorf("%v does not listen on %s: %w", p, address, ctx.Err())
		}
	}
}

// cameLate reports whether p ends because another program has taken its port. It waits
// for the first word of p, and if that is what it says, for the end.
func cameLate(ctx context.Context, p *program.Process) bool {
	ctx, cancel := context.WithTimeout(ctx, suite.Patience()/4)
	defer cancel()
	p.Await(ctx, func(text string) bool { return text != "" })
	if !inUse.MatchString(p.Stderr()) {
		return false
	}
	_, err := p.Wait(ctx)
	return err == nil
}

// elsewhere returns an error if p says that it listens on another port.
func elsewhere(p *program.Process, port string) error {
	want := net.JoinHostPort("localhost", port)
	if got, ok := program.Address(p.Output()); ok && got != want && !strings.Contains(p.Output(), port) {
		return fmt.Errorf("%v says that it listens on %s, want %s; it printed %s", p, got, want, program.Quoted(p.Output()))
	}
	return nil
}

// listensOn8000 gives the same verdict whether the port is free or another program, such as
// the student's own clock2, has it: a program that says that the port is in use wants it.
// One that does not say so gets the port.
func listensOn8000(ctx context.Context, start Start) error {
	if !program.TakesFlags() {
		return suite.Unchecked("its command tells it the port")
	}
	missed, free, err := misses8000(ctx, start)
	switch {
	case missed || err != nil:
		return err
	case !free && program.Foreign(): // it may have been silent about that
		return suite.Unchecked("another program listens on " + address)
	}
	p, err := start(nil)
	if err != nil {
		return err
	}
	defer p.Stop()
	if !program.Foreign() { // else it may say nothing
		ok, err := prints(ctx, p, regexp.MustCompile(`\b8000\b`).MatchString)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%v without -port printed %s, want it to listen on %s", p, program.Quoted(p.Output()), address)
		}
	}
	return goesOn(p, wantTime(ctx, p, address))
}

// misses8000 reports whether the program says that port 8000 is in use when it is, and whether no
// other program has the port.
func misses8000(ctx context.Context, start Start) (missed, free bool, err error) {
	for range 5 {
		ln, err := net.Listen("tcp", address)
		if err == nil {
			defer ln.Close()
		}
		missed, err := says8000InUse(ctx, start)
		if err != nil || missed || ln != nil {
			return missed, ln != nil, err
		}
		// Another program had the port, and may have left before this one wanted it.
	}
	return false, false, nil
}

// says8000InUse waits until the program says that port 8000 is in use, that it listens elsewhere,
// or nothing more.
func says8000InUse(ctx context.Context, start Start) (bool, error) {
	p, err := start(nil)
	if err != nil {
		return false, err
	}
	defer p.Stop()
	says := func(text string) bool { return strings.Contains(text, "8000") && inUse.MatchString(text) }
	ctx, cancel := context.WithTimeout(ctx, suite.Patience()/4)
	defer cancel()
	p.Await(ctx, func(text string) bool {
		got, listens := program.Address(text)
		return says(text) || listens && !strings.HasSuffix(got, ":8000")
	})
	return says(p.Output()), nil
}

// inUse matches what operating systems say of a port that is taken.
var inUse = regexp.MustCompile(`(?i)in use|only one usage|#10048`)

// takesItsZone has the zone in TZ, and then TZ unset.
func takesItsZone(ctx context.Context, start Start) error {
	for _, zone := range []string{"Asia/Tokyo", "America/New_York", "Asia/Kolkata"} {
		if err := showsZone(ctx, start, zone, "TZ="+zone); err != nil {
			return fmt.Errorf("with TZ=%s, %w", zone, err)
		}
	}
	if program.Foreign() {
		return nil // its local time is that of this machine
	}
	const here = "Asia/Kolkata"
	if err := showsZone(ctx, start, here, program.LocalZone+"="+here); err != nil {
		return fmt.Errorf("without TZ, on a machine in the zone %s, %w", here, err)
	}
	return nil
}

// showsZone wants the program to show the time of a zone.
func showsZone(ctx context.Context, start Start, zone, env string) error {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return suite.Unchecked("this machine has no database of time zones")
	}
	return running(ctx, start, []string{"-port", "0"}, []string{env}, func(p *program.Process, address string) error {
		return wantTimeIn(ctx, p, address, loc)
	})
}

// carriesZones looks for the zone database in the program's file: its names of
// zones are copied as they are.
func carriesZones(context.Context, Start) error {
	file, err := os.ReadFile(program.File())
	if err != nil {
		return err
	}
	if program.Foreign() && !program.IsGo(file) {
		return suite.Unchecked("only a Go program has its zone database in its file")
	}
	// The name is put together here so that this file does not hold it.
	if name := strings.Join([]string{"America", "Argentina", "ComodRivadavia"}, "/"); !bytes.Contains(file, []byte(name)) {
		return fmt.Errorf("the program has no time zone database (it lacks the zone %s): add import _ \"time/tzdata\"", name)
	}
	return nil
}

// refusesPortsOutOfRange notes, and holds against no program, what net.Listen does.
func refusesPortsOutOfRange(ctx context.Context, start Start) error {
	if hasOwnPort() {
		return suite.Unchecked(ownPort)
	}
	for _, port := range []string{"65536", "-1"} {
		if err := refuses(ctx, start, []string{"-port", port}, nil, port); err != nil {
			return err
		}
	}
	free, err := program.FreePort("localhost")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(free)
	if err != nil {
		return err
	}
	large := fmt.Sprint(1<<32 + int64(n))
	p, address, err := listening(ctx, start, []string{"-port", large}, nil)
	if err != nil {
		return nil // as it should be
	}
	defer p.Stop()
	return suite.Note(fmt.Sprintf("%v listens on %s: net.Listen in Go 1.26 does not refuse that port (golang.org/issue/80168)", p, address))
}

// refuses wants the program to end with a status other than 0 and a first line
// on standard error that holds what.
func refuses(ctx context.Context, start Start, args, env []string, what string) error {
	p, err := start(args, env...)
	if err != nil {
		return err
	}
	defer p.Stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		if serves(ctx, p) {
			select {
			case <-p.Done(): // another program served us, at a port that this one only spoke of
			case <-time.After(suite.Patience() / 4):
				cancel() // it will not end
			}
		}
	}()
	status, err := p.Wait(ctx)
	if err != nil {
		return fmt.Errorf("%s%v keeps running, want an error that names %s; it printed %s", environment(env), p, what, program.Quoted(p.Output()))
	}
	if suite.NotStarted(p) {
		return exercises.ErrNotStarted
	}
	got := p.Stderr()
	first, _, _ := strings.Cut(got, "\n")
	why, panicked := program.Panic(got)
	switch {
	case panicked:
		return program.Crashed(fmt.Sprint(environment(env), p, " has ended"), why)
	case status == 0:
		return fmt.Errorf("%s%v ended with exit status 0, want another status, and an error that names %s", environment(env), p, what)
	case !strings.Contains(first, what):
		return fmt.Errorf("%s%v printed %s on standard error, want a first line that names %s", environment(env), p, program.Quoted(got), what)
	}
	return nil
}

// serves waits until p serves a client where it says that it listens, and
// reports whether it does.
func serves(ctx context.Context, p *program.Process) bool {
	var address string
	p.Await(ctx, func(text string) (ok bool) {
		address, ok = program.Address(text)
		return ok
	})
	line, _, err := readLine(ctx, address)
	return err == nil && line != ""
}

func environment(env []string) string {
	if len(env) == 0 {
		return ""
	}
	return strings.Join(env, " ") + " "
}

func reportsAPortInUse(ctx context.Context, start Start) error {
	if hasOwnPort() {
		return running(ctx, start, nil, nil, func(_ *program.Process, address string) error {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return err
			}
			return refuses(ctx, start, nil, nil, port)
		})
	}
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return err
	}
	return refuses(ctx, start, []string{"-port", port}, nil, port)
}
