// Package clocktest tests clock servers: programs that write the local time to
// each client as the line "15:04:05\n", immediately and then once a second.
//
// Package main of such a server tests itself with
//
//	func TestClock(t *testing.T) { clocktest.TestConcurrent(t, serve) }
//
// where serve accepts clients on the listener until it is closed. The cases use a
// network in memory and a fake clock. So a simulated day takes milliseconds, and all
// times are exact.
package clocktest

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/crowd"
	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/timeline"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A Serve function serves clients on ln until ln is closed. It then returns
// nil.
type Serve = func(ln net.Listener) error

// TestConcurrent tests that serve is a clock server for any number of clients
// immediately.
func TestConcurrent(t *testing.T, serve Serve) {
	t.Helper()
	suite.Test(t, Concurrent(serve))
}

// Concurrent returns the suite of TestConcurrent.
func Concurrent(serve Serve) suite.Suite {
	if program.Foreign() {
		return fromOutside()
	}
	s := suite.New(onFakeClock, serve, inUTC(oneClient, concurrent, robust))
	s.Rules = rules("clock2")
	return s
}

// TestSequential tests that serve is a clock server for one client at a time.
func TestSequential(t *testing.T, serve Serve) {
	t.Helper()
	suite.Test(t, Sequential(serve))
}

// Sequential returns the suite of TestSequential.
func Sequential(serve Serve) suite.Suite {
	s := suite.New(onFakeClock, serve, inUTC(oneClient, sequential, robust))
	s.Rules = rules("clock1")
	return s
}

// onFakeClock runs a case as [suite.FakeClock] does. Of a server that writes nothing it says
// so if the time is on standard output.
func onFakeClock(t *testing.T, g *suite.Grading, f func(ctx context.Context) error, env ...string) isolate.Result {
	t.Helper()
	r := suite.FakeClock(t, g, f, env...)
	if r.Verdict.Kind == verdict.Wrong && strings.Contains(r.Verdict.Message, "got nothing") && printedTime.MatchString(r.Output) {
		r.Verdict.Message = "serve printed the time to standard output, and nothing to its client: write to the connection, for example by fmt.Fprintln(conn, …)"
		r.Verdict.About = "TestClock/writes_the_time_at_once"
	}
	return r
}

