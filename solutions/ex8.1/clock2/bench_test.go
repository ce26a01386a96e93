//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	clients = 10_000
	ticks   = 5  // of each client that are timed
	dialers = 64 // clients that connect at the same time; any backlog has room for them
)

// BenchmarkClients measures the server with 10,000 clients, over TCP connections
// of the loopback device that are all read from. The server is a process of its
// own, so that what it takes is its alone; the clients are in this one. It takes
// some eight seconds, and reports:
//
//   - B/conn: the memory of the server for each connection, when it has served
//     them for some seconds: the goroutine with its stack, the net.Conn, and what
//     package runtime needs to wait for it and for the next second. It is the
//     growth of HeapInuse, StackInuse and OtherSys of [runtime.MemStats], after a
//     garbage collection. Not in it are the garbage between collections and the
//     kernel's side of the connection.
//   - B/goroutine: the floor under that: the same for each of 10,000 goroutines
//     that are blocked on a channel, in the same process.
//   - µs-cpu/tick: the time of a processor that the server and the kernel on
//     its behalf take for one line to one client, once all are connected. A
//     client takes so much each second.
//   - ms-p50-tick, ms-p99-tick, ms-latest-tick: how late a line came, in the
//     median, the 99th percentile and the worst case. A line is due one second
//     after the one before it came to the same client. So this is what clock2
//     loses on each tick, together with what the machine takes to wake up the
//     server and then the client, which share its processors.
func BenchmarkClients(b *testing.B) {
	needFiles(b, clients+100)
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	var m measurement
	for b.Loop() {
		var err error
		if m, err = measure(ctx); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(m.late)
	last := len(m.late) - 1
	b.ReportMetric(0, "ns/op") // no line of its own for the time, which says nothing
	b.ReportMetric(m.perConn, "B/conn")
	b.ReportMetric(m.perGoroutine, "B/goroutine")
	b.ReportMetric(m.perTick*1e6, "µs-cpu/tick")
	b.ReportMetric(milliseconds(m.late[last*50/100]), "ms-p50-tick")
	b.ReportMetric(milliseconds(m.late[last*99/100]), "ms-p99-tick")
	b.ReportMetric(milliseconds(m.late[last]), "ms-latest-tick")
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// needFiles skips b if this process, and so one that it starts, may not have
// n files open. Package syscall has raised the soft limit to the hard one, less one
// (seen with Go 1.26).
func needFiles(b *testing.B, n uint64) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		b.Fatalf("reading the limit of open files: %v", err)
	}
	if uint64(limit.Cur) < n {
		b.Skipf("a process may have %d files open, and %d clients need %d; raise the limit with ulimit -Hn", limit.Cur, clients, n)
	}
}

type measurement struct {
	perConn, perGoroutine float64         // bytes
	perTick               float64         // seconds of a processor
	late                  []time.Duration // each tick of each client
}

// measure starts a server and measures how it serves all clients.
func measure(ctx context.Context) (measurement, error) {
	var m measurement
	exe, err := os.Executable()
	if err != nil {
		return m, err
	}
	server := exec.CommandContext(ctx, exe)
	server.Env = append(os.Environ(), asServer+"=1")
	server.Stderr = os.Stderr
	stdin, err := server.StdinPipe()
	if err != nil {
		return m, err
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		return m, err
	}
	if err := server.Start(); err != nil {
		return m, fmt.Errorf("starting the server: %w", err)
	}
	defer server.Wait()
	defer stdin.Close() // ends the server

	var addr string
	if _, err := fmt.Fscan(stdout, &addr); err != nil {
		return m, fmt.Errorf("reading the address of the server: %w", err)
	}
	conns := make([]net.Conn, clients)
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				conn.Close()
			}
		}
	}()
	cpu := func() (seconds float64, err error) {
		if _, err := fmt.Fprintln(stdin); err != nil {
			return 0, err
		}
		_, err = fmt.Fscan(stdout, &seconds)
		return seconds, err
	}
	if m.late, m.perTick, err = timeTicks(ctx, addr, conns, cpu); err != nil {
		return m, err
	}
	stdin.Close()
	if _, err := fmt.Fscan(stdout, &m.perConn, &m.perGoroutine); err != nil {
		return m, fmt.Errorf("reading the memory of the server: %w", err)
	}
	return m, nil
}

