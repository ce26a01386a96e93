// Package clocktest tests clock servers: programs that write the local time to
// each client as the line "15:04:05\n", at once and then once a second.
//
// Package main of such a server tests itself with
//
//	func TestClock(t *testing.T) { clocktest.TestConcurrent(t, serve) }
//
// where serve accepts clients on the listener until it is closed. The cases
// run on a network in memory and a fake clock, so a day takes as long as a
// second, and every answer is exact.
package clocktest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/crowd"
	"example.com/workbook/testutil/fakeclock"
	"example.com/workbook/testutil/isolate"
	"example.com/workbook/testutil/pipenet"
	"example.com/workbook/testutil/suite"
	"example.com/workbook/testutil/verdict"
)

// A Serve function serves clients on ln until ln is closed. It then returns
// nil.
type Serve = func(ln net.Listener) error

// TestConcurrent tests that serve is a clock server for any number of clients
// at once.
func TestConcurrent(t *testing.T, serve Serve) {
	t.Helper()
	suite.Test(t, Concurrent(serve))
}

// Concurrent returns the suite of TestConcurrent.
func Concurrent(serve Serve) suite.Suite {
	s := suite.New(suite.FakeClock, serve, slices.Concat(oneClient, concurrent, sturdy))
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
	s := suite.New(suite.FakeClock, serve, slices.Concat(oneClient, sequential, sturdy))
	s.Rules = rules("clock1")
	return s
}

// rules returns those of failures that any case may notice.
func rules(program string) suite.Rules {
	about := func(name, function string) suite.Rule {
		return suite.RuleOf("TestClock", name, function, slices.Concat(concurrent, sturdy))
	}
	return suite.General(program, "handleConn").With(suite.Rules{
		verdict.NotConcurrent: about("serves_a_second_client_while_the_first_stays", "serve"),
		verdict.Leak:          about("leaves_no_goroutine_behind", "handleConn"),
		verdict.Race:          about("has_no_data_race", "handleConn"),
	})
}