// printedTime matches a line of output that is a time, and not of a log.
var printedTime = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d\r?$`)

// rules returns those of failures that any case may notice.
func rules(program string) suite.Rules {
	about := func(name, function string) suite.Rule {
		return suite.RuleOf("TestClock", name, function, slices.Concat(concurrent, robust))
	}
	return suite.General(program, "handleConn").With(suite.Rules{
		verdict.NotConcurrent: about("serves_a_second_client_while_the_first_stays", "serve"),
		verdict.Leak:          about("leaks_no_goroutine", "handleConn"),
		verdict.Race:          about("has_no_data_race", "handleConn"),
	})
}

// oneClient holds what every clock server does for its only client.
var oneClient = []suite.Case[Serve]{
	{
		Name: "writes_the_time_at_once", Group: suite.Core, Points: 2, Func: "handleConn",
		Explanation: "A client gets the first line as soon as it is served. Only then does the server wait a second for the next line.",
		Run:         inTheMorning(func(c *crowd.Client) error { return readTimes(c, 1) }),
	},
	{
		Name: "writes_a_line_every_second", Group: suite.Core, Points: 2, Func: "handleConn",
		Explanation: "Write one line each second: the time in the form 15:04:05, then a newline.",
		Run:         inTheMorning(func(c *crowd.Client) error { return readTimesOfDay(c, 70) }),
	},
	{
		Name: "shows_the_time_of_its_zone", Group: suite.Core, Points: 2, Env: []string{"TZ=" + newYork}, Func: "handleConn",
		Explanation: "The time is local time, which time.Now returns: call it for each line. New York is five hours behind UTC in winter and four in summer. On one night in spring, 03:00:00 follows 01:59:59.",
		Run:         showsTheTimeOfItsZone,
	},
	{
		Name: "counts_the_hours_from_0_to_23", Group: suite.Core, Points: 1, Func: "handleConn",
		Explanation: "The clock has 24 hours: 13:00:00 follows 12:59:59, and 00:00:00 follows 23:59:59. In a layout of package time, 15 means hours from 0 to 23, and 03 means hours from 1 to 12.",
		Run: func(ctx context.Context, serve Serve) error {
			for _, clock := range []string{"11:59:58", "12:59:58", "23:59:58"} {
				if err := sleepUntil(clock); err != nil {
					return err
				}
				if err := client(func(c *crowd.Client) error { return readTimes(c, 4) })(ctx, serve); err != nil {
					return err
				}
			}
			return nil
		},
	},
}

// concurrent holds what a server does for many clients at the same time.
var concurrent = []suite.Case[Serve]{
	{
		Name: "serves_a_second_client_while_the_first_stays", Group: suite.Core, Points: 4,
		Explanation: "Serve each connection in its own goroutine, so that the loop can call Accept for the next client immediately. Is the word go before the call?",
		Run: func(ctx context.Context, serve Serve) error {
			return besides(ctx, serve, visit(ctx, serve, func(cr *crowd.Crowd) error { return twoClients(ctx, cr) }))
		},
	},
	{
		Name: "serves_a_hundred_clients_at_once", Group: suite.Core, Points: 4,
		Explanation: "Serve all clients at the same time, however many they are. Serving 100 clients takes as long as serving one: 4s for five lines.",
		Run:         hundredsAtOnce,
	},
	{
		Name: "serves_others_while_a_client_never_reads", Group: suite.Core, Points: 2,
		Explanation: "A client that does not read may block only the goroutine that writes to it. So do not hold a lock during a write.",
		Run:         othersWhileOneNeverReads,
	},
	{
		Name: "shows_the_right_time_after_midnight", Group: suite.Robustness, Points: 1, Func: "handleConn",
		Explanation: "Write the right time each second, as long as the client reads. A client may stay for hours, also over midnight.",
		Run: func(ctx context.Context, serve Serve) error {
			if err := sleepUntil("23:00:00"); err != nil {
				return err
			}
			return client(func(c *crowd.Client) error { return readTimes(c, 2*60*60+10) })(ctx, serve)
		},
	},
}

// sequential holds what a server does that has time for one client only.
var sequential = []suite.Case[Serve]{
	{
		Name: "keeps_a_second_client_waiting_until_the_first_has_left", Group: suite.Core, Points: 4,
		Explanation: "A sequential server calls Accept again when the first client has left, and not before.",
		Run:         secondClientAfterTheFirst,
	},
	{
		Name: "serves_a_hundred_clients_one_after_another", Group: suite.Core, Points: 4,
		Explanation: "A sequential server serves one client after the other, so their times add up. Each of the first 99 clients that read five lines occupies the server for 5s, and the last client for 4s.",
		Run:         hundredInTurn,
	},
	{
		Name: "serves_the_next_client_after_one_that_never_reads", Group: suite.Core, Points: 2,
		Explanation: "When a client has left, the write to it fails, and the server accepts the next client.",
		Run:         nextAfterOneThatNeverReads,
	},
}

// robust holds what a good server does when things go wrong.
var robust = []suite.Case[Serve]{
	{
		Name: "goes_on_after_a_client_that_leaves_at_once", Group: suite.Robustness, Points: 1, Func: "handleConn",
		Explanation: "The server goes on when a client leaves before it has read anything. That is an error of one connection: release everything that the server holds for this client.",
		Run:         afterClientsThat(func(c *crowd.Client) error { return nil }, keepsNothing),
	},
	{
		Name: "goes_on_after_a_client_that_leaves_in_the_middle_of_a_line", Group: suite.Robustness, Points: 1, Func: "handleConn",
		Explanation: "A client may leave at any byte of a line, and the server goes on. That is an error of one connection: release everything that the server holds for this client.",
		Run:         afterClientsThat(readHalfALine, nil),
	},
	{
		Name: "closes_the_connection_of_a_client_that_has_left", Group: suite.Robustness, Points: 2, Func: "handleConn",
		Explanation: "A connection that is not closed leaks a file descriptor, and in the end there are too many open files. Put defer conn.Close() first in the function that serves it.",
		Run:         closesConnections,
	},
	{
		Name: "goes_on_after_a_failed_Accept", Group: suite.Robustness, Points: 1,
		Explanation: "Log the error of Accept and go on, however often Accept fails. Accept may fail for a while, e.g. when there are too many open files.",
		Run:         afterAFailedAccept,
	},
	{
		Name: "waits_between_failed_Accepts", Group: suite.Robustness, Points: 1,
		Explanation: "If Accept fails and the loop calls it again immediately, it is a busy loop: it occupies a processor. Sleep for a moment first.",
		Run:         restsBetweenFailedAccepts,
	},
	{
		Name: "returns_nil_when_its_listener_is_closed", Group: suite.Robustness, Points: 1,
		Explanation: "If errors.Is(err, net.ErrClosed) after Accept, the listener is closed: return nil. Until then, call Accept in a loop.",
		Run:         returnsWhenClosed,
	},
	{
		Name: "leaks_no_goroutine", Group: suite.Robustness, Points: 2, Collects: suite.Leaks, Func: "handleConn",
		Explanation: "A goroutine must end when its client has left, or goroutines leak. Return when a write fails.",
		Run: client(func(c *crowd.Client) error {
			return readLines(c, 2)
		}),
	},
	{
		Name: "has_no_data_race", Group: suite.Robustness, Points: 2, Collects: suite.Races,
		Explanation: "Two goroutines must not use a variable at the same time if one of them writes it. Give each goroutine its own, send it over a channel, or protect it with a lock.",
		Run: func(ctx context.Context, serve Serve) error {
			return visit(ctx, serve, func(cr *crowd.Crowd) error { return many(ctx, cr, 10, 3) })
		},
	},
}

// readTimes reads n lines. The first must come immediately, each of the others a
// second after the one before, and each must say what time it is, in some zone.
func readTimes(c *crowd.Client, n int) error {
	likely := slices.Concat(forms, otherZones())
	return readTimesIn(c, n, local(time.Now()).Location(), &likely)
}

// readTimesIn is readTimes in a zone. It leaves those of the likely forms that all lines have.
func readTimesIn(c *crowd.Client, n int, loc *time.Location, likely *[]form) error {
	read := afterGreeting
	next := func(in *bufio.Reader) (string, error) {
		defer func() { read = anyLine }()
		return read(in)
	}
	return readDue(c, n, loc, next, func(line string, due time.Time) bool {
		*likely = formsOf(line, due, *likely)
		return len(*likely) > 0
	})
}

// readTimesOfDay is readTimes, and wants each line to be a time of day and nothing else.
func readTimesOfDay(c *crowd.Client, n int) error {
	likely := append(otherZones(), in(layout))
	return readDue(c, n, local(time.Now()).Location(), wholeLine, func(line string, due time.Time) bool {
		likely = formsOf(line, due, likely)
		return timeOfDay.MatchString(line) && len(likely) > 0
	})
}

// slack is how much earlier or later than due a line may come, as from a server that looks at its
// clock many times a second.
const slack = 50 * time.Millisecond

// readDue has read return n lines. The first must come immediately, each of the others a
// second after the one before, both within slack, and right must say of each that it is right at that time in loc.
func readDue(c *crowd.Client, n int, loc *time.Location, read func(*bufio.Reader) (string, error), right func(line string, due time.Time) bool) error {
	last := ""
	for i := range n {
		due := time.Now().In(loc)
		if i > 0 {
			due = due.Add(time.Second)
		}
		got, err := c.ReadBy(1500*time.Millisecond, read)
		switch err := wanted(err, i+1); {
		case errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, crowd.ErrPartial) && i > 0:
			return aboutPace(i, err)
		case err != nil:
			return err
		}
		if late := time.Since(due); late != 0 && got == "" && i > 0 {
			return suite.About("TestClock/writes_a_line_every_second", fmt.Errorf("line %d is empty: write one newline after each time", i+1))
		} else if late < 0 && got == last {
			return aboutPace(i, fmt.Errorf("line %d repeats line %d, %q, and came %v early: write each time once", i+1, i, got, -late))
		} else if late.Abs() > slack && hasTime(got) {
			return aboutPace(i, fmt.Errorf("line %d came %v, want %v", i+1, offset(late), when(i)))
		}
		switch {
		case right(got, due):
		case got == last:
			return suite.About("TestClock/writes_a_line_every_second", fmt.Errorf("line %d is %q again, want %q: call time.Now for each line", i+1, got, due.Format(layout)))
		default:
			return aboutForm(got, due, fmt.Errorf("line %d is %q, want %q, the local time (%s)%s", i+1, got, due.Format(layout), due.Format("MST"), misread(got, due)))
		}
		last = got
	}
	return nil
}

// aboutPace returns err, which is about when a line comes, in each case that notices it.
func aboutPace(line int, err error) error {
	if line == 0 {
		return suite.About("TestClock/writes_the_time_at_once", err)
	}
	return suite.About("TestClock/writes_a_line_every_second", err)
}

// readLines reads n lines, whatever they say, that come in time or nearly.
func readLines(c *crowd.Client, n int) error {
	for i := range n {
		if _, err := c.ReadBy(2500*time.Millisecond, anyLine); err != nil {
			return wanted(err, i+1)
		}
	}
	return nil
}

// wanted returns err, if any, of a client that wants a line.
func wanted(err error, line int) error {
	switch {
	case errors.Is(err, crowd.ErrPartial):
		err = fmt.Errorf("%w, want line %d from the server: end each line with a newline, for example by fmt.Fprintln", err, line)
		return suite.About("TestClock/writes_a_line_every_second", err)
	case err != nil:
		err = fmt.Errorf("%w, want line %d from the server", err, line)
		if place := goroutine.Reads(goroutine.Dump()); line == 1 && place != "" {
			return suite.About("TestClock/writes_the_time_at_once", fmt.Errorf("%w: %s is in a Read, but the client of a clock sends nothing", err, place))
		}
		return err
	}
	return nil
}

// inTheMorning returns the case of a client that comes at five past eight, when
// all clocks agree on how to write the hours.
func inTheMorning(visitor func(c *crowd.Client) error) func(context.Context, Serve) error {
	return func(ctx context.Context, serve Serve) error {
		if err := sleepUntil("08:05:00"); err != nil {
			return err
		}
		return client(visitor)(ctx, serve)
	}
}

// showsTheTimeOfItsZone has a client stay while summer time begins, and another come to a
// server that has been up for a while.
func showsTheTimeOfItsZone(ctx context.Context, serve Serve) error {
	loc, err := zone(newYork)
	if err != nil {
		return suite.Unchecked("this machine has no database of time zones")
	}
	time.Sleep(time.Until(summer.Add(-2*time.Second + between)))
	likely := forms
	err = client(func(c *crowd.Client) error {
		err := readTimesIn(c, 4, loc, &likely)
		switch {
		case err == nil:
			return nil
		case time.Now().Before(summer):
			return fmt.Errorf("with TZ=%s, %w", newYork, err)
		}
		return fmt.Errorf("in New York, where summer time begins after 01:59:59 on 2 April 2000, %w", err)
	})(ctx, serve)
	if err != nil {
		return err
	}
	err = visit(ctx, serve, func(cr *crowd.Crowd) error {
		time.Sleep(10*time.Minute + 700*time.Millisecond) // nearer to the next second than to this one
		cr.Go(ctx, "client", func(c *crowd.Client) error {
			got, err := c.ReadBy(2500*time.Millisecond, afterGreeting)
			now := time.Now().In(loc)
			if err == nil && !nearly(got, now, likely) {
				err = fmt.Errorf("ten minutes after the server started, a new client got %q, want %q, the local time (%s)", got, now.Format(layout), now.Format("MST"))
			}
			if err != nil && len(formsOf(got, now.Add(time.Second), likely)) > 0 {
				err = fmt.Errorf("%w: do not round the time up", err)
			}
			return err
		})
		return cr.Wait()
	})
	if err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // till the server has noticed that these clients have left
	return catchesUp(ctx, serve, loc, likely)
}

// catchesUp has a client stop reading for a minute. What was sent to it may be late, but then
// it must get the time again, in one of the likely forms. A server may give up such a client.
func catchesUp(ctx context.Context, serve Serve, loc *time.Location, likely []form) error {
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		cr.Go(pipenet.WithWindow(ctx, 1), "client", func(c *crowd.Client) error {
			time.Sleep(time.Minute)
			var got string
			var err error
			for end := time.Now().Add(time.Minute); time.Now().Before(end); {
				if got, err = c.ReadBy(2500*time.Millisecond, anyLine); err != nil {
					return nil
				}
			}
			now := time.Now().In(loc)
			if !nearly(got, now, likely) {
				return fmt.Errorf("a client that has not read for a minute, and then reads for another, gets %q, want %q, the local time (%s)", got, now.Format(layout), now.Format("MST"))
			}
			return nil
		})
		return cr.Wait()
	})
}

func offset(late time.Duration) string {
	if late < -900*time.Millisecond {
		return fmt.Sprintf("%v early (time.Sleep takes nanoseconds: time.Second is one second)", -late)
	}
	if late < 0 {
		return fmt.Sprintf("%v early", -late)
	}
	return fmt.Sprintf("%v late", late)
}

func when(line int) string {
	if line == 0 {
		return "it immediately"
	}
	return "it a second after the one before"
}

// between is how long after the change of a second clients come: what a server does at the change
// is done then, and not left to chance.
const between = 20 * time.Millisecond

// sleepUntil sleeps until shortly after the local time of day is clock, in the form 15:04:05.
func sleepUntil(clock string) error {
	to, err := time.Parse(layout, clock)
	if err != nil {
		return err
	}
	from, err := time.Parse(layout, local(time.Now()).Format(layout))
	if err != nil {
		return err
	}
	const day = 24 * time.Hour
	time.Sleep((to.Sub(from)+day)%day + between)
	return nil
}

// twoClients has a client come while another stays.
func twoClients(ctx context.Context, cr *crowd.Crowd) error {
	cr.Go(ctx, "client 1", func(c *crowd.Client) error {
		return readLines(c, 8)
	})
	time.Sleep(time.Second)
	var second error
	cr.Go(ctx, "client 2", func(c *crowd.Client) error {
		second = readLines(c, 3)
		return nil
	})
	if err := cr.Wait(); err != nil {
		return err
	}
	if second != nil {
		return suite.NotConcurrent("while client 1 is served, %w\n%s", second, cr.Picture())
	}
	rows := cr.Rows()
	if late := firstLine(rows[1]) - firstLine(rows[0]); late > 500*time.Millisecond {
		return suite.NotConcurrent("client 2 waited %v longer for its first line than client 1\n%s", late, cr.Picture())
	}
	return nil
}

// besides returns err, which two clients at the same time have met, or what a client meets that is
// alone: that is not about the other one.
func besides(ctx context.Context, serve Serve, err error) error {
	if v := verdict.Of(err); v.Kind != verdict.Wrong || v.About != "" {
		return err
	}
	if alone := client(func(c *crowd.Client) error { return readLines(c, 8) })(ctx, serve); alone != nil {
		return suite.About("TestClock/writes_a_line_every_second", fmt.Errorf("with a single client, too: %w", alone))
	}
	return err
}

// firstLine returns how long a client has waited for its first line.
func firstLine(row timeline.Row) time.Duration { return row.Lines[0] - row.Arrive }

func secondClientAfterTheFirst(ctx context.Context, serve Serve) error {
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		cr.Go(ctx, "client 1", func(c *crowd.Client) error {
			if err := readLines(c, 4); err != nil {
				return err
			}
			time.Sleep(500 * time.Millisecond)
			return nil
		})
		time.Sleep(time.Second)
		cr.Go(ctx, "client 2", func(c *crowd.Client) error {
			_, err := c.ReadBy(time.Minute, anyLine)
			return err
		})
		if err := cr.Wait(); err != nil {
			return err
		}
		first, second := cr.Rows()[0], cr.Rows()[1]
		if second.Lines[0] < first.Leave {
			return fmt.Errorf("client 2 got a line after %v, while client 1 was served until %v: that is not one client at a time\n%s",
				second.Lines[0], first.Leave, cr.Picture())
		}
		return nil
	})
}

// hundredsAtOnce sends a hundred clients to a server, and three hundred to another: a
// server may have a limit that a hundred do not meet.
func hundredsAtOnce(ctx context.Context, serve Serve) error {
	if err := atOnce(ctx, serve, 100, 5); err != nil {
		return err
	}
	return atOnce(ctx, serve, 300, 3)
}

// atOnce wants a number of clients, who each read some lines, to take the time of one. A
// server that is slow at first is slow for all of them together.
func atOnce(ctx context.Context, serve Serve, clients, lines int) error {
	const spare = 3 * time.Second
	want := time.Duration(lines-1) * time.Second
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		start := time.Now()
		if err := many(ctx, cr, clients, lines); err != nil {
			return fmt.Errorf("of %d clients at the same time, %w", clients, err)
		}
		got := time.Since(start)
		late := fmt.Errorf("%d clients that read %d lines each took %v, want %v", clients, lines, got, want)
		gap := widestGap(cr.Rows())
		switch {
		case haveQueued(cr.Rows()) && gap <= want/2:
			return fmt.Errorf("%w: they got their first lines one after another, with up to %v between two: the loop that calls Accept must not sleep\n%s", late, gap, cr.Picture())
		case haveQueued(cr.Rows()) && haveOverlapped(cr.Rows()):
			return suite.Limited("TestClock/serves_a_hundred_clients_at_once", "%w: clients wait for others to leave\n%s", late, cr.Picture())
		case haveQueued(cr.Rows()):
			return suite.NotConcurrent("%w: clients wait for others to leave\n%s", late, cr.Picture())
		case got > want+spare:
			return fmt.Errorf("%w\n%s", late, cr.Picture())
		}
		return nil
	})
}

// widestGap returns the longest time between the first lines of two clients, when no other got
// its own.
func widestGap(rows []timeline.Row) (gap time.Duration) {
	var all []time.Duration
	for _, row := range rows {
		all = append(all, row.Lines[0])
	}
	slices.Sort(all)
	for i := range len(all) - 1 {
		gap = max(gap, all[i+1]-all[i])
	}
	return gap
}

// haveQueued reports whether a client has waited for its first line until another had
// left, who got its own much earlier.
func haveQueued(rows []timeline.Row) bool {
	soonest := slices.MinFunc(rows, func(a, b timeline.Row) int { return cmp.Compare(firstLine(a), firstLine(b)) })
	return slices.ContainsFunc(rows, func(row timeline.Row) bool {
		return row.Lines[0] >= soonest.Leave && firstLine(row) > firstLine(soonest)+500*time.Millisecond
	})
}

// haveOverlapped reports whether a client has got its first line while another was there
// who had got its own.
func haveOverlapped(rows []timeline.Row) bool {
	return slices.ContainsFunc(rows, func(a timeline.Row) bool {
		return slices.ContainsFunc(rows, func(b timeline.Row) bool {
			return a.Name != b.Name && a.Lines[0] <= b.Lines[0] && b.Lines[0] < a.Leave
		})
	})
}

// hundredInTurn wants a hundred clients to be served one after another.
func hundredInTurn(ctx context.Context, serve Serve) error {
	const want = 99*5*time.Second + 4*time.Second
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		start := time.Now()
		if err := many(ctx, cr, 100, 5); err != nil {
			return fmt.Errorf("of 100 clients, %w", err)
		}
		if got := time.Since(start); got != want {
			return fmt.Errorf("100 clients that read 5 lines each took %v, want %v: clients are not served one at a time\n%s", got, want, cr.Picture())
		}
		return nil
	})
}

// never visits a server for ten seconds and never reads. Nothing is kept for it, so that
// the first write to it blocks.
func never(ctx context.Context, cr *crowd.Crowd) {
	cr.Go(pipenet.WithWindow(ctx, 1), "never reads", func(c *crowd.Client) error {
		time.Sleep(10 * time.Second)
		return nil
	})
}

func othersWhileOneNeverReads(ctx context.Context, serve Serve) error {
	err := visit(ctx, serve, func(cr *crowd.Crowd) error { return twoClients(ctx, cr) })
	if err != nil {
		return besides(ctx, serve, err)
	}
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		never(ctx, cr)
		cr.Go(pipenet.WithWindow(ctx, 1), "reads one line", func(c *crowd.Client) error {
			c.ReadBy(time.Second, anyLine)
			time.Sleep(10 * time.Second)
			return nil
		})
		time.Sleep(time.Second)
		var err error
		cr.Go(ctx, "client 2", func(c *crowd.Client) error {
			err = readLines(c, 3)
			return nil
		})
		cr.Wait()
		if err != nil {
			return fmt.Errorf("while another client is connected and does not read, %w\n%s", err, cr.Picture())
		}
		return nil
	})
}

func nextAfterOneThatNeverReads(ctx context.Context, serve Serve) error {
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		never(ctx, cr)
		time.Sleep(time.Second)
		cr.Go(ctx, "client 2", func(c *crowd.Client) error {
			_, err := c.ReadBy(20*time.Second, anyLine)
			return err
		})
		return cr.Wait()
	})
}

// visitors is how many clients, one after another, a server is visited by when it must
// not run out of anything.
const visitors = 300

// Clients who each read two lines, one after another, show whether the server keeps memory for each.
const readers = 100

// afterClientsThat returns the case of clients that behave in some way, one after
// another, and of a last one that must be served after them. Every second of them leaves
// while the server's write is blocked. Then the site is looked at, unless look is nil.
func afterClientsThat(behave func(c *crowd.Client) error, look func(ctx context.Context, s *site) error) func(context.Context, Serve) error {
	return func(ctx context.Context, serve Serve) error {
		s, err := newSite(serve)
		if err != nil {
			return err
		}
		return s.visit(ctx, func(cr *crowd.Crowd) error {
			for i := range visitors {
				with := ctx
				if i%2 == 1 {
					with = pipenet.WithWindow(ctx, 1)
				}
				cr.Go(with, fmt.Sprintf("client %d", i+1), behave)
				if err := cr.Wait(); err != nil {
					return fmt.Errorf("after %d clients have come and left, %w", i, err)
				}
			}
			time.Sleep(2 * time.Second)
			cr.Go(ctx, "the next client", func(c *crowd.Client) error { return readLines(c, 2) })
			if err := cr.Wait(); err != nil {
				return fmt.Errorf("after %d clients have come and left, %w", visitors, err)
			}
			if look == nil {
				return nil
			}
			time.Sleep(2 * time.Second)
			return look(ctx, s)
		})
	}
}

// keepsNothing wants the memory that a client takes to be free when it has left. That of a
// few may stay, such as the last one, in the variable of the accept loop. Connections that
// are open, or that goroutines have, are for other cases to find.
func keepsNothing(ctx context.Context, s *site) error {
	if s.nw.Open() > 0 || strings.Count(goroutine.Others(), "\n\n") > maxHelpers {
		return nil
	}
	if kept := s.nw.Reachable(); kept > visitors/2 {
		return fmt.Errorf("after %d clients have left, the server still keeps %d of their connections: delete entries of maps, and defer nothing in a loop", visitors+1, kept)
	}
	place, kept, err := goroutine.Kept(func() error {
		for range readers {
			if err := many(ctx, s.crowd(), 1, 2); err != nil {
				return err
			}
			time.Sleep(2 * time.Second)
		}
		return nil
	})
	if err == nil && kept >= readers/2 { // that all are served is for other cases to see
		return goroutine.Growth(place, min(kept, readers))
	}
	return nil
}

func readHalfALine(c *crowd.Client) error {
	const patience = time.Hour
	c.SetReadDeadline(time.Now().Add(patience))
	_, err := io.ReadFull(c, make([]byte, len("15:0")))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("the next client got nothing in %v", patience)
	}
	return err
}

func closesConnections(ctx context.Context, serve Serve) error {
	s, err := newSite(serve)
	if err != nil {
		return err
	}
	return s.visit(ctx, func(cr *crowd.Crowd) error {
		const n = 3
		if err := many(ctx, cr, n, 2); err != nil {
			return err
		}
		time.Sleep(5 * time.Second)
		if open := s.nw.Open(); open > 0 {
			return fmt.Errorf("5s after %d clients have left, %d of their connections are still open", n, open)
		}
		return nil
	})
}

func afterAFailedAccept(ctx context.Context, serve Serve) error {
	s, err := newSite(serve)
	if err != nil {
		return err
	}
	const failures = 200
	ln := pipenet.FailAccepts(s.inner, failures)
	s.ln = ln
	err = s.visit(ctx, func(cr *crowd.Crowd) error {
		cr.Go(ctx, "client", func(c *crowd.Client) error {
			_, err := c.ReadBy(failures*time.Minute, anyLine)
			return err
		})
		if err := cr.Wait(); err != nil {
			return fmt.Errorf("after Accept has failed %d times, %w", failures, err)
		}
		return nil
	})
	early, ok := errors.AsType[suite.Returned](err)
	if n := ln.Accepts(); ok && n <= failures {
		early.Failures = n
		return early
	}
	return err
}

// maxCalls is how often a server may call an Accept that fails, in ten
// seconds: a thousand times a second.
const maxCalls = 10_000

func restsBetweenFailedAccepts(ctx context.Context, serve Serve) error {
	s, err := newSite(serve)
	if err != nil {
		return err
	}
	ln := pipenet.FailAccepts(s.inner, 2*maxCalls)
	s.ln = ln
	s.start(ctx)
	time.Sleep(10 * time.Second)
	calls := ln.Accepts()
	ln.Recover() // let it rest in Accept
	if calls == 0 {
		return errors.New("serve never called Accept")
	}
	if calls > maxCalls {
		return fmt.Errorf("while each Accept failed immediately, serve called it %d times or more in 10s, want at most %d", calls, maxCalls)
	}
	return nil
}

// returnsWhenClosed closes the listener of a server without clients, and of one
// whose clients have left.
func returnsWhenClosed(ctx context.Context, serve Serve) error {
	if err := ends(ctx, serve, func(*crowd.Crowd) error { return nil }); err != nil {
		return err
	}
	err := ends(ctx, serve, func(cr *crowd.Crowd) error {
		cr.Go(ctx, "leaves at once", func(c *crowd.Client) error { return nil })
		return many(ctx, cr, 3, 2)
	})
	if err != nil {
		return fmt.Errorf("after clients have come and left, %w", err)
	}
	return nil
}

// ends wants a server to serve on when clients have visited it, and to end when its
// listener is closed.
func ends(ctx context.Context, serve Serve, clients func(cr *crowd.Crowd) error) error {
	s, err := newSite(serve)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	ln := &beginning{Listener: s.ln, begin: func() { fakeclock.Begun(ctx) }}
	go func() { done <- serve(ln) }()
	if err := clients(s.crowd()); err != nil {
		return err
	}
	time.Sleep(5 * time.Second)
	select {
	case err := <-done:
		return suite.Returned{Err: err, Closed: s.inner.Closed()}
	default:
	}
	s.ln.Close()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("after its listener is closed, serve returned the error \"%w\", want nil", err)
		}
		return nil
	case <-time.After(5 * time.Second):
		return errors.New("serve has not returned 5s after its listener was closed")
	}
}
