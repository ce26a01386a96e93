package walltest

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/screen"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// fromOutside returns the suite of the cases of [Test] for a program of any shape, as far
// as a process with real connections can be asked.
func fromOutside() suite.Suite {
	ctx, cancel := context.WithCancel(context.Background())
	all := &watches{ctx: ctx}
	s := suite.New(suite.RealClock, startOnScreen, all.cases())
	s.Rules = suite.Rules{verdict.NotConcurrent: rules()[verdict.NotConcurrent]}
	s.Close = func() {
		cancel()
		all.group.Wait()
	}
	return s
}

// outside are the cases that a process can be asked, by their names.
var outside = map[string]func(ctx context.Context, start Start) error{
	"connects_to_the_addresses_that_it_is_given":         watch(three, connectsOutside),
	"shows_every_name_with_its_own_time":                 watch(three, showsOwnTimes),
	"shows_as_many_clocks_as_it_is_given":                watch(twelve, func(ctx context.Context, s *site) error { return s.showsOwn(ctx, s.clocks...) }),
	"shows_a_single_clock":                               watch(func() []*clock { return many(1) }, func(ctx context.Context, s *site) error { return s.goesOn(ctx, 1, s.clocks...) }),
	"shows_a_new_time_each_second":                       watch(overMidnight, goesOnOutside),
	"does_not_wait_for_a_silent_clock_that_comes_first":  watch(with(three, silent, 0), othersGoOn),
	"does_not_wait_for_a_silent_clock_that_comes_second": watch(with(func() []*clock { return many(5) }, silent, 1, 3, 4), othersGoOn),
	"shows_a_table":                                      watch(three, tableOutside),
	"keeps_up_with_a_fast_clock":                         watch(early, keepsUpOutside),
	"joins_a_line_that_arrives_in_pieces":                watch(piecesOutside, gluesNothing),
	"puts_one_time_of_each_clock_into_a_row":             watch(with(three, silent, 1), mixesNothing),
	"goes_on_when_the_first_clock_cannot_be_reached":     watch(refusing(three, 0), othersGoOn),
	"goes_on_when_other_clocks_cannot_be_reached":        watch(refusing(func() []*clock { return many(4) }, 1, 3), othersGoOn),
	"goes_on_when_a_clock_disconnects":                   watch(with(three, halfClose, 1), closesItsEnd),
	"shows_only_times_that_its_clocks_have_sent":         watch(setAndSilent, countsNothing),
	"ignores_invalid_input":                              interjected("nonsense\n", "nonsense"),
	"keeps_terminal_codes_off_the_screen":                interjected("\x1b[2J\x1b]0;owned\x0708:00:02\x1b[31m\n", "\x1b]0;owned"),
	"survives_a_1_MiB_line":                              longLineOutside,
	"prints_only_text":                                   watch(three, printsText),
	"does_not_flood_its_output":                          watch(three, floodsNothing),
	"returns_when_its_context_ends":                      watch(with(three, silent, 1), endsWhenTold),
	"refuses_missing_arguments":                          refusesOutside(""),
	"refuses_an_argument_without_an_address":             refusesOutside("Paris", "London=%s", "Paris"),
	"refuses_an_empty_name":                              refusesOutside("=", "=%s"),
	"refuses_a_duplicate_name":                           refusesOutside("London", "London=%s", "London=%s"),
	"refuses_an_address_without_a_port":                  refusesOutside("London=localhost", "London=localhost"),
}

// hidden are the other cases, and what it is that no process shows.
var hidden = map[string]string{
	"connects_to_all_at_once": "a connection over the loopback takes no time",
	"closes_its_connections":  "when a process ends, the operating system closes its connections",
	"has_no_data_race":        "it needs a program that was built with the race detector",
	"leaks_no_goroutine":      "when a process ends, so do its goroutines",
}

// Watches are cases that are watched all at the same time, since each of them waits for clocks most
// of the time.
type watches struct {
	ctx   context.Context
	once  sync.Once
	group sync.WaitGroup
	ended map[string]chan error
}

// cases returns the cases of [Test] as they are asked from outside.
func (ws *watches) cases() []suite.Case[Start] {
	var all []suite.Case[Start]
	for _, c := range cases {
		all = append(all, suite.Case[Start]{
			Name: c.Name, Group: c.Group, Points: c.Points, Explanation: c.Explanation,
			Run: func(ctx context.Context, start Start) error {
				if why := hidden[c.Name]; why != "" {
					return suite.Unchecked("it cannot be seen from outside: " + why)
				}
				ws.once.Do(func() { ws.begin(start) })
				return <-ws.ended[c.Name] // each has a limit of its own
			},
		})
	}
	return all
}

