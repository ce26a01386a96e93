package clocktest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/crowd"
	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/clocktest"
	"example.com/workbook/testutil/suites/suite"
)

// Right servers of different shapes get full marks.

func TestServerWithATicker(t *testing.T) { clocktest.TestConcurrent(t, acceptLoop(tickerClock)) }

func TestServerThatBuffersItsLines(t *testing.T) {
	clocktest.TestConcurrent(t, acceptLoop(bufferedClock))
}

func TestServerThatReadsToNoticeTheEnd(t *testing.T) {
	clocktest.TestConcurrent(t, acceptLoop(readingClock))
}

func TestServerThatWaitsForItsClients(t *testing.T) { clocktest.TestConcurrent(t, waitingServer) }

func TestServerThatServesInPlace(t *testing.T) {
	clocktest.TestSequential(t, func(ln net.Listener) error {
		for {
			conn, err := accept(ln)
			if err != nil {
				return nil
			}
			tickerClock(conn)
		}
	})
}

// accept returns the next client, or an error if ln is closed.
func accept(ln net.Listener) (net.Conn, error) {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		conn, err := ln.Accept()
		if err == nil || errors.Is(err, net.ErrClosed) {
			return conn, err
		}
		slog.Warn("accept", "err", err)
		time.Sleep(pause)
	}
}

// acceptLoop returns a server that serves each client in a goroutine.
func acceptLoop(serve func(conn net.Conn)) func(ln net.Listener) error {
	return func(ln net.Listener) error {
		for {
			conn, err := accept(ln)
			if err != nil {
				return nil
			}
			go serve(conn)
		}
	}
}

// waitingServer returns when all of its clients have left.
func waitingServer(ln net.Listener) error {
	var clients sync.WaitGroup
	defer clients.Wait()
	return acceptLoop(func(conn net.Conn) {
		clients.Go(func() { tickerClock(conn) })
	})(ln)
}

func tickerClock(conn net.Conn) {
	defer conn.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for now := time.Now(); ; now = <-tick.C {
		if _, err := io.WriteString(conn, now.Format(time.TimeOnly+"\n")); err != nil {
			return
		}
	}
}

func bufferedClock(conn net.Conn) {
	defer conn.Close()
	w := bufio.NewWriter(conn)
	for {
		h, m, s := time.Now().Clock()
		fmt.Fprintf(w, "%02d:%02d:%02d", h, m, s)
		w.WriteByte('\n')
		conn.SetWriteDeadline(time.Now().Add(time.Minute))
		if w.Flush() != nil {
			return
		}
		<-time.After(time.Second)
	}
}

func readingClock(conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		defer conn.Close()
		io.Copy(io.Discard, conn)
	}()
	for {
		fmt.Fprintln(conn, time.Now().Format("15:04:05"))
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
	}
}

// A simulated day of ten clients, each line of which is checked, takes a few
// seconds.
func TestServerKeepsTimeForTenClientsForADay(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("takes seconds; runs if the environment variable WORKBOOK_SLOW is set")
	}
	start := time.Now()
	result := fakeclock.Run(t, func(ctx context.Context) error {
		nw := pipenet.New()
		ln, err := nw.Listen("localhost:8000")
		if err != nil {
			return err
		}
		go acceptLoop(tickerClock)(ln)
		cr := crowd.New(func(ctx context.Context) (net.Conn, error) { return nw.Dial(ctx, "tcp", "localhost:8000") })
		for i := range 10 {
			cr.Go(ctx, fmt.Sprint("client ", i+1), aDay)
		}
		return cr.Wait()
	})
	if result.Verdict.Kind != verdict.Passed {
		t.Errorf("ten clients for a day: %s: %s", result.Verdict, result.Verdict.Message)
	}
	t.Logf("ten clients for a day took %v", time.Since(start).Round(time.Millisecond))
}

// aDay reads the lines of a day, and wants each to be the time.
func aDay(c *crowd.Client) error {
	for i := range 24 * 60 * 60 {
		got, err := c.ReadLine(time.Minute)
		if err != nil {
			return err
		}
		if want := time.Now().Format(time.TimeOnly); got != want {
			return fmt.Errorf("line %d is %q, want %q", i+1, got, want)
		}
	}
	return nil
}
