// Package walltest tests clock walls: programs that watch several clock servers
// at once and show their times in a table.
//
// Package main of such a program tests itself with
//
//	func TestWall(t *testing.T) { walltest.Test(t, run) }
//
//	func TestProgram(t *testing.T) { walltest.TestProgram(t) }
//
// A suite like this could prescribe the table to the last blank. It does not:
// it reads the screen as a person would. Rows or columns, with borders or
// without, redrawn in place or added line by line, any table will do in which
// each name stands with its own time.
package walltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/workbook/testutil/suite"
	"example.com/workbook/testutil/verdict"
)

// A Run function shows on out the clocks that are named by args, each in the
// form NAME=host:port, until ctx ends. It connects to them by dial. Then it
// returns nil; or at once, an error that names a bad argument.
type Run = func(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error), args []string, out io.Writer) error

// Test tests that run shows the times of several clocks. The cases run on a
// network in memory and a fake clock.
func Test(t *testing.T, run Run) {
	t.Helper()
	suite.Test(t, Wall(run))
}

// Wall returns the suite of Test.
func Wall(run Run) suite.Suite {
	s := suite.New(suite.FakeClock, run, cases)
	s.Rules = rules()
	return s
}

// rules returns those of failures that any case may notice.
func rules() suite.Rules {
	about := func(name string) suite.Rule { return suite.RuleOf("TestWall", name, "run", cases) }
	return suite.General("clockwall", "run").With(suite.Rules{
		verdict.NotConcurrent: {
			About: "TestWall/does_not_wait_for_a_silent_clock_that_comes_first",
			Text:  "Connect to each clock and read it in a goroutine of its own, started with the word go, so that no clock waits for another.",
			Func:  "run",
		},
		verdict.Leak: about("leaves_no_goroutine_behind"),
		verdict.Race: about("has_no_data_race"),
	})
}