func (ws *watches) begin(start Start) {
	ws.ended = make(map[string]chan error)
	for name, run := range outside {
		ended := make(chan error, 1)
		ws.ended[name] = ended
		ws.group.Go(func() {
			ctx, cancel := context.WithTimeout(ws.ctx, suite.Patience())
			defer cancel()
			ended <- run(ctx, start)
		})
	}
}

// onScreen returns start or, if a program shows a time only when its standard output is a
// terminal, onTerminal.
func onScreen(ctx context.Context, start, onTerminal Start) Start {
	shows := func(start Start) bool {
		s, err := open(start, three())
		if err != nil {
			return false
		}
		defer s.close()
		ctx, cancel := context.WithTimeout(ctx, suite.Patience()/4)
		defer cancel()
		return s.p.Await(ctx, timeOfDay.MatchString) == nil
	}
	if !shows(start) && shows(onTerminal) {
		return onTerminal
	}
	return start
}

// startOnScreen starts the program where it shows something.
func startOnScreen(args ...string) (*program.Process, error) { return whereItShows()(args...) }

// whereItShows finds that out at its first call, for all tests of the program.
var whereItShows = sync.OnceValue(func() Start { return onScreen(context.Background(), start, startOnTerminal) })

// startOnTerminal is start with standard output on a terminal.
func startOnTerminal(args ...string) (*program.Process, error) {
	cmd := program.Command(args...)
	cmd.Env = append(cmd.Environ(), "TERM=xterm")
	return program.StartOnTerminal(cmd)
}

// watch returns the case in which look watches the program with some clocks.
func watch(clocks func() []*clock, look func(ctx context.Context, s *site) error) func(context.Context, Start) error {
	return func(ctx context.Context, start Start) error {
		s, err := open(start, clocks())
		if err != nil {
			return err
		}
		defer s.close()
		return look(ctx, s)
	}
}

// with returns all clocks, of which some serve in another way.
func with(all func() []*clock, serve func(*clock, net.Conn), those ...int) func() []*clock {
	return func() []*clock {
		clocks := all()
		for _, i := range those {
			clocks[i].serve = serve
		}
		return clocks
	}
}

func refusing(all func() []*clock, those ...int) func() []*clock {
	return func() []*clock {
		clocks := all()
		for _, i := range those {
			clocks[i].refuses = true
		}
		return clocks
	}
}

func showsOwnTimes(ctx context.Context, s *site) error {
	if err := s.showsOwn(ctx, s.clocks...); err != nil {
		return err
	}
	lines := s.screen()
	if err := inOtherForm(lines, s.clocks); err != nil {
		return fmt.Errorf("%v: %w; the screen:\n%s", s.p, err, frame(lines, nil))
	}
	return nil
}

// plain returns the clocks that tick, and in no other way than clocks do.
func (s *site) plain() []*clock {
	return slices.DeleteFunc(slices.Clone(s.clocks), func(c *clock) bool { return c.refuses || c.odd })
}

func connectsOutside(ctx context.Context, s *site) error {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		missed := slices.DeleteFunc(slices.Clone(s.clocks), func(c *clock) bool { return c.guests.Load() > 0 })
		if len(missed) == 0 {
			return nil
		}
		select {
		case <-look.C:
		case <-s.p.Done():
			if suite.NotStarted(s.p) {
				return exercises.ErrNotStarted
			}
			return refused(fmt.Errorf("%v ended without a connection to %s; it printed %s", s.p, names(missed), program.Quoted(s.p.Output())))
		case <-ctx.Done():
			return fmt.Errorf("%v has not connected to %s; it printed %s", s.p, names(missed), program.Quoted(s.p.Output()))
		}
	}
}

// refused returns err, about a program of any shape that has ended immediately, with how it is
// started: it may take other arguments.
func refused(err error) error {
	if !program.Foreign() {
		return err
	}
	const clocks = "as in NewYork=localhost:8010 Tokyo=localhost:8020"
	how := "It is started with names and addresses, " + clocks + ".\nOne with other arguments is graded by -command 'PROG {clocks}'"
	if !program.TakesFlags() {
		how = "It is started by a command of its own, in which {clocks} stands for names and addresses,\n" + clocks
	}
	return verdict.Because("the program ends", fmt.Errorf("%w\n%s", err, how))
}

func othersGoOn(ctx context.Context, s *site) error {
	if err := s.readsOn(ctx, s.plain()...); err != nil {
		var odd []*clock
		for _, c := range s.clocks {
			if !slices.Contains(s.plain(), c) {
				odd = append(odd, c)
			}
		}
		if odd[0].refuses {
			return fmt.Errorf("no server listens at the address of %s, and %w", names(odd), err)
		}
		return notConcurrent(err, "without a line from %s", names(odd))
	}
	return nil
}

