package clocktest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// fromOutside returns the suite of the cases of [TestConcurrent] for a program of any shape,
// as far as a process with real connections and a real clock can be asked.
func fromOutside() suite.Suite {
	var cases []suite.Case[Start]
	for _, c := range slices.Concat(oneClient, concurrent, robust) {
		cases = append(cases, suite.Case[Start]{
			Name: c.Name, Group: c.Group, Points: c.Points, Explanation: c.Explanation,
			Run: func(ctx context.Context, start Start) error {
				look, ok := outside[c.Name]
				if !ok {
					return suite.Unchecked("it cannot be seen from outside: it needs the fake clock and the listener of the tests")
				}
				return running(ctx, start, []string{"-port", "0"}, nil, func(p *program.Process, address string) error {
					return look(ctx, p, address)
				})
			},
		})
	}
	s := suite.New(suite.RealClock, start, cases)
	s.Rules = suite.Rules{verdict.NotConcurrent: rules("clock2")[verdict.NotConcurrent]}
	return s
}

// outside are the cases that a process can be asked, by their names. The zone is asked in
// TestPort.
var outside = map[string]func(ctx context.Context, p *program.Process, address string) error{
	"writes_a_line_every_second": writesLines,
	"serves_a_second_client_while_the_first_stays": func(ctx context.Context, p *program.Process, address string) error {
		return twoClientsRead(ctx, p, address, 1, false)
	},
	"serves_a_hundred_clients_at_once":                           servesHundred,
	"serves_others_while_a_client_never_reads":                   after(connect),
	"goes_on_after_a_client_that_leaves_at_once":                 after(leaveAtOnce),
	"goes_on_after_a_client_that_leaves_in_the_middle_of_a_line": after(leaveInTheMiddle),
}

// writesLines reads three lines, of which the last must be later than the first. (A right
// clock that is sometimes late may show a second twice.)
func writesLines(ctx context.Context, p *program.Process, address string) error {
	conn, err := connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	before, first := time.Now(), ""
	for i := range wantLines {
		line, err := wholeLine(in)
		if err != nil {
			return fmt.Errorf("a client of %v %w %d: got %q: %w", p, errNoLine, i+1, line, err)
		}
		if i == 0 {
			first = line
		}
		if !shows(line, before, time.Now(), time.UTC) || !timeOfDay.MatchString(line) || i == wantLines-1 && line == first {
			return aboutForm(line, time.Now().UTC(), fmt.Errorf("%v wrote %q as line %d, and %q as the first, want the time, %q", p, line, i+1, first, time.Now().UTC().Format(layout)))
		}
	}
	return nil
}

// servesHundred wants each of a hundred clients that stay to get a line.
func servesHundred(ctx context.Context, p *program.Process, address string) error {
	const clients = 100
	for i := range clients {
		conn, err := connect(ctx, address)
		if err != nil {
			return fmt.Errorf("client %d of %d: %w", i+1, clients, err)
		}
		defer conn.Close()
		if _, err := anyLine(bufio.NewReader(conn)); err != nil && i == 0 {
			return fmt.Errorf("a client of %v %w: %w", p, errNoLine, err)
		} else if err != nil {
			return suite.NotConcurrent("with %d connected clients of %v, another %w: %w", i, p, errNoLine, err)
		}
	}
	return nil
}

// after returns the case of a client that does something, and of another who must be served
// after it.
func after(first func(ctx context.Context, address string) (net.Conn, error)) func(context.Context, *program.Process, string) error {
	return func(ctx context.Context, p *program.Process, address string) error {
		conn, err := first(ctx, address)
		if err != nil {
			return err
		}
		defer conn.Close()
		return wantTime(ctx, p, address)
	}
}

// connect connects a client, which has the deadline of ctx. The caller closes the
// connection.
func connect(ctx context.Context, address string) (net.Conn, error) {
	conn, err := dial(ctx, address)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	return conn, nil
}

func leaveAtOnce(ctx context.Context, address string) (net.Conn, error) {
	conn, err := connect(ctx, address)
	if err == nil {
		conn.Close()
	}
	return conn, err
}

func leaveInTheMiddle(ctx context.Context, address string) (net.Conn, error) {
	conn, err := connect(ctx, address)
	if err == nil {
		conn.Read(make([]byte, len("15:0"))) // whether it gets them is for other cases to tell
		conn.Close()
	}
	return conn, err
}