// timeTicks connects all clients to addr, leaves their connections in conns,
// and returns how late their ticks were, and by what cpu says, the processor time
// that each took the server.
func timeTicks(ctx context.Context, addr string, conns []net.Conn, cpu func() (float64, error)) (late []time.Duration, perTick float64, err error) {
	late = make([]time.Duration, len(conns)*ticks)
	turn := make(chan struct{}, dialers)
	var connected sync.WaitGroup
	connected.Add(len(conns))
	g, ctx := errgroup.WithContext(ctx)
	for i := range conns {
		g.Go(func() error {
			var d net.Dialer
			turn <- struct{}{}
			conn, err := d.DialContext(ctx, "tcp", addr)
			<-turn
			connected.Done()
			if err != nil {
				return err
			}
			conns[i] = conn
			return readTicks(conn, late[i*ticks:(i+1)*ticks])
		})
	}
	connected.Wait()
	start := time.Now()
	before, err := cpu()
	if err != nil {
		return nil, 0, fmt.Errorf("reading the processor time of the server: %w", err)
	}
	if err := g.Wait(); err != nil {
		return nil, 0, err
	}
	after, err := cpu()
	// There is a tick of each client a second, whether or not it is still read.
	return late, (after - before) / time.Since(start).Seconds() / float64(len(conns)), err
}

// readTicks reads lines from conn, and sets late to how late they were. The
// first line, which comes immediately, is not in it.
func readTicks(conn net.Conn, late []time.Duration) error {
	lines := bufio.NewReaderSize(conn, len("15:04:05\n"))
	var due time.Time
	for i := range len(late) + 1 {
		if _, err := lines.ReadSlice('\n'); err != nil {
			return fmt.Errorf("reading line %d: %w", i+1, err)
		}
		now := time.Now()
		if i > 0 {
			late[i-1] = now.Sub(due)
		}
		due = now.Add(time.Second)
	}
	return nil
}

// asServer in the environment makes the test binary the server of the benchmark.
const asServer = "WORKBOOK_BENCHMARK_SERVER"

func init() {
	if os.Getenv(asServer) != "" {
		log.SetFlags(0)
		log.SetPrefix("server: ")
		if err := serveMeasured(); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	}
}

// serveMeasured prints the address of a server; for each line of standard input the
// processor time that it has taken so far, in seconds; and when standard input ends,
// the bytes that the server has in use for each connection, and those of each
// goroutine that does nothing.
func serveMeasured() error {
	before := memory()
	// The runtime keeps a descriptor of each goroutine that has ended, and gives
	// it to a new one: the server's take over these, and before has none.
	parked := memoryWithParked(clients)
	ln, err := listen(0)
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr())
	go serve(ln)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			return err
		}
		fmt.Println(time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds())
	}
	if err := lines.Err(); err != nil {
		return err
	}
	serving := memory()
	_, err = fmt.Println((serving-before)/clients, (parked-before)/clients)
	return err
}

// memoryWithParked returns memory() as it is with n more goroutines.
func memoryWithParked(n int) float64 {
	unpark := make(chan struct{})
	defer close(unpark)
	var parked sync.WaitGroup
	parked.Add(n)
	for range n {
		go func() {
			parked.Done()
			<-unpark
		}()
	}
	parked.Wait()
	return memory()
}

// memory returns the bytes that are in use after a garbage collection.
func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse + m.OtherSys) // OtherSys has the poller's part of a net.Conn
}