// readsOn waits until each of the clocks is on the screen with a time that comes long after
// its first. This takes one row less than goesOn.
func (s *site) readsOn(ctx context.Context, clocks ...*clock) error {
	for _, c := range clocks {
		err := s.await(ctx, c, func(t table, lines []string) error {
			if err := flaw(t, lines, c, s.clocks); err != nil {
				return err
			}
			if k, _ := c.number(t.shown[c.name]); k < 6 {
				return late("%s shows %s, and its clock says %s", c.name, t.shown[c.name], c.line(c.index()))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// runs waits until the program has gone on for a while, or has had time for it. It is an
// error if the program ends.
func (s *site) runs(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, suite.Patience()/3)
	defer cancel()
	err := s.goesOn(limited, 1, s.plain()...)
	select {
	case <-s.p.Done():
		return err
	default:
		return nil
	}
}

// overMidnight returns clocks of which one passes midnight. They tick slowly, so that
// a program has nothing to do most of the time.
func overMidnight() []*clock {
	clocks := three()
	for _, c := range clocks {
		c.period = time.Second / 4
	}
	clocks[2].first = "23:59:58"
	return clocks
}

func goesOnOutside(ctx context.Context, s *site) error {
	busy := make(chan bool, 1)
	stop := make(chan struct{})
	go func() { busy <- alwaysRuns(s.p.Pid(), stop) }()
	err := s.goesOn(ctx, 1, s.clocks...)
	close(stop)
	if <-busy {
		return fmt.Errorf("busy: %v loops without ever waiting: block on a read, a channel or a sleep", s.p)
	}
	if err != nil {
		return err
	}
	return s.await(ctx, s.clocks[2], func(t table, lines []string) error {
		if k, _ := s.clocks[2].number(t.shown[s.clocks[2].name]); k >= 2 {
			return nil
		}
		return fmt.Errorf("%s shows %s, and it is past midnight there", s.clocks[2].name, t.shown[s.clocks[2].name])
	})
}

// alwaysRuns looks again and again, until stop is closed, whether a process runs or is
// ready to run, and reports whether it nearly always is.
func alwaysRuns(pid int, stop <-chan struct{}) bool {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	seen, running := 0, 0
	for {
		select {
		case <-look.C:
		case <-stop:
			return seen >= 20 && running*10 > seen*9
		}
		if runs, err := program.Runs(pid); err == nil {
			seen++
			if runs {
				running++
			}
		}
	}
}

func tableOutside(ctx context.Context, s *site) error {
	n := len(s.clocks)
	var lines []string
	var t table
	for range 6 { // frames, so that few are in order by chance
		if err := s.goesOn(ctx, 1, s.clocks...); err != nil {
			return err
		}
		lines = s.screen()
		if t = read(lines, s.clocks); t.columns || len(t.order) <= n || !t.isTable(n) {
			break
		}
	}
	switch {
	case t.isTable(n):
		return nil
	case t.shuffles(n):
		return fmt.Errorf("%v: %s; the screen:\n%s", s.p, shuffled, frame(lines, nil))
	}
	return fmt.Errorf("%v: the times are right, but this is a log, not a table; the screen:\n%s", s.p, frame(lines, nil))
}

// lateBy is how many lines a clock has sent before its client reads the first.
const lateBy = 400

// early returns clocks of which the first has ticked for long when its client comes.
func early() []*clock {
	clocks := three()
	clocks[0].phase = -lateBy * fast
	clocks[0].serve = backlog
	return clocks
}

// backlog sends at the same time all lines that were due before, as they come from a fast clock to a
// client that was slow, and then ticks on.
func backlog(c *clock, conn net.Conn) {
	var b strings.Builder
	for k := range c.index() {
		fmt.Fprintln(&b, c.line(k))
	}
	if _, err := io.WriteString(conn, b.String()); err == nil {
		c.tick(conn)
	}
}

func keepsUpOutside(ctx context.Context, s *site) error {
	if err := s.goesOn(ctx, 1, s.clocks[0]); err != nil {
		return fmt.Errorf("with a clock that has sent %d lines at the same time, %w", lateBy, err)
	}
	return nil
}

func piecesOutside() []*clock {
	clocks := three()
	clocks[1].serve = piecemeal
	clocks[2].serve = inPairs
	return clocks
}

func gluesNothing(ctx context.Context, s *site) error {
	if err := s.goesOn(ctx, 1, s.clocks...); err != nil {
		return err
	}
	if two := glued(s.p.Stdout(), s.clocks[2]); two != "" {
		return fmt.Errorf("%s sends two lines at the same time, %q, and the wall shows both as one time; the screen:\n%s",
			s.clocks[2].name, two, frame(s.screen(), s.clocks[2]))
	}
	return nil
}

func mixesNothing(ctx context.Context, s *site) error {
	if err := s.runs(ctx); err != nil {
		return err
	}
	lines := s.screen()
	if t := read(lines, s.clocks); t.mixed != nil {
		return fmt.Errorf("%v: one row has two times of %s, %s and %s; the screen:\n%s", s.p, t.mixedName, t.mixed[0], t.mixed[1], frame(lines, nil))
	}
	return nil
}

// halfClose ticks twice, closes its side of the connection, and waits until the client
// closes the other.
func halfClose(c *clock, conn net.Conn) {
	c.ticks(conn, 2, whole)
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}

func closesItsEnd(ctx context.Context, s *site) error {
	closer := s.clocks[1]
	if err := s.readsOn(ctx, s.plain()...); err != nil {
		return fmt.Errorf("%s has closed its connection, and %w", closer.name, err)
	}
	select {
	case <-closer.left:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s has closed its connection, and %v has not closed its own end of it", closer.name, s.p)
	}
}

// setAndSilent returns clocks of which one is set, and then stops sending.
func setAndSilent() []*clock {
	clocks := three()
	clocks[1].ahead = isSet
	clocks[1].serve = fallSilent
	return clocks
}

func countsNothing(ctx context.Context, s *site) error {
	london, others := s.clocks[1], s.plain()
	err := s.await(ctx, london, func(t table, lines []string) error {
		if text := t.shown[london.name]; text != london.line(lastSaid-1) {
			return fmt.Errorf("%s shows %q, and the last that its clock has sent is %s: %s", london.name, text, london.line(lastSaid-1), wasSet(london))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.goesOn(ctx, 1, others...); err != nil {
		return err
	}
	lines := s.screen()
	if text := read(lines, s.clocks).shown[london.name]; text != "" && text != london.line(lastSaid-1) {
		return fmt.Errorf("%s has sent nothing since %s, and shows %s; the screen:\n%s", london.name, london.line(lastSaid-1), text, frame(lines, london))
	}
	return nil
}

func interjected(text, what string) func(context.Context, Start) error {
	return watch(with(three, interject(text), 1), func(ctx context.Context, s *site) error {
		err := s.readsOn(ctx, s.plain()...)
		if strings.Contains(s.p.Stdout(), what) {
			return fmt.Errorf("when %s sent %s between its times, the wall printed it", s.clocks[1].name, quote(text))
		}
		if err != nil {
			return fmt.Errorf("when %s sent %s between its times: %w", s.clocks[1].name, quote(text), err)
		}
		return nil
	})
}

func longLineOutside(ctx context.Context, start Start) error {
	return interjected(strings.Repeat("x", 1<<20)+"\n", strings.Repeat("x", 64))(ctx, start)
}

func printsText(ctx context.Context, s *site) error {
	if err := s.runs(ctx); err != nil {
		return err
	}
	screen := screen.New(120, 40)
	screen.Write([]byte(s.p.Stdout()))
	if junk := screen.Junk(); len(junk) > 0 {
		return fmt.Errorf("%v printed %d control bytes, such as %.4q", s.p, len(junk), junk)
	}
	if text := misprinted.FindString(s.p.Stdout()); text != "" {
		return misprint(text)
	}
	return nil
}

func floodsNothing(ctx context.Context, s *site) error {
	if err := s.runs(ctx); err != nil {
		return err
	}
	c := s.clocks[0]
	select {
	case <-time.After(time.Until(c.start.Add(30 * c.period))):
	case <-s.p.Flood():
	case <-ctx.Done():
	}
	up := time.Since(c.start)
	if n := len(s.p.Output()); float64(n) > maxOutput*up.Seconds() {
		return fmt.Errorf("%v printed %d bytes in %v, want at most %d a second", s.p, n, up.Round(100*time.Millisecond), maxOutput)
	}
	return nil
}

func endsWhenTold(ctx context.Context, s *site) error {
	if err := s.runs(ctx); err != nil {
		return err
	}
	if err := s.p.Interrupt(); err != nil {
		return suite.Unchecked(fmt.Sprintf("%v cannot be interrupted: %v", s.p, err))
	}
	if _, err := s.p.Wait(ctx); err != nil {
		return fmt.Errorf("%v has not ended after %v", s.p, os.Interrupt)
	}
	return nil
}

func refusesOutside(what string, args ...string) func(context.Context, Start) error {
	return func(ctx context.Context, start Start) error {
		return failsBeside(ctx, start, what, slices.Clone(args)...)
	}
}