var cases = []suite.Case[Run]{
	{
		Name: "connects_to_the_addresses_that_it_is_given", Group: suite.Core, Points: 1,
		Explanation: "The arguments say where the clocks are: NewYork=localhost:8010 is a clock to show as NewYork, and to connect to by dial at localhost:8010. If only the first is connected to, what does the program wait for?",
		Run:         connects,
	},
	{
		Name: "shows_every_name_with_its_own_time", Group: suite.Core, Points: 4,
		Explanation: "On the wall of an office each clock has its name under it. Put each name in one row with its time, or above it.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			return hang(ctx, run, clocks, func(w *wall) error { return w.goesOn(3*time.Second, 4*time.Second, clocks...) })
		},
	},
	{
		Name: "shows_as_many_clocks_as_it_is_given", Group: suite.Core, Points: 1,
		Explanation: "How many clocks there are, and what they are called, is for the arguments to say.",
		Run: func(ctx context.Context, run Run) error {
			for _, clocks := range [][]*clock{five(), five()[:1]} {
				err := hang(ctx, run, clocks, func(w *wall) error { return w.goesOn(3*time.Second, 5*time.Second, clocks...) })
				if err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		Name: "goes_on_ticking", Group: suite.Core, Points: 2,
		Explanation: "A wall is not one reading: each clock goes on, and the wall with it.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			return hang(ctx, run, clocks, func(w *wall) error {
				if err := w.goesOn(3*time.Second, 15*time.Second, clocks...); err != nil {
					return err
				}
				return w.goesOn(10*time.Minute, 10*time.Minute+5*time.Second, clocks...)
			})
		},
	},
	{
		Name: "connects_to_all_at_once", Group: suite.Core, Points: 2,
		Explanation: "To connect may take long. Do it in the goroutine of each clock, so that no clock waits for another.",
		Run:         connectsAtOnce,
	},
	{
		Name: "does_not_wait_for_a_silent_clock_that_comes_first", Group: suite.Core, Points: 3,
		Explanation: "A clock that says nothing must hold up no other: read each in a goroutine of its own, and do not wait for all of them before you show any.",
		Run:         withSilent(0),
	},
	{
		Name: "does_not_wait_for_a_silent_clock_that_comes_second", Group: suite.Core, Points: 2,
		Explanation: "A clock that says nothing must hold up no other: read each in a goroutine of its own, and do not wait for all of them before you show any.",
		Run:         withSilent(1),
	},
	{
		Name: "shows_a_table", Group: suite.Core, Points: 2,
		Explanation: "Lines that are added for one clock or another as they come are a log. In a table all clocks stand together: print a row of all, or draw all of them again.",
		Run:         showsATable,
	},
	{
		Name: "keeps_up_with_a_fast_clock", Group: suite.Core, Points: 2,
		Explanation: "Only the newest time counts. If a line is taken from the clock for each row that is drawn, the others queue up; read them all, and keep the last.",
		Run:         keepsUp,
	},
	{
		Name: "puts_a_line_together_that_comes_in_pieces", Group: suite.Core, Points: 1,
		Explanation: "TCP carries bytes, not lines: one Read may return the half of a line. A bufio.Scanner puts them together.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			clocks[1].serve = piecemeal
			return hang(ctx, run, clocks, func(w *wall) error { return w.goesOn(3*time.Second, 6*time.Second, clocks...) })
		},
	},
	{
		Name: "never_mixes_two_readings_in_a_row", Group: suite.Core, Points: 1,
		Explanation: "A row has one time of each clock. If it is filled with the next three lines that come, whosever they are, a fast clock fills it alone.",
		Run:         neverMixes,
	},
	{
		Name: "goes_on_when_a_clock_cannot_be_reached", Group: suite.Sturdy, Points: 2,
		Explanation: "A wall with one dead clock still shows the others: mark that clock, and carry on.",
		Run:         withRefusing,
	},
	{
		Name: "goes_on_when_a_clock_hangs_up", Group: suite.Sturdy, Points: 2,
		Explanation: "When a clock hangs up its reader gets io.EOF, for ever if it asks again. End that reader, and carry on with the others.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			clocks[1].serve = hangUp
			return hang(ctx, run, clocks, func(w *wall) error { return w.goesOn(3*time.Second, 9*time.Second, clocks[0], clocks[2]) })
		},
	},
	{
		Name: "shows_no_time_that_its_clock_has_not_said", Group: suite.Sturdy, Points: 1,
		Explanation: "When a clock falls silent, nobody knows what it would say. Go on showing its last time, or none; do not count on in its place.",
		Run: func(ctx context.Context, run Run) error {
			clocks := three()
			clocks[1].serve = fallSilent
			return hang(ctx, run, clocks, func(w *wall) error {
				w.at(12400 * time.Millisecond)
				t, _ := w.table()
				if k, own := clocks[1].number(t.shown[clocks[1].name]); own && k >= beforeSilence {
					return w.wrong("London has said nothing since %s, and stands there with %s",
						clocks[1].line(beforeSilence-1), t.shown[clocks[1].name])
				}
				return w.shows(clocks[0], clocks[2])
			})
		},
	},
	{
		Name: "keeps_rubbish_off_the_screen", Group: suite.Sturdy, Points: 1,
		Explanation: "What comes from the network may be anything. Show it only if it has the form of a time: time.Parse tells.",
		Run:         withInterjection("hello, I am no clock\n", "I am no clock"),
	},
	{
		Name: "keeps_terminal_codes_off_the_screen", Group: suite.Sturdy, Points: 1,
		Explanation: "A server that may write escape codes to your terminal can clear it, recolour it or worse. Show a line only if it has the form of a time.",
		Run:         withInterjection("\x1b[2J\x1b]0;owned\x0708:00:02\x1b[31m\n", "\x1b]0;owned"),
	},
	{
		Name: "survives_a_line_of_a_mebibyte", Group: suite.Sturdy, Points: 1,
		Explanation: "A line without an end must not fill the memory or the screen. A bufio.Scanner stops at 64 KiB; that is the end of this clock, and of no other.",
		Run:         withInterjection(strings.Repeat("x", 1<<20)+"\n", strings.Repeat("x", 64)),
	},
	{
		Name: "prints_nothing_but_text", Group: suite.Sturdy, Points: 1,
		Explanation: "A buffer that was not filled holds zeros. Print only the bytes that were read: buf[:n].",
		Run: func(ctx context.Context, run Run) error {
			return hang(ctx, run, three(), func(w *wall) error {
				w.at(4400 * time.Millisecond)
				w.mu.Lock()
				junk := w.screen.Junk()
				w.mu.Unlock()
				if len(junk) > 0 {
					return w.wrong("the wall printed %d bytes that show nothing, such as %.4q", len(junk), junk)
				}
				return nil
			})
		},
	},
	{
		Name: "does_not_flood_its_output", Group: suite.Sturdy, Points: 1,
		Explanation: "The clocks tick once a second; a wall that prints all the time is a busy loop, and fills the disk of whoever keeps its output.",
		Run:         doesNotFlood,
	},
	{
		Name: "returns_when_its_context_ends", Group: suite.Sturdy, Points: 1,
		Explanation: "The end of ctx is how run is told to stop. Wait for ctx.Done() wherever you wait.",
		Run:         returnsWhenTold,
	},
	{
		Name: "closes_its_connections", Group: suite.Sturdy, Points: 1,
		Explanation: "Who connects hangs up: put defer conn.Close() behind the dial. A Read that blocks ends when its connection is closed.",
		Run:         closesConnections,
	},
	{
		Name: "refuses_no_arguments", Group: suite.Sturdy, Points: 1,
		Explanation: "A wall without clocks is a mistake of the user, who wants to hear so.",
		Run:         refuses(""),
	},
	{
		Name: "refuses_an_argument_without_an_address", Group: suite.Sturdy, Points: 1,
		Explanation: "Look for the = before you use what is behind it: strings.Cut tells whether it is there.",
		Run:         refuses("Paris", "London=localhost:8020", "Paris"),
	},
	{
		Name: "refuses_an_empty_name", Group: suite.Sturdy, Points: 1,
		Explanation: "A clock without a name cannot be told from the others. The error names the argument as it was given.",
		Run:         refuses("=localhost:8020", "=localhost:8020"),
	},
	{
		Name: "refuses_a_name_that_comes_twice", Group: suite.Sturdy, Points: 1,
		Explanation: "Two clocks of one name cannot be told apart, and in a map one of them is lost.",
		Run:         refuses("London", "London=localhost:8020", "London=localhost:8030"),
	},
	{
		Name: "refuses_an_address_without_a_port", Group: suite.Sturdy, Points: 1,
		Explanation: "An address is host:port; net.SplitHostPort tells. Say so at once, and not when the first dial fails.",
		Run:         refuses("London=localhost", "London=localhost"),
	},
	{
		Name: "has_no_data_race", Group: suite.Core, Points: 2, Collects: suite.Races,
		Explanation: "Two goroutines must not use a variable at the same time if one of them writes it: a map or slice of times least of all. Send the times over a channel to the one goroutine that draws, or hold a lock while you touch them.",
		Run:         noRace,
	},
	{
		Name: "leaves_no_goroutine_behind", Group: suite.Sturdy, Points: 2, Collects: suite.Leaks,
		Explanation: "When run returns, what it has started must end: give each goroutine a reason to return, such as the end of ctx or a connection that is closed.",
		Run: func(ctx context.Context, run Run) error {
			return hang(ctx, run, three(), func(w *wall) error {
				w.at(2400 * time.Millisecond)
				return nil
			})
		},
	},
}

