package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	manyClocks = 500
	watched    = 3 * time.Second // how long the benchmark looks at the wall
)

// BenchmarkWall measures the wall with 500 clocks, over TCP connections of the loopback
// device: as rows and as in a terminal, each with clocks that tick once a second and
// with clocks that send without a pause. The wall is a process of its own. It takes
// some fifteen seconds, and reports:
//
//   - redraws/s: how often the wall redraws the times, as rows or in place. It must
//     not depend on how much the clocks send.
//   - B/s: how much it writes.
//   - lines/s: how many times it reads from all clocks.
//   - cpu-%: how much of a processor it takes, with its start. Clocks that send as fast
//     without a pause are read at the same time, so it takes all that there is.
//   - µs-cpu/line: the same for each line that it reads.
func BenchmarkWall(b *testing.B) {
	for _, form := range []struct {
		name   string
		redraw string // comes once in each
	}{
		{"rows", "\n"},
		{"terminal", cursorHome},
	} {
		for _, pace := range []struct {
			name string
			tick func(conn net.Conn)
		}{
			{"once_a_second", everySecond},
			{"as_fast_as_can_be", flood},
		} {
			b.Run(form.name+"/"+pace.name, func(b *testing.B) {
				var m measurement
				for b.Loop() {
					var err error
					if m, err = measure(b.Context(), form.name, form.redraw, pace.tick); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(0, "ns/op") // no line of its own for the time, which says nothing
				b.ReportMetric(m.redraws/m.took, "redraws/s")
				b.ReportMetric(m.written/m.took, "B/s")
				b.ReportMetric(m.lines/m.took, "lines/s")
				b.ReportMetric(m.cpu/m.took*100, "cpu-%")
				b.ReportMetric(m.cpu/m.lines*1e6, "µs-cpu/line")
			})
		}
	}
}

func everySecond(conn net.Conn) {
	for {
		if _, err := io.WriteString(conn, "15:04:05\n"); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

func flood(conn net.Conn) {
	lines := bytes.Repeat([]byte("15:04:05\n"), 100)
	for {
		if _, err := conn.Write(lines); err != nil {
			return
		}
	}
}

type measurement struct {
	redraws, written, lines float64
	took, cpu               float64 // seconds
}

// measure starts the clocks and a wall, and measures it for a while.
func measure(ctx context.Context, form, redraw string, tick func(conn net.Conn)) (m measurement, err error) {
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return m, err
	}
	defer ln.Close()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				tick(conn)
			}()
		}
	}()

	exe, err := os.Executable()
	if err != nil {
		return m, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	wall := exec.CommandContext(ctx, exe)
	for i := range manyClocks {
		wall.Args = append(wall.Args, fmt.Sprintf("clock%d=%s", i+1, ln.Addr()))
	}
	wall.Env = append(os.Environ(), asWall+"="+form)
	var stderr bytes.Buffer
	wall.Stderr = &stderr
	stdout, err := wall.StdoutPipe()
	if err != nil {
		return m, err
	}
	if err := wall.Start(); err != nil {
		return m, err
	}
	start := time.Now()
	stop := time.AfterFunc(watched, func() { wall.Process.Signal(os.Interrupt) })
	defer stop.Stop()
	text, err := io.ReadAll(stdout)
	m.took = time.Since(start).Seconds()
	if err := errors.Join(err, wall.Wait()); err != nil {
		return m, fmt.Errorf("the wall: %w\n%s", err, stderr.Bytes())
	}
	m.cpu = (wall.ProcessState.UserTime() + wall.ProcessState.SystemTime()).Seconds()
	m.written = float64(len(text))
	m.redraws = float64(strings.Count(string(text), redraw))
	if _, err := fmt.Sscan(stderr.String(), &m.lines); err != nil || m.lines == 0 {
		return m, fmt.Errorf("the wall says %q, want how many lines it has read", stderr.Bytes())
	}
	return m, nil
}

// asWall in the environment makes the test binary the wall of the benchmark, in one of
// its forms.
const asWall = "WORKBOOK_BENCHMARK_WALL"

func init() {
	if form := os.Getenv(asWall); form != "" {
		log.SetFlags(0)
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		if err := show(ctx, form, os.Args[1:]); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	}
}

// show shows clocks on standard output in a form, whether or not it is a terminal, until
// ctx ends. Then it prints on standard error how many lines it has read.
func show(ctx context.Context, form string, args []string) error {
	var read atomic.Int64
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, address)
		return countingConn{conn, &read}, err
	}
	if err := showIn(ctx, form, dial, args, os.Stdout); err != nil {
		return err
	}
	_, err := fmt.Fprintln(os.Stderr, read.Load()/int64(len("15:04:05\n")))
	return err
}

// showIn shows clocks on out in a form until ctx ends.
func showIn(ctx context.Context, form string, dial dialFunc, args []string, out *os.File) error {
	if form == "rows" {
		return run(ctx, dial, args, out)
	}
	clocks, err := parseClocks(args)
	if err != nil {
		return err
	}
	readings := make(chan reading)
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, c := range clocks {
		wg.Go(func() { watch(ctx, dial, c, readings) })
	}
	return newTable(clocks).drawInPlace(ctx, out, readings)
}

// A countingConn counts the bytes that are read from it.
type countingConn struct {
	net.Conn
	read *atomic.Int64
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}
