package clocktest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"runtime"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// A received line is what client 0 or 1 of the running program has read, or why it reads
// no more.
type received struct {
	client int
	line   string
	err    error
}

// Of two clients of the running program, each wants so many lines. One that gets as many
// while the other gets nothing shows that they are not served at the same time.
const (
	wantLines = 3
	maxAhead  = 4
)

// servesTwoAtOnce wants the program to serve two clients at the same time: with their
// first lines, if it is the function serve that does so, which other cases have seen on
// the fake clock; with some lines each, which takes seconds, if the program has a loop of
// its own.
func servesTwoAtOnce(ctx context.Context, start Start) error {
	args := []string{"-port", "0"}
	p, address, err := listening(ctx, start, args, nil)
	if err != nil {
		return err
	}
	defer p.Stop()
	if err := twoClientsRead(ctx, p, address, 1, false); err != nil {
		return goesOn(p, err)
	}
	if p.Runs(ctx, "serve") {
		return nil
	}
	p.Stop() // the next process may use the same port
	return running(ctx, start, args, nil, func(p *program.Process, address string) error {
		return twoClientsRead(ctx, p, address, wantLines, true)
	})
}

// twoClientsRead wants each of two clients at the same time to read n lines from the
// program p. If it is strict, they must be times of day, and nothing else.
func twoClientsRead(ctx context.Context, p *program.Process, address string, n int, strict bool) error {
	first, read := afterGreeting, anyLine
	if strict {
		first, read = wholeLine, wholeLine
	}
	ctx, cancel := context.WithTimeout(ctx, suite.Patience()*3/4)
	defer cancel()
	lines := make(chan received, 2*maxAhead)
	begin := time.Now()
	var got [2]int
	var line1 [2]string
	for i := range got {
		stop, err := receive(ctx, address, i, first, read, lines)
		if err != nil {
			return fmt.Errorf("client %d of %v: %w", i+1, p, err)
		}
		defer stop()
	}
	for got[0] < n || got[1] < n {
		select {
		case r := <-lines:
			if err := r.wrong(begin, got[r.client], strict); err != nil {
				return fmt.Errorf("%v had two clients at the same time, and one %w", p, err)
			}
			if got[r.client]++; got[r.client] == 1 {
				line1[r.client] = r.line
			} else if got[r.client] == n && r.line == line1[r.client] {
				return fmt.Errorf("a client of %v got %q as line 1, and again as line %d, %v after it came: call time.Now for each line",
					p, r.line, n, time.Since(begin).Round(time.Second))
			}
		case <-ctx.Done():
			return fmt.Errorf("%v had two clients at the same time: they got %d and %d lines in %v, want %d each", p, got[0], got[1], time.Since(begin).Round(time.Second), n)
		}
		for i, n := range got {
			if other := 1 - i; n == 0 && got[other] >= maxAhead && time.Since(begin) > 2*time.Second { // not a flood
				return suite.NotConcurrent("%v had two clients at the same time, and client %d got %d lines, client %d none", p, other+1, got[other], i+1)
			}
		}
	}
	return nil
}