// oneClient holds what every clock server does for its only client.
var oneClient = []suite.Case[Serve]{
	{
		Name: "writes_the_time_at_once", Group: suite.Core, Points: 2,
		Explanation: "A client gets the time as soon as it is served, and only then waits a second for the next.",
		Run:         inTheMorning(1),
	},
	{
		Name: "writes_a_line_every_second", Group: suite.Core, Points: 2,
		Explanation: "Each second brings one line, in the form 15:04:05 and a newline.",
		Run:         inTheMorning(70),
	},
	{
		Name: "shows_the_time_of_its_zone", Group: suite.Core, Points: 2, Env: []string{"TZ=Asia/Kolkata"},
		Explanation: "The time is the local one, which time.Now returns: ask it anew for each line. In Kolkata that is five and a half hours after UTC.",
		Run:         showsTheTimeOfItsZone,
	},
	{
		Name: "counts_the_hours_from_0_to_23", Group: suite.Core, Points: 1,
		Explanation: "The clock has 24 hours: 13:00:00 follows 12:59:59, and 00:00:00 follows 23:59:59. In a layout of package time, 15 stands for such hours and 03 for those from 1 to 12.",
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

// concurrent holds what a server does for many clients at once.
var concurrent = []suite.Case[Serve]{
	{
		Name: "serves_a_second_client_while_the_first_stays", Group: suite.Core, Points: 4,
		Explanation: "Each connection is served in a goroutine of its own, so that the loop is at once back in Accept for the next client. Is the word go there?",
		Run:         secondClientWhileTheFirstStays,
	},
	{
		Name: "serves_a_hundred_clients_at_once", Group: suite.Core, Points: 4,
		Explanation: "Clients of a concurrent server do not add up: a hundred that each read five lines take the 4s that one takes.",
		Run: func(ctx context.Context, serve Serve) error {
			// A server that is slow at first is slow for all of them together.
			return hundredClients(ctx, serve, 4*time.Second, 3*time.Second, "each client waits for others")
		},
	},
	{
		Name: "serves_others_while_a_client_never_reads", Group: suite.Core, Points: 2,
		Explanation: "A client that does not read blocks the goroutine that writes to it. It must block no other, so no lock may be held over a write.",
		Run:         othersWhileOneNeverReads,
	},
	{
		Name: "keeps_time_for_a_day", Group: suite.Sturdy, Points: 1,
		Explanation: "A client may stay for long. Each of the 86,400 lines of its day must be right.",
		Run:         client(keepsTimeForADay),
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
		Explanation: "Clients of a sequential server add up: each of a hundred that read five lines stays for 4s, and is missed a second later.",
		Run: func(ctx context.Context, serve Serve) error {
			return hundredClients(ctx, serve, 8*time.Minute+19*time.Second, 0, "clients are not served one at a time")
		},
	},
	{
		Name: "serves_the_next_client_after_one_that_never_reads", Group: suite.Core, Points: 2,
		Explanation: "When a client has left, the write to it fails, and the next client has its turn.",
		Run:         nextAfterOneThatNeverReads,
	},
}

// sturdy holds what a good server does when things go wrong.
var sturdy = []suite.Case[Serve]{
	{
		Name: "goes_on_after_a_client_that_leaves_at_once", Group: suite.Sturdy, Points: 1,
		Explanation: "A client may be gone before it has read anything. That is an error of its connection, not of the server.",
		Run:         afterAClientThat(func(c *crowd.Client) error { return nil }),
	},
	{
		Name: "goes_on_after_a_client_that_leaves_in_the_middle_of_a_line", Group: suite.Sturdy, Points: 1,
		Explanation: "A client may leave at any byte. That is an error of its connection, not of the server.",
		Run: afterAClientThat(func(c *crowd.Client) error {
			c.SetReadDeadline(time.Now().Add(time.Minute))
			_, err := c.Read(make([]byte, len("15:0")))
			return err
		}),
	},
	{
		Name: "closes_the_connection_of_a_client_that_has_left", Group: suite.Sturdy, Points: 2,
		Explanation: "A connection that is not closed stays open as long as the program runs, and one day there are too many. Put defer conn.Close() first in the function that serves it.",
		Run:         closesConnections,
	},
	{
		Name: "goes_on_after_a_failed_Accept", Group: suite.Sturdy, Points: 1,
		Explanation: "Accept may fail for a while, e.g. when there are too many open files. The server logs that and goes on.",
		Run:         afterAFailedAccept,
	},
	{
		Name: "rests_between_failed_Accepts", Group: suite.Sturdy, Points: 1,
		Explanation: "A loop that calls Accept again at once, while Accept fails at once, does nothing else and takes a whole processor. Sleep for a moment first.",
		Run:         restsBetweenFailedAccepts,
	},
	{
		Name: "returns_nil_when_its_listener_is_closed", Group: suite.Sturdy, Points: 1,
		Explanation: "After Close, Accept returns net.ErrClosed for ever. That is how a server is told to end: it is no error, and no reason to try again.",
		Run:         returnsWhenClosed,
	},
	{
		Name: "leaves_no_goroutine_behind", Group: suite.Sturdy, Points: 2, Collects: suite.Leaks,
		Explanation: "A goroutine must end when its client has left, or they become more and more. Return when a write fails.",
		Run: client(func(c *crowd.Client) error {
			return readLines(c, 2)
		}),
	},
	{
		Name: "has_no_data_race", Group: suite.Sturdy, Points: 2, Collects: suite.Races,
		Explanation: "Two goroutines must not use a variable at the same time if one of them writes it. Give each its own, or share by a channel or under a lock.",
		Run: func(ctx context.Context, serve Serve) error {
			return visit(ctx, serve, func(cr *crowd.Crowd) error { return many(ctx, cr, 10, 3) })
		},
	},
}

// layout is the form of a line.
const layout = "15:04:05"

// readTimes reads n lines. The first must come at once, each of the others a
// second after the one before, and each must say what time it is.
func readTimes(c *crowd.Client, n int) error {
	for i := range n {
		due := time.Now().Add(time.Second)
		if i == 0 {
			due = time.Now()
		}
		want := due.Format(layout)
		got, err := c.ReadLine(1500 * time.Millisecond)
		if err != nil {
			return fmt.Errorf("%w (line %d)", err, i+1)
		}
		if late := time.Since(due); late != 0 {
			return fmt.Errorf("line %d came %v, want %v", i+1, offset(late), when(i))
		}
		if got != want {
			return fmt.Errorf("line %d is %q, want %q, the local time (%s)", i+1, got, want, due.Format("MST"))
		}
	}
	return nil
}

// readLines reads n lines, whatever they say, that come in time or nearly.
func readLines(c *crowd.Client, n int) error {
	for i := range n {
		if _, err := c.ReadLine(2500 * time.Millisecond); err != nil {
			return fmt.Errorf("%w (line %d)", err, i+1)
		}
	}
	return nil
}

// inTheMorning returns the case of a client that comes at half past eight, when
// all clocks agree on how to write the hours, and reads n lines.
func inTheMorning(n int) func(context.Context, Serve) error {
	return func(ctx context.Context, serve Serve) error {
		if err := sleepUntil("08:30:00"); err != nil {
			return err
		}
		return client(func(c *crowd.Client) error { return readTimes(c, n) })(ctx, serve)
	}
}

const day = 24 * 60 * 60 // seconds

// showsTheTimeOfItsZone has a client come at once, and another to a server that has been
// up for a while.
func showsTheTimeOfItsZone(ctx context.Context, serve Serve) error {
	if err := inTheMorning(2)(ctx, serve); err != nil {
		return err
	}
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		time.Sleep(10*time.Minute + 400*time.Millisecond)
		cr.Go(ctx, "client", func(c *crowd.Client) error {
			got, err := c.ReadLine(2500 * time.Millisecond)
			now := time.Now()
			if last := now.Add(-time.Second); err == nil && got != now.Format(layout) && got != last.Format(layout) {
				err = fmt.Errorf("a client that comes when the server has been up for ten minutes got %q, want %q, the local time (%s)", got, now.Format(layout), now.Format("MST"))
			}
			return err
		})
		return cr.Wait()
	})
}