func connects(ctx context.Context, run Run) error {
	clocks := three()
	return hang(ctx, run, clocks, func(w *wall) error {
		w.at(3400 * time.Millisecond)
		var missed []string
		for _, c := range clocks {
			if c.guests.Load() == 0 {
				missed = append(missed, c.name+"="+c.address)
			}
		}
		if len(missed) > 0 {
			return fmt.Errorf("after 3.4s nobody has connected to %s", strings.Join(missed, ", "))
		}
		return nil
	})
}

func connectsAtOnce(ctx context.Context, run Run) error {
	const delay = 2 * time.Second
	slow := func(dial dialFunc) dialFunc {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			select {
			case <-time.After(delay):
				return dial(ctx, network, address)
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
	clocks := three()
	return hangWith(ctx, run, clocks, slow, func(w *wall) error {
		w.at(delay + 3400*time.Millisecond)
		if err := w.shows(clocks...); err != nil {
			return suite.NotConcurrent("each dial takes %v, and so should all three together; %w", delay, err)
		}
		return nil
	})
}

// withSilent returns the case in which the i'th clock says nothing.
func withSilent(i int) func(context.Context, Run) error {
	return func(ctx context.Context, run Run) error {
		clocks := three()
		clocks[i].serve = silent
		others := append(clocks[:i:i], clocks[i+1:]...)
		return hang(ctx, run, clocks, func(w *wall) error {
			if err := w.goesOn(3*time.Second, 7*time.Second, others...); err != nil {
				return suite.NotConcurrent("%s accepts and says nothing, and %w", clocks[i].name, err)
			}
			return nil
		})
	}
}

func showsATable(ctx context.Context, run Run) error {
	clocks := three()
	clocks[2].period = time.Second / 5
	return hang(ctx, run, clocks, func(w *wall) error {
		w.at(60400 * time.Millisecond) // so that frames that are in order by chance are few
		t, _ := w.table()
		if t.named == 0 {
			return w.wrong("there is no name")
		}
		for _, c := range clocks {
			if _, ok := t.shown[c.name]; !ok {
				return w.wrong("%s does not stand there", c.name)
			}
		}
		if !t.isTable(len(clocks)) {
			return w.wrong("the times are right, and yet this is a log, not a table")
		}
		return nil
	})
}

func keepsUp(ctx context.Context, run Run) error {
	clocks := three()
	clocks[0].period = time.Second / 20
	return hang(ctx, run, clocks, func(w *wall) error {
		if err := w.goesOn(8*time.Second, 30*time.Second, clocks[0]); err != nil {
			return fmt.Errorf("with a clock that ticks 20 times a second, %w", err)
		}
		return nil
	})
}

func neverMixes(ctx context.Context, run Run) error {
	clocks := three()
	clocks[0].period = time.Second / 3
	clocks[1].serve = silent
	return hang(ctx, run, clocks, func(w *wall) error {
		for up := 3400 * time.Millisecond; up < 12*time.Second; up += 700 * time.Millisecond {
			w.at(up)
			if t, _ := w.table(); t.mixed != nil {
				return w.wrong("one row has two readings of %s, %s and %s", t.whose, t.mixed[0], t.mixed[1])
			}
		}
		return nil
	})
}

func noRace(ctx context.Context, run Run) error {
	clocks := three()
	for i, rate := range []time.Duration{23, 29, 31} {
		clocks[i].period = time.Second / rate
	}
	return hang(ctx, run, clocks, func(w *wall) error {
		w.at(3500 * time.Millisecond)
		return nil
	})
}

func withRefusing(ctx context.Context, run Run) error {
	for i := range 3 {
		clocks := three()
		clocks[i].refuses = true
		others := append(clocks[:i:i], clocks[i+1:]...)
		var dials atomic.Int64
		count := func(dial dialFunc) dialFunc {
			return func(ctx context.Context, network, address string) (net.Conn, error) {
				dials.Add(1)
				return dial(ctx, network, address)
			}
		}
		err := hangWith(ctx, run, clocks, count, func(w *wall) error {
			if err := w.goesOn(3*time.Second, 7*time.Second, others...); err != nil {
				return err
			}
			if n := dials.Load(); n > maxDials {
				return fmt.Errorf("the wall has dialed %d times in 7s, want a rest after each try", n)
			}
			if n := len(w.printed()); n > 7*maxOutput {
				return fmt.Errorf("the wall has printed %d bytes in 7s, want at most %d a second", n, maxOutput)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s refuses the connection, and %w", clocks[i].name, err)
		}
	}
	return nil
}

const (
	maxDials  = 500    // in seven seconds: some dozens a second and clock
	maxOutput = 20_000 // bytes a second
)

// withInterjection returns the case in which a clock sends text between its
// times, of which the wall must not print what.
func withInterjection(text, what string) func(context.Context, Run) error {
	return func(ctx context.Context, run Run) error {
		clocks := three()
		clocks[1].serve = interject(text)
		return hang(ctx, run, clocks, func(w *wall) error {
			err := w.goesOn(3*time.Second, 9*time.Second, clocks[0], clocks[2])
			if strings.Contains(w.printed(), what) {
				return fmt.Errorf("when London sent %s between its times, the wall printed it", quote(text))
			}
			if err != nil {
				return fmt.Errorf("when London sent %s between its times: %w", quote(text), err)
			}
			return nil
		})
	}
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
	return hang(ctx, run, three(), func(w *wall) error {
		w.at(span + 400*time.Millisecond)
		if n := len(w.printed()); n > maxOutput*int(span/time.Second) {
			return fmt.Errorf("the wall printed %d bytes in %v, want at most %d a second", n, span, maxOutput)
		}
		return nil
	})
}

func returnsWhenTold(ctx context.Context, run Run) error {
	return hang(ctx, run, three(), func(w *wall) error {
		w.at(2400 * time.Millisecond)
		select {
		case err := <-w.done:
			w.done <- err // hang speaks of this
			return nil
		default:
		}
		w.cancel()
		select {
		case err := <-w.done:
			if err != nil && !errors.Is(err, context.Canceled) {
				return fmt.Errorf("when ctx ended, run returned %w, want nil", err)
			}
			return nil
		case <-time.After(time.Second):
			return errors.New("run has not returned 1s after ctx ended")
		}
	})
}

func closesConnections(ctx context.Context, run Run) error {
	clocks := three()
	clocks[1].serve = silent
	return hang(ctx, run, clocks, func(w *wall) error {
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
// name what.
func refuses(what string, args ...string) func(context.Context, Run) error {
	return func(ctx context.Context, run Run) error {
		nobody := func(ctx context.Context, network, address string) (net.Conn, error) {
			return nil, fmt.Errorf("dial %s: nobody is there", address)
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- run(ctx, nobody, args, io.Discard) }()
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
			return fmt.Errorf("run with arguments %q goes on, want an error", args)
		}
	}
}