// receive connects client i, and sends the lines that it reads, the first by first and the
// others by read, to lines, until ctx ends or stop is called.
func receive(ctx context.Context, address string, i int, first, read func(*bufio.Reader) (string, error), lines chan<- received) (stop func(), err error) {
	conn, err := dial(ctx, address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		in := bufio.NewReader(conn)
		for line, err := first(in); ; line, err = read(in) {
			select {
			case lines <- received{i, line, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return func() { cancel(); conn.Close() }, nil
}

// wrong returns what is wrong with what a client that has begun to read at begin has
// received after some lines.
func (r received) wrong(begin time.Time, lines int, strict bool) error {
	now := time.Now()
	switch {
	case r.err != nil:
		return fmt.Errorf("%w after line %d: %w", errNoLine, lines, r.err)
	case !strict && hasTime(r.line):
		return nil
	case shows(r.line, begin, now, time.UTC) && timeOfDay.MatchString(r.line):
		return nil
	}
	err := fmt.Errorf("got %q as line %d, want the time, %q", r.line, lines+1, now.UTC().Format(layout))
	if strict { // it is not serve that wrote it
		return err
	}
	return aboutForm(r.line, now.UTC(), err)
}

// listensOnLocalhostOnly connects to the program at the other addresses of this machine.
func listensOnLocalhostOnly(ctx context.Context, start Start) error {
	hosts, err := otherHosts()
	if err != nil {
		return err
	}
	if len(hosts) == 0 {
		return suite.Unchecked("this machine has no address but that of localhost")
	}
	return running(ctx, start, []string{"-port", "0"}, nil, func(p *program.Process, address string) error {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		if err := wantTime(ctx, p, address); err != nil {
			return err
		}
		for _, host := range hosts {
			other := net.JoinHostPort(host, port)
			if line, _, err := readLine(ctx, other); err == nil && line != "" {
				return fmt.Errorf("%v can be reached at %s, too, want it to listen on localhost only; it printed %s", p, other, program.Quoted(p.Output()))
			}
		}
		return nil
	})
}

// otherHosts returns addresses of this machine that are not those of localhost.
func otherHosts() (hosts []string, err error) {
	if runtime.GOOS == "linux" {
		hosts = append(hosts, "127.0.0.2") // of the loopback interface too
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return hosts, nil // a sandbox may hide them
	}
	for _, addr := range addrs {
		if ip, ok := addr.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() && !ip.IP.IsLinkLocalUnicast() {
			hosts = append(hosts, ip.IP.String())
		}
	}
	return hosts, nil
}

// maxFiles is how many files the program may have open when Accept is to fail.
const maxFiles = 32

// complains matches what a server says of an Accept that failed. One that logs each
// client says other things too.
var complains = regexp.MustCompile(`(?i)too many|\baccept\b|error|fail`)

// logsAFailedAccept sends more clients than the program may have files open. Whether it
// then goes on is for another case to tell.
func logsAFailedAccept(ctx context.Context, start Start) error {
	if program.Foreign() || runtime.GOOS == "windows" {
		return suite.Unchecked("the number of open files cannot be limited here")
	}
	env := []string{utc, fmt.Sprintf("%s=%d", program.MaxFiles, maxFiles)}
	p, address, err := listening(ctx, start, []string{"-port", "0"}, env)
	if err != nil {
		return err
	}
	defer p.Stop()
	before := len(p.Output())
	var d net.Dialer
	first, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return goesOn(p, err)
	}
	defer first.Close()
	if err := endsWith(p, first); err != nil {
		return err
	}
	conns := []net.Conn{first}
	for range maxFiles - 1 {
		conn, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			break // it has ended
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	ctx, cancel := context.WithTimeout(ctx, suite.Patience()/2)
	defer cancel()
	err = p.Await(ctx, func(text string) bool {
		text = text[min(before, len(text)):]
		_, panicked := program.Panic(text)
		return complains.MatchString(text) && !panicked
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return notLogged(p, conns)
	}
	if why, ok := program.Panic(p.Stderr()); ok {
		return program.Crashed(fmt.Sprint(p, " has ended"), why)
	}
	return fmt.Errorf("with a limit of %d open files, %v ended when %[1]d clients came, and logged no error of Accept", maxFiles, p)
}

// endsWith returns why p has ended, if it ends as soon as it has the client conn. It is seen
// first: of a program with many clients it is left to chance what it does before its end.
func endsWith(p *program.Process, conn net.Conn) error {
	conn.SetReadDeadline(time.Now().Add(suite.Patience() / 4))
	_, err := conn.Read(make([]byte, 1))
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	err = goesOn(p, fmt.Errorf("a client %w: %w", errNoLine, err))
	select {
	case <-p.Done():
		return err
	default:
		return nil // what it does with its clients is for other cases to tell
	}
}

// notLogged returns why p, which has the clients conns, does not say that Accept failed.
func notLogged(p *program.Process, conns []net.Conn) error {
	served := 0
	for i, conn := range conns {
		conn.SetReadDeadline(time.Now().Add(time.Millisecond)) // what it got is there
		text, err := io.ReadAll(conn)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("%v had %d clients at the same time, and client %d was disconnected", p, len(conns), i+1)
		}
		if len(text) > 0 {
			served++
		}
	}
	if len(conns) < 2 {
		return fmt.Errorf("%v refused a second client: call Accept in a loop", p)
	}
	if served < 2 {
		return suite.NotConcurrent("%v had %d clients at the same time, and %d got the time", p, len(conns), served)
	}
	if served < len(conns)/2 { // Accept may never have failed
		return suite.Limited("TestClock/serves_a_hundred_clients_at_once", "%v had %d clients at the same time, and only %d got the time", p, len(conns), served)
	}
	return fmt.Errorf("with a limit of %d open files, %v has %d clients, so Accept fails: it printed %s, want it to log the error", maxFiles, p, len(conns), program.Quoted(p.Output()))
}