// keepsTimeForADay reads all lines of a day, from midnight to midnight.
func keepsTimeForADay(c *crowd.Client) error { return readTimes(c, day+1) }

func offset(late time.Duration) string {
	if late < 0 {
		return fmt.Sprintf("%v early", -late)
	}
	return fmt.Sprintf("%v late", late)
}

func when(line int) string {
	if line == 0 {
		return "it at once"
	}
	return "it a second after the one before"
}

// sleepUntil sleeps until the local time of day is clock, in the form 15:04:05.
func sleepUntil(clock string) error {
	to, err := time.Parse(layout, clock)
	if err != nil {
		return err
	}
	from, err := time.Parse(layout, time.Now().Format(layout))
	if err != nil {
		return err
	}
	const day = 24 * time.Hour
	time.Sleep((to.Sub(from) + day) % day)
	return nil
}

const address = "localhost:8000"

// visit lets a crowd visit serve: clients does the visiting, and returns when
// all have left.
func visit(ctx context.Context, serve Serve, clients func(cr *crowd.Crowd) error) error {
	nw := pipenet.New()
	ln, err := nw.Listen(address)
	if err != nil {
		return err
	}
	return visitOn(ctx, serve, ln, nw, clients)
}

func visitOn(ctx context.Context, serve Serve, ln net.Listener, nw *pipenet.Network, clients func(cr *crowd.Crowd) error) error {
	endHelpers(ctx, ln)
	done := make(chan error, 1)
	go func() { done <- serve(ln) }()
	cr := crowd.New(func(ctx context.Context) (net.Conn, error) { return nw.Dial(ctx, "tcp", address) })
	err := clients(cr)
	select {
	case early := <-done:
		if early != nil {
			return fmt.Errorf("serve returned though its listener is open: %w", early)
		}
		return errors.New("serve returned nil though its listener is open")
	default:
		return err
	}
}

// maxHelpers is how many goroutines a server may have besides those of its clients.
const maxHelpers = 10

// endHelpers closes ln some time after the case has ended, of which ctx is, if more of
// the server goes on than its Accept: what it has started for itself then has reason to
// end. If that is too much, clients have left it behind, and ln stays open.
func endHelpers(ctx context.Context, ln net.Listener) {
	context.AfterFunc(ctx, func() {
		time.Sleep(fakeclock.Grace * 3 / 4)
		others := isolate.Others()
		if others != "" && strings.Count(others, "\n\n") < maxHelpers {
			ln.Close()
		}
	})
}

// client returns the case of one client.
func client(visitor func(c *crowd.Client) error) func(context.Context, Serve) error {
	return func(ctx context.Context, serve Serve) error {
		return visit(ctx, serve, func(cr *crowd.Crowd) error {
			cr.Go(ctx, "client", visitor)
			return cr.Wait()
		})
	}
}

// many sends clients who each read a number of lines, all at once.
func many(ctx context.Context, cr *crowd.Crowd, clients, lines int) error {
	for i := range clients {
		cr.Go(ctx, fmt.Sprintf("client %d", i+1), func(c *crowd.Client) error {
			for range lines {
				if _, err := c.ReadLine(time.Hour); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return cr.Wait()
}

func secondClientWhileTheFirstStays(ctx context.Context, serve Serve) error {
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
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
			return suite.NotConcurrent("client 1 is served, and meanwhile %w\n%s", second, cr.Picture())
		}
		rows := cr.Rows()
		waited := func(i int) time.Duration { return rows[i].Lines[0] - rows[i].Arrive }
		if late := waited(1) - waited(0); late > 500*time.Millisecond {
			return suite.NotConcurrent("client 2 got its first line %v later than client 1 got its own\n%s", late, cr.Picture())
		}
		return nil
	})
}

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
			_, err := c.ReadLine(time.Minute)
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

// hundredClients wants a hundred clients to be done after a certain time, or at
// most slack later.
func hundredClients(ctx context.Context, serve Serve, want, slack time.Duration, otherwise string) error {
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		start := time.Now()
		if err := many(ctx, cr, 100, 5); err != nil {
			return fmt.Errorf("of 100 clients, %w", err)
		}
		if got := time.Since(start); got > want+slack || slack == 0 && got < want {
			return fmt.Errorf("100 clients that read 5 lines each took %v, want %v: %s\n%s", got, want, otherwise, cr.Picture())
		}
		return nil
	})
}

