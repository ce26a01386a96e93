// Package walltest tests clock walls: programs that watch several clock servers
// at the same time and show their times in a table.
//
// Package main of such a program tests itself with
//
//	func TestWall(t *testing.T) { walltest.Test(t, run) }
//
//	func TestProgram(t *testing.T) { walltest.TestProgram(t) }
//
// The suite does not prescribe the exact form of the table: it reads the screen as a person
// would. It accepts any table in which each name has its own time. The table may be in rows
// or columns, with or without borders, redrawn in place or added line by line.
package walltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Run function shows on out the clocks that are named by args, each in the
// form NAME=host:port, until ctx ends. It connects to them by dial. Then it
// returns nil; or immediately, an error that names a bad argument.
type Run = func(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error

// Test tests that run shows the times of several clocks. The cases run on a
// network in memory and a fake clock. If another program is to be tested, it gets
// the same cases as a process, as far as it can be asked from outside.
func Test(t *testing.T, run Run) {
	t.Helper()
	suite.Test(t, Clockwall(run))
}

// Clockwall returns the suite of Test.
func Clockwall(run Run) suite.Suite {
	if program.Foreign() {
		return fromOutside()
	}
	s := suite.New(inBubble, run, cases)
	s.Rules = rules()
	return s
}

// rules returns those of failures that any case may notice.
func rules() suite.Rules {
	about := func(name string) suite.Rule { return suite.RuleOf("TestWall", name, "run", cases) }
	return suite.General("clockwall", "run").With(suite.Rules{
		verdict.NotConcurrent: about("does_not_wait_for_a_silent_clock_that_comes_first"),
		verdict.Leak:          about("leaks_no_goroutine"),
		verdict.Race:          about("has_no_data_race"),
	})
}

// inBubble runs a case as [fakeclock.Run] does. Of a program that has drawn nothing it says
// so if it has printed to standard output.
func inBubble(t *testing.T, _ *suite.Grading, f func(ctx context.Context) error, env ...string) isolate.Result {
	t.Helper()
	r := fakeclock.Run(t, f, env...)
	mute := r.Verdict.Kind == verdict.Wrong || r.Verdict.Kind == verdict.NotConcurrent
	if mute && strings.Contains(r.Verdict.Message, nothing) && timeOfDay.MatchString(logged.ReplaceAllString(r.Output, "")) {
		r.Verdict.Kind, r.Verdict.About = verdict.Wrong, ownTime
		r.Verdict.Message = where(r.Output) + ", and nothing to out: print to out, for example by fmt.Fprintln(out, …); it printed:\n" +
			frame(strings.Split(strings.TrimSpace(r.Output), "\n"), nil)
	}
	return r
}

// where says to which stream a program has printed the times in output: package log prints to
// standard error.
func where(output string) string {
	for text := range strings.Lines(output) {
		if timeOfDay.MatchString(logged.ReplaceAllString(text, "")) && !logged.MatchString(text) {
			return "run printed to standard output"
		}
	}
	return "run printed to standard error (package log does so)"
}

// misprinted matches what package fmt prints of a format that does not match its arguments:
// "%!d(string=London)", "%!(EXTRA int=8)".
var misprinted = regexp.MustCompile(`%!.?\([^)]*\)`)

func misprint(text string) error {
	return fmt.Errorf("the wall printed %q: a format of package fmt does not match its arguments", text)
}

// logged matches the time that package log puts before what it prints, on standard error.
var logged = regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`)

// alone returns the environment of a case that no other may come before in its process: it
// finds the package variables of the program as they are at its start.
func alone(name string) []string { return []string{"WORKBOOK_ALONE=" + name} }

var cases = []suite.Case[Run]{
	{
		Name: "connects_to_the_addresses_that_it_is_given", Group: suite.Core, Points: 1,
		Explanation: "For NewYork=localhost:8010, connect with dial to localhost:8010, and show the clock as NewYork. If the program connects only to the first clock, what does it wait for?",
		Run:         connects,
	},
	{
		Name: "shows_every_name_with_its_own_time", Group: suite.Core, Points: 3,
		Explanation: "Show each name beside its time, or above or below it. The time is the one that this clock has sent.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			err := withClockwall(ctx, run, clocks, func(w *clockwall) error {
				if err := w.goesOn(3*time.Second, 4*time.Second, clocks...); err != nil {
					return err
				}
				_, lines := w.table()
				if err := inOtherForm(lines, clocks); err != nil {
					return w.wrong(nil, "%w", err)
				}
				return nil
			})
			return aloneToo(ctx, run, err)
		},
	},
	{
		Name: "shows_as_many_clocks_as_it_is_given", Group: suite.Core, Points: 1,
		Explanation: "Show all clocks of the arguments, however many they are, with their whole names. Two names may have one address. An address may have more colons, such as [::1]:8010.",
		Env:         alone("shows_as_many_clocks_as_it_is_given"),
		Run: func(ctx context.Context, run Run) error {
			clocks := twelveWithATwin()
			err := withClockwall(ctx, run, clocks, func(w *clockwall) error {
				w.at(3400 * time.Millisecond)
				if missed := w.missed(); missed != "" {
					return errors.New(missed)
				}
				return w.goesOn(3*time.Second, 5*time.Second, clocks...)
			})
			return aloneToo(ctx, run, err)
		},
	},
	{
		Name: "shows_a_single_clock", Group: suite.Core, Points: 1,
		Explanation: "Show a single clock with its name, too, and update its time.",
		Env:         alone("shows_a_single_clock"),
		Run: func(ctx context.Context, run Run) error {
			return aloneToo(ctx, run, withOne(ctx, run))
		},
	},
	{
		Name: "shows_a_new_time_each_second", Group: suite.Core, Points: 2,
		Explanation: "Update the time of each clock every second, also after midnight.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			clocks[2].first = "23:55:00" // ten minutes later it is tomorrow
			return withClockwall(ctx, run, clocks, func(w *clockwall) error {
				if err := w.changes(3*time.Second, 4*time.Minute, clocks...); err != nil {
					return err
				}
				return w.goesOn(10*time.Minute, 10*time.Minute+5*time.Second, clocks...)
			})
		},
	},
	{
		Name: "connects_to_all_at_once", Group: suite.Core, Points: 2,
		Explanation: "Call dial in the goroutine of each clock, so that no clock waits for another. A dial may take minutes.",
		Run:         connectsAtOnce,
	},
	{
		Name: "does_not_wait_for_a_silent_clock_that_comes_first", Group: suite.Core, Points: 3,
		Explanation: "A silent clock must not delay the others: connect to each clock and read it in its own goroutine. The word go starts it. Show the clocks that have sent a time, and do not wait for the others.",
		Run:         silentFirst,
	},
	{
		Name: "does_not_wait_for_a_silent_clock_that_comes_second", Group: suite.Core, Points: 2,
		Explanation: "A silent clock must not delay the others: connect to each clock and read it in its own goroutine. The word go starts it. Show the clocks that have sent a time, and do not wait for the others.",
		Run:         silentSecond,
	},
	{
		Name: "shows_a_table", Group: suite.Core, Points: 2,
		Explanation: "Show all clocks together, in a table: print a row with all times, or draw all of them again. A line for each time that arrives is a log.",
		Run:         showsATable,
	},
	{
		Name: "keeps_up_with_a_fast_clock", Group: suite.Core, Points: 2,
		Explanation: "Read all lines of each clock, and keep the last: only the newest time counts. If you read one line for each row that you draw, the other lines queue up.",
		Run:         keepsUp,
	},
	{
		Name: "joins_a_line_that_arrives_in_pieces", Group: suite.Core, Points: 1,
		Explanation: "Read lines, with a bufio.Scanner: one Read may return half of a line, or two lines. TCP carries bytes, not lines.",
		Run:         piecesAndPairs,
	},
	{
		Name: "puts_one_time_of_each_clock_into_a_row", Group: suite.Core, Points: 1,
		Explanation: "A row of the table never has two times of the same clock. If a row takes the next lines in the order in which they arrive, a fast clock fills the whole row.",
		Run:         neverMixes,
	},
	{
		Name: "goes_on_when_the_first_clock_cannot_be_reached", Group: suite.Robustness, Points: 1,
		Explanation: "A wall with one missing clock still shows the others: mark that clock, and go on.",
		Env:         alone("goes_on_when_the_first_clock_cannot_be_reached"),
		Run:         withRefusing(three, 0),
	},
	{
		Name: "goes_on_when_other_clocks_cannot_be_reached", Group: suite.Robustness, Points: 1,
		Explanation: "A wall with missing clocks still shows the others: mark the missing clocks, and go on.",
		Env:         alone("goes_on_when_other_clocks_cannot_be_reached"),
		Run:         withRefusing(func() []*clock { return many(4) }, 1, 3),
	},
	{
		Name: "goes_on_when_a_clock_disconnects", Group: suite.Robustness, Points: 2,
		Explanation: "If one clock is lost, the wall goes on with the others: end its reader, and close its connection. After the end of a connection, each further Read returns io.EOF.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			clocks[1].serve, clocks[1].closes = closeEarly, true
			return ofThisCase(withClockwall(ctx, run, clocks, func(w *clockwall) error {
				if err := w.goesOn(3*time.Second, 9*time.Second, clocks[0], clocks[2]); err != nil {
					return fmt.Errorf("%s has closed its connection, and %w", clocks[1].name, err)
				}
				if w.nw.Open() > 4 {
					return suite.About(closes, fmt.Errorf("%s closed its connection 8s ago, and the wall has not closed its own end of it", clocks[1].name))
				}
				return nil
			}))
		},
	},
	{
		Name: "shows_only_times_that_its_clocks_have_sent", Group: suite.Robustness, Points: 1,
		Explanation: "Show only times that the clock has sent, and do not count yourself: the clock may be set to another time. When it sends nothing, its time is unknown: show the last time, or none.",
		Run:         showsWhatWasSent,
	},
	{
		Name: "ignores_invalid_input", Group: suite.Robustness, Points: 1,
		Explanation: "Show a line only if it has the form 15:04:05: input from the network may be anything. The function time.Parse accepts more, such as fractions of a second: format the result and compare.",
		Run:         keepsRubbishOff,
	},
	{
		Name: "keeps_terminal_codes_off_the_screen", Group: suite.Robustness, Points: 1,
		Explanation: "Show a line only if it has the form of a time. A server that can write escape codes to your terminal can clear it, or do worse.",
		Run:         withInterjection(interjection{1, "\x1b[2J\x1b]0;owned\x0708:00:02\x1b[31m\n", "\x1b]0;owned"}),
	},
	{
		Name: "survives_a_1_MiB_line", Group: suite.Robustness, Points: 1,
		Explanation: "A line without an end must not fill the memory or the screen. A bufio.Scanner stops at 64 KiB. This ends one clock, and must not end the others.",
		Run:         survivesALongLine,
	},
	{
		Name: "prints_only_text", Group: suite.Robustness, Points: 1,
		Explanation: "The rest of a buffer has zeros: print only the bytes that were read, buf[:n]. If package fmt prints %!, a format and its arguments do not match.",
		Run: func(ctx context.Context, run Run) error {
			return withClockwall(ctx, run, three(), func(w *clockwall) error {
				w.at(4400 * time.Millisecond)
				w.mu.Lock()
				junk := w.screen.Junk()
				w.mu.Unlock()
				if len(junk) > 0 {
					return w.wrong(nil, "the wall printed %d control bytes, such as %.4q", len(junk), junk)
				}
				if text := misprinted.FindString(w.printed()); text != "" {
					return w.wrong(nil, "%w", misprint(text))
				}
				return nil
			})
		},
	},
	{
		Name: "does_not_flood_its_output", Group: suite.Robustness, Points: 1,
		Explanation: "Draw a few times a second at most, because the clocks tick once a second. A wall that prints without a pause is a busy loop, and fills the disk if its output is a file.",
		Run:         doesNotFlood,
	},
	{
		Name: "returns_when_its_context_ends", Group: suite.Robustness, Points: 1,
		Explanation: "run must stop when ctx ends: wait for ctx.Done() wherever you wait. Pass ctx to dial, too, which may take minutes.",
		Run:         returnsWhenTold,
	},
	{
		Name: "closes_its_connections", Group: suite.Robustness, Points: 1,
		Explanation: "Close each connection that you dial: put defer conn.Close() after the dial. A blocked Read returns when its connection is closed.",
		Run:         closesConnections,
	},
	{
		Name: "refuses_missing_arguments", Group: suite.Robustness, Points: 1, Brief: true,
		Explanation: "Return an error if there are no arguments: without them there are no clocks.",
		Run:         refuses(""),
	},
	{
		Name: "refuses_an_argument_without_an_address", Group: suite.Robustness, Points: 1, Brief: true,
		Explanation: "Look for the = before you use the text after it: strings.Cut reports whether it is there.",
		Run:         refuses("Paris", "London=localhost:8020", "Paris"),
	},
	{
		Name: "refuses_an_empty_name", Group: suite.Robustness, Points: 1, Brief: true,
		Explanation: "For a clock without a name, return an error that names the argument as given.",
		Run:         refuses("=localhost:8020", "=localhost:8020"),
	},
	{
		Name: "refuses_a_duplicate_name", Group: suite.Robustness, Points: 1, Brief: true,
		Explanation: "Return an error for two clocks with one name: they cannot be distinguished, and in a map one of them is lost.",
		Run:         refuses("London", "London=localhost:8020", "London=localhost:8030"),
	},
	{
		Name: "refuses_an_address_without_a_port", Group: suite.Robustness, Points: 1, Brief: true,
		Explanation: "Return an error for an address that is not host:port: net.SplitHostPort checks that. Do so before the first dial.",
		Run:         refuses("London=localhost", "London=localhost"),
	},
	{
		Name: "has_no_data_race", Group: suite.Core, Points: 2, Collects: suite.Races,
		Explanation: "Two goroutines must not use a variable at the same time if one of them writes it. Send the times over a channel to the goroutine that draws, or hold a lock while you use them.",
		Run:         noRace,
	},
	{
		Name: "leaks_no_goroutine", Group: suite.Robustness, Points: 2, Collects: suite.Leaks,
		Explanation: "When run returns, all its goroutines must end, for example because ctx ends or a connection is closed.",
		Run: func(ctx context.Context, run Run) error {
			return withClockwall(ctx, run, three(), func(w *clockwall) error {
				w.at(2400 * time.Millisecond)
				return nil
			})
		},
	},
}

func connects(ctx context.Context, run Run) error {
	clocks := three()
	err := withClockwall(ctx, run, clocks, func(w *clockwall) error {
		w.at(3400 * time.Millisecond)
		if missed := w.missed(); missed != "" {
			return errors.New(missed)
		}
		return nil
	})
	if err != nil && inTurn(ctx, run) {
		return suite.NotConcurrent("the wall connects to a clock only after the previous clock has closed its connection: %w", err)
	}
	return err
}

// inTurn reports whether the wall connects to a clock when the one before has closed its
// connection, and not before.
func inTurn(ctx context.Context, run Run) (yes bool) {
	const stay = 5 * time.Second
	clocks := three()
	for _, c := range clocks {
		c.closes = true
		c.serve = func(c *clock, conn net.Conn) {
			time.Sleep(stay)
			conn.Close()
		}
	}
	guests := func() (n int64) {
		for _, c := range clocks {
			n += min(1, c.guests.Load())
		}
		return n
	}
	withClockwall(ctx, run, clocks, func(w *clockwall) error {
		yes = true
		for i := range clocks {
			w.at(time.Duration(i)*stay + stay/2)
			yes = yes && guests() == int64(i+1)
		}
		return nil
	})
	return yes
}

// missed returns which of the clocks the wall has not connected to, and what it has
// dialed; "" if none.
func (w *clockwall) missed() string {
	var missed []string
	for _, c := range w.clocks {
		if c.guests.Load() == 0 && (c.twin == nil || c.twin.guests.Load() == 0) {
			missed = append(missed, c.name+"="+c.given())
		}
	}
	if len(missed) == 0 {
		return ""
	}
	if more := len(missed) - 3; more > 0 {
		missed = append(missed[:3], fmt.Sprintf("%d more", more))
	}
	dialed := "nothing: " + undialed
	if all := w.elsewhere(); len(all) > 0 {
		dialed = strings.Join(all, ", ") + ", where no clock is"
	} else if all := slices.Compact(slices.Sorted(slices.Values(w.dials()))); len(all) > 0 {
		dialed = strings.Join(all, ", ")
	}
	up := time.Since(w.start).Round(100 * time.Millisecond)
	return fmt.Sprintf("after %v the wall has not connected to %s; it has dialed %s", up, strings.Join(missed, ", "), dialed)
}

// elsewhere returns what the wall has dialed that is not the address of a clock.
func (w *clockwall) elsewhere() []string {
	all := slices.DeleteFunc(w.dials(), func(address string) bool {
		return slices.ContainsFunc(w.clocks, func(c *clock) bool { return c.address == address })
	})
	slices.Sort(all)
	return slices.Compact(all)
}

func connectsAtOnce(ctx context.Context, run Run) error {
	const delay = 2 * time.Second
	clocks := three()
	err := withDial(ctx, run, clocks, slowDial(delay, clocks...), func(w *clockwall) error {
		w.at(delay + 3400*time.Millisecond)
		if err := w.shows(clocks...); err != nil {
			return notConcurrent(err, "three dials at the same time should take %v, like one", delay)
		}
		return nil
	})
	return aloneToo(ctx, run, err)
}

// slowDial returns a dial that takes a while to reach some of the clocks for the first time.
func slowDial(delay time.Duration, clocks ...*clock) func(dial dialFunc) dialFunc {
	var reached sync.Map // by address
	return func(dial dialFunc) dialFunc {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			_, again := reached.LoadOrStore(address, true)
			if !again && slices.ContainsFunc(clocks, func(c *clock) bool { return c.address == address }) {
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-time.After(delay):
				}
			}
			return dial(ctx, network, address)
		}
	}
}

func silentFirst(ctx context.Context, run Run) error {
	clocks := three()
	clocks[0].serve = silent
	err := withClockwall(ctx, run, clocks, func(w *clockwall) error {
		if err := w.goesOn(3*time.Second, 7*time.Second, clocks[1:]...); err != nil {
			return notConcurrent(err, "%s accepts a connection but sends nothing", clocks[0].name)
		}
		return nil
	})
	return aloneToo(ctx, run, err)
}

// silentSecond has more silent clocks than one, so that a wall that waits for as many lines
// as it has clocks, from any of them, is late. The dial of the last one takes a while.
func silentSecond(ctx context.Context, run Run) error {
	clocks := many(9)
	speaking := []*clock{clocks[0], clocks[2]}
	for _, c := range clocks {
		if !slices.Contains(speaking, c) {
			c.serve = silent
		}
	}
	err := withDial(ctx, run, clocks, slowDial(4*time.Second, clocks[8]), func(w *clockwall) error {
		if err := w.goesOn(3*time.Second, 12*time.Second, speaking...); err != nil {
			return notConcurrent(err, "all clocks except %s send nothing", names(speaking))
		}
		return nil
	})
	return aloneToo(ctx, run, err)
}

// aloneToo returns err, or if that says of a wall that one clock waits for another, or that it shows
// an old time, and why is not known, what is wrong with a single clock, which waits for no other.
// A wall that forgets go may show no single clock either, but then it does not read all clocks.
func aloneToo(ctx context.Context, run Run, err error) error {
	waits := verdict.Of(err).Kind == verdict.NotConcurrent
	if !waits && !errors.Is(err, errOld) || verdict.Of(err).About != "" {
		return err
	}
	alone := withOne(ctx, run)
	about := verdict.Of(alone).About
	switch {
	case alone == nil && errors.Is(err, errOld):
		return behindToo(ctx, run, err)
	case alone == nil:
		return err
	case errors.Is(err, errOld) && errors.Is(alone, errOld) && (about == "" || about == goesOnTicking):
		return suite.About(goesOnTicking, fmt.Errorf("with a single clock, %w", alone))
	case waits && readsAll(ctx, run):
		return suite.About(cmp.Or(about, singleClock), fmt.Errorf("with a single clock, too: %w", alone))
	}
	return err
}

// behindToo returns err, about a wall that shows an old time while some clocks are silent, or if it
// is no better when all of three clocks speak, what is wrong then.
func behindToo(ctx context.Context, run Run, err error) error {
	clocks := three()
	all := withClockwall(ctx, run, clocks, func(w *clockwall) error { return w.goesOn(3*time.Second, 12*time.Second, clocks...) })
	if !errors.Is(all, errOld) || verdict.Of(all).Kind != verdict.Wrong {
		return err
	}
	return suite.About(keepsUpCase, fmt.Errorf("with three clocks that all send a line each second, too: %w", all))
}

// readsAll reports whether the wall reads the lines of three clocks at the same time, whatever it
// shows. Their connections hold no more than a byte.
func readsAll(ctx context.Context, run Run) (all bool) {
	clocks := three()
	narrow := func(dial dialFunc) dialFunc {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			return dial(pipenet.WithWindow(ctx, 1), network, address)
		}
	}
	withDial(ctx, run, clocks, narrow, func(w *clockwall) error {
		w.at(6400 * time.Millisecond)
		all = !slices.ContainsFunc(clocks, func(c *clock) bool { return c.sent(time.Now()) < 4 })
		return nil
	})
	return all
}

// withOne wants a single clock to be shown.
func withOne(ctx context.Context, run Run) error {
	clock := many(1)
	return withClockwall(ctx, run, clock, func(w *clockwall) error { return w.goesOn(3*time.Second, 8*time.Second, clock...) })
}

// ofThisCase returns err, which is about what happens to a clock in this case if the wall then
// ends: it need not end in others.
func ofThisCase(err error) error {
	if verdict.Of(err).About != goesOnTicking {
		return err
	}
	return suite.About("", err)
}

func showsATable(ctx context.Context, run Run) error {
	clocks := three()
	clocks[2].period = time.Second / 5
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		w.at(60400 * time.Millisecond) // so that frames that are in order by chance are few
		t, lines := w.table()
		if t.named == 0 && len(t.unnamed) > 0 {
			return w.wrong(nil, "%w", errUnnamed)
		}
		for _, c := range clocks {
			if _, ok := t.shown[c.name]; !ok {
				return w.wrong(c, "%w", w.explained(flaw(t, lines, c, w.clocks)))
			}
		}
		switch {
		case t.isTable(len(clocks)):
			return nil
		case t.shuffles(len(clocks)):
			return w.wrong(nil, shuffled)
		case w.cause() != nil:
			return w.wrong(nil, "%w", w.explained(errors.New("some frames have one clock twice, and another not at all")))
		}
		return w.wrong(nil, "the times are right, but this is a log, not a table")
	})
}

const shuffled = "the order of the clocks changes from one frame to the next: a range over a map has no fixed order. Keep the names in a slice"

func keepsUp(ctx context.Context, run Run) error {
	clocks := three()
	clocks[0].period = time.Second / 20
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		if err := w.goesOn(8*time.Second, 30*time.Second, clocks[0]); err != nil {
			return fmt.Errorf("with a clock that ticks 20 times a second, %w", err)
		}
		return nil
	})
}

// piecesAndPairs lets one clock send half lines, and another two lines at the same time.
func piecesAndPairs(ctx context.Context, run Run) error {
	clocks := three()
	clocks[1].serve = piecemeal
	clocks[2].serve = inPairs
	clocks[2].period = time.Second / 4 // so that the first of the two is not too old
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		err := w.goesOn(3*time.Second, 6*time.Second, clocks[0], clocks[1])
		if two := glued(w.printed(), clocks[2]); two != "" {
			return w.wrong(clocks[2], "%s sends two lines at the same time, %q, and the wall shows both as one time", clocks[2].name, two)
		}
		if err != nil {
			return err
		}
		if err := w.shows(clocks[2]); err != nil && !errors.Is(err, errOld) {
			return fmt.Errorf("with a clock that sends two lines at the same time, %w", err)
		}
		return nil
	})
}

// glued returns two lines of a clock that text has side by side, "" if it has none.
func glued(text string, c *clock) string {
	for k := range c.index() {
		for _, between := range []string{"\n", "\r\n", " ", ""} {
			if strings.Contains(text, c.line(k)+between+c.line(k+1)) {
				return c.line(k) + "\n" + c.line(k+1) + "\n"
			}
		}
	}
	return ""
}

func neverMixes(ctx context.Context, run Run) error {
	clocks := three()
	clocks[0].period = time.Second / 3
	clocks[1].serve = silent
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		for up := 3400 * time.Millisecond; up < 12*time.Second; up += 700 * time.Millisecond {
			w.at(up)
			if t, _ := w.table(); t.mixed != nil {
				return w.wrong(nil, "%w", w.explained(fmt.Errorf("one row has two times of %s, %s and %s", t.mixedName, t.mixed[0], t.mixed[1])))
			}
		}
		return nil
	})
}

// showsWhatWasSent lets a clock be set, and then stop sending.
func showsWhatWasSent(ctx context.Context, run Run) error {
	clocks := three()
	london := clocks[1]
	london.ahead, london.serve = isSet, fallSilent
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		if err := w.goesOn(3*time.Second, lastSaid*time.Second, london); err != nil {
			return fmt.Errorf("%s; %w", wasSet(london), err)
		}
		w.at((lastSaid + 10) * time.Second)
		t, _ := w.table()
		if k, own := london.number(t.shown[london.name]); own && k >= lastSaid {
			return w.wrong(london, "%s has sent nothing since %s, and shows %s", london.name, london.line(lastSaid-1), t.shown[london.name])
		}
		return w.shows(clocks[0], clocks[2])
	})
}

func noRace(ctx context.Context, run Run) error {
	clocks := three()
	for i, rate := range []time.Duration{23, 29, 31} {
		clocks[i].period = time.Second / rate
	}
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		w.at(3500 * time.Millisecond)
		return nil
	})
}

// withRefusing returns the case in which some of the clocks refuse the connection.
func withRefusing(all func() []*clock, refusing ...int) func(context.Context, Run) error {
	return func(ctx context.Context, run Run) error {
		clocks := all()
		var dead, others []*clock
		for i, c := range clocks {
			if c.refuses = slices.Contains(refusing, i); c.refuses {
				dead = append(dead, c)
			} else {
				others = append(others, c)
			}
		}
		err := withClockwall(ctx, run, clocks, func(w *clockwall) error {
			if err := w.goesOn(3*time.Second, 7*time.Second, others...); err != nil {
				return err
			}
			if n := len(w.dials()); n > maxDials {
				return fmt.Errorf("the wall has dialed %d times in 7s, want a pause after each try", n)
			}
			if n := len(w.printed()); n > 7*maxOutput {
				return fmt.Errorf("the wall has printed %d bytes in 7s, want at most %d a second", n, maxOutput)
			}
			return nil
		})
		if err != nil {
			return ofThisCase(fmt.Errorf("dial to %s fails with connection refused, and %w", names(dead), err))
		}
		return nil
	}
}

const (
	maxDials  = 500    // in seven seconds: some dozens a second and clock
	maxOutput = 20_000 // bytes a second
)

// An interjection is text that the clock of a number sends between its times, and of which
// the wall must not print what.
type interjection struct {
	clock      int
	text, what string
}

// withInterjection returns the case in which a clock sends text between its times.
func withInterjection(in interjection) func(context.Context, Run) error {
	return func(ctx context.Context, run Run) error { return interjects(ctx, run, three(), in) }
}

// survivesALongLine makes its line only when it is run: each process of a case would have to
// make that of a variable.
func survivesALongLine(ctx context.Context, run Run) error {
	return interjects(ctx, run, three(), interjection{1, strings.Repeat("x", 1<<20) + "\n", strings.Repeat("x", 64)})
}

func interjects(ctx context.Context, run Run, clocks []*clock, all ...interjection) error {
	var others []*clock
	for i, c := range clocks {
		at := slices.IndexFunc(all, func(in interjection) bool { return in.clock == i })
		if at < 0 {
			others = append(others, c)
			continue
		}
		c.serve = interject(all[at].text)
	}
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		err := w.goesOn(3*time.Second, 9*time.Second, others...)
		for _, in := range all {
			name := clocks[in.clock].name
			switch {
			case !strings.Contains(w.printed(), in.what):
			case timeOfDay.MatchString(in.what):
				return fmt.Errorf("when %s sent %s between its times, the wall printed it as a time", name, quote(in.text))
			default:
				return fmt.Errorf("when %s sent %s between its times, the wall printed it", name, quote(in.text))
			}
			if err != nil && len(all) == 1 {
				return fmt.Errorf("when %s sent %s between its times: %w", name, quote(in.text), err)
			}
		}
		if err != nil {
			return fmt.Errorf("when other clocks sent what is not a time: %w", err)
		}
		return nil
	})
}

func keepsRubbishOff(ctx context.Context, run Run) error {
	const nines = 50_000
	clocks := slices.Delete(many(9), 4, 5) // a long name is for other cases
	return interjects(ctx, run, clocks,
		interjection{1, "hello, I am no clock\n", "I am no clock"},
		interjection{3, clocks[3].line(2) + "." + strings.Repeat("9", nines) + "\n", clocks[3].line(2) + ".9"},
		interjection{4, "nonsense\n", "nonsense"}, // as long as a time
		interjection{5, clocks[5].line(2) + ".987\n", clocks[5].line(2) + ".9"},
		interjection{6, "ab:cd:ef\n", "ab:cd:ef"}, // with colons where a time has them
		interjection{7, "\n7:7\n", "7:7"})         // shorter than a time
}

// quote returns text in quotes, or of a long one its start.
func quote(text string) string {
	if len(text) > 100 {
		return fmt.Sprintf("%.10q and so on, %d bytes,", text, len(text))
	}
	return strconv.Quote(text)
}

func doesNotFlood(ctx context.Context, run Run) error {
	const span = 60 * time.Second
	return withClockwall(ctx, run, three(), func(w *clockwall) error {
		w.at(span + 400*time.Millisecond)
		if n := len(w.printed()); n > maxOutput*int(span/time.Second) {
			return fmt.Errorf("the wall printed %d bytes in %v, want at most %d a second", n, span, maxOutput)
		}
		return nil
	})
}

// returnsWhenTold ends ctx while two clocks are read and a third is dialed.
func returnsWhenTold(ctx context.Context, run Run) error {
	clocks := three()
	deaf := clocks[2]
	var dialing atomic.Bool // deaf, with a context that has not ended
	slow := func(dial dialFunc) dialFunc {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			if address != deaf.address {
				return dial(ctx, network, address)
			}
			dialing.Store(true)
			select {
			case <-ctx.Done():
				dialing.Store(false)
				return nil, ctx.Err()
			case <-time.After(time.Hour):
				return nil, fmt.Errorf("dial %s %s: no answer", network, address)
			}
		}
	}
	return withDial(ctx, run, clocks, slow, func(w *clockwall) error {
		w.at(2400 * time.Millisecond)
		select {
		case err := <-w.done:
			w.done <- err // withClockwall reports this
			return nil
		default:
		}
		w.cancel()
		select {
		case err := <-w.done:
			switch {
			case errors.Is(err, context.Canceled):
				return suite.Note("when ctx ended, run returned the error of ctx, and should return nil: main reports an error to a person who has pressed Ctrl-C")
			case err != nil:
				return fmt.Errorf("when ctx ended, run returned the error \"%w\", want nil", err)
			}
			return nil
		case <-time.After(time.Second):
		}
		if dialing.Load() {
			return fmt.Errorf("run has not returned 1s after ctx ended: it waits for a dial to %s, whose context has not ended", deaf.name)
		}
		return errors.New("run has not returned 1s after ctx ended")
	})
}

func closesConnections(ctx context.Context, run Run) error {
	clocks := three()
	clocks[1].serve = silent
	return withClockwall(ctx, run, clocks, func(w *clockwall) error {
		w.at(2400 * time.Millisecond)
		w.cancel()
		w.at(4400 * time.Millisecond)
		if open := w.nw.Open(); open > 0 {
			return fmt.Errorf("2s after ctx ended, %d of %d connections are open", (open+1)/2, len(clocks))
		}
		return nil
	})
}

// refuses returns the case of args that are wrong, in which the error must
// name what. Every address that is dialed is that of a clock, so that only run can find
// the mistake.
func refuses(what string, args ...string) func(context.Context, Run) error {
	return func(ctx context.Context, run Run) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		nw := pipenet.New()
		c := three()[0]
		ln, err := nw.Listen(c.address)
		if err != nil {
			return err
		}
		defer ln.Close()
		c.listen(ln)
		dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
			return nw.Dial(ctx, network, c.address)
		}
		done := make(chan error, 1)
		go func() { done <- run(ctx, dial, args, io.Discard) }()
		select {
		case err := <-done:
			if err == nil {
				return fmt.Errorf("run with arguments %q returned nil, want an error", args)
			}
			if !strings.Contains(err.Error(), what) {
				return fmt.Errorf("run with arguments %q returned the error %q, want one that names %q", args, err, what)
			}
			return nil
		case <-time.After(time.Second):
			return fmt.Errorf("run with arguments %q keeps running, want an error", args)
		}
	}
}