func othersWhileOneNeverReads(ctx context.Context, serve Serve) error {
	return visit(ctx, serve, func(cr *crowd.Crowd) error {
		cr.Go(ctx, "never reads", func(c *crowd.Client) error {
			time.Sleep(10 * time.Second)
			return nil
		})
		cr.Go(ctx, "reads one line", func(c *crowd.Client) error {
			c.ReadLine(time.Second)
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
		cr.Go(ctx, "never reads", func(c *crowd.Client) error {
			time.Sleep(10 * time.Second)
			return nil
		})
		time.Sleep(time.Second)
		cr.Go(ctx, "client 2", func(c *crowd.Client) error {
			_, err := c.ReadLine(20 * time.Second)
			return err
		})
		return cr.Wait()
	})
}

// afterAClientThat returns the case of a client that behaves in some way,
// and of another who must be served after it.
func afterAClientThat(behaves func(c *crowd.Client) error) func(context.Context, Serve) error {
	return func(ctx context.Context, serve Serve) error {
		return visit(ctx, serve, func(cr *crowd.Crowd) error {
			cr.Go(ctx, "client 1", behaves)
			if err := cr.Wait(); err != nil {
				return err
			}
			time.Sleep(2 * time.Second)
			cr.Go(ctx, "client 2", func(c *crowd.Client) error { return readLines(c, 2) })
			if err := cr.Wait(); err != nil {
				return fmt.Errorf("after client 1 has left, %w", err)
			}
			return nil
		})
	}
}

func closesConnections(ctx context.Context, serve Serve) error {
	nw := pipenet.New()
	ln, err := nw.Listen(address)
	if err != nil {
		return err
	}
	return visitOn(ctx, serve, ln, nw, func(cr *crowd.Crowd) error {
		const n = 3
		if err := many(ctx, cr, n, 2); err != nil {
			return err
		}
		time.Sleep(5 * time.Second)
		if open := nw.Open(); open > 0 {
			return fmt.Errorf("%d clients came and left, and 5s later the server has not closed %d of their connections", n, open)
		}
		return nil
	})
}

func afterAFailedAccept(ctx context.Context, serve Serve) error {
	nw := pipenet.New()
	inner, err := nw.Listen(address)
	if err != nil {
		return err
	}
	const failures = 20
	ln := pipenet.FailAccepts(inner, failures)
	return visitOn(ctx, serve, ln, nw, func(cr *crowd.Crowd) error {
		cr.Go(ctx, "client", func(c *crowd.Client) error {
			_, err := c.ReadLine(time.Minute)
			return err
		})
		if err := cr.Wait(); err != nil {
			return fmt.Errorf("after Accept has failed %d times, %w", failures, err)
		}
		return nil
	})
}

// maxCalls is how often a server may call an Accept that fails, in ten
// seconds: a thousand times a second.
const maxCalls = 10_000

func restsBetweenFailedAccepts(ctx context.Context, serve Serve) error {
	nw := pipenet.New()
	inner, err := nw.Listen(address)
	if err != nil {
		return err
	}
	ln := pipenet.FailAccepts(inner, 2*maxCalls)
	endHelpers(ctx, ln)
	go serve(ln)
	time.Sleep(10 * time.Second)
	calls := ln.Accepts()
	ln.Recover() // let it rest in Accept
	if calls == 0 {
		return errors.New("serve never called Accept")
	}
	if calls > maxCalls {
		return fmt.Errorf("while Accept failed at once, serve called it %d times or more in 10s, want at most %d", calls, maxCalls)
	}
	return nil
}

func returnsWhenClosed(ctx context.Context, serve Serve) error {
	nw := pipenet.New()
	ln, err := nw.Listen(address)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- serve(ln) }()
	time.Sleep(time.Second)
	select {
	case err := <-done:
		return fmt.Errorf("serve returned %v, want it to serve until its listener is closed", err)
	default:
	}
	ln.Close()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("after its listener is closed, serve returned %w, want nil", err)
		}
		return nil
	case <-time.After(5 * time.Second):
		return errors.New("serve has not returned 5s after its listener was closed")
	}
}
