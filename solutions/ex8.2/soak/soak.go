// Soak runs FTP clients of every kind against a server for an hour, and searches for
// leaks.
//
// Usage:
//
//	go run ./solutions/ex8.2/soak [-minutes n] [-ftpd program]
//
// It starts the FTP server of the solutions, or another program with the same flags, as
// a process. Each minute many clients visit it, with and without TLS. Some are correct, some
// are faulty, some are slow, and some abort transfers. From time to time the clients of
// package clients that are installed visit it, too, in turns, and some of them are killed.
// Then all of them leave, and soak measures the process from outside:
//
//	$ go run ./solutions/ex8.2/soak -minutes 60
//	minute 1: 2210 visits; idle: 17 MiB, 8 files and connections, 9 threads
//	…
//
// Each time, the process may have as many files and connections as after a single client,
// and no partial uploads. From the second minute on, memory and threads must not grow. At
// the end soak makes the process print its goroutines, and their number must not have
// grown. Otherwise soak says what is wrong, and exits with status 1. Linux only.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/solutions/ex8.2/clients"
	"example.com/workbook/testutil/kit/certificate"
	"example.com/workbook/testutil/kit/program"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("soak: ")
	minutes := flag.Int("minutes", 60, "soak for `n` minutes")
	ftpd := flag.String("ftpd", "", "the `program` that serves, by default ./solutions/ex8.2/ftpd")
	flag.Parse()
	if *minutes < 1 || flag.NArg() > 0 {
		log.Fatalf("-minutes %d, and arguments %q: want at least 1, and none", *minutes, flag.Args())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := soak(ctx, *ftpd, *minutes, time.Minute); err != nil {
		log.Fatal(err)
	}
}

// soak lets clients visit the server for so many rounds, of a minute or other.
func soak(ctx context.Context, ftpd string, rounds int, round time.Duration) error {
	temp, err := os.MkdirTemp("", "soak")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if ftpd == "" {
		ftpd = filepath.Join(temp, "ftpd")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", ftpd, "./solutions/ex8.2/ftpd").CombinedOutput(); err != nil {
			return fmt.Errorf("build ftpd: %w\n%s", err, out)
		}
	}
	turns, err := findTurns(ctx, clients.All)
	if err != nil {
		return err
	}
	files, goroutines, err := afterOneVisit(ctx, ftpd, temp)
	if err != nil {
		return err
	}
	s, err := start(ctx, ftpd, temp)
	if err != nil {
		return err
	}
	defer s.Stop()
	s.turns = turns
	var rests []program.Usage
	for i := range rounds {
		visits, err := s.crowd(ctx, round)
		if err != nil {
			return fmt.Errorf("minute %d: %w\n%s", i+1, err, s.lastLog())
		}
		rest, err := s.rest(ctx, files)
		fmt.Printf("minute %d: %d visits; idle: %d MiB, %d files and connections, %d threads\n", i+1, visits, rest.Memory>>20, rest.Files, rest.Threads)
		if err == nil {
			rests = append(rests, rest)
			err = level(rests)
		}
		if err != nil {
			return fmt.Errorf("minute %d: %w", i+1, err)
		}
	}
	fmt.Println(turns)
	got, dump, err := s.goroutines(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("in the end %d goroutines, after a single client %d\n", got, goroutines)
	if got > goroutines {
		return fmt.Errorf("in the end there are %d goroutines, want %d:\n%s", got, goroutines, dump)
	}
	return nil
}

// A server is the process under test.
type server struct {
	*program.Process
	addr  string // "127.0.0.1:8021"
	root  string
	cert  string // its certificate is in this file
	turns *turns // of its clients
}

// start starts the server with some files to serve.
func start(ctx context.Context, ftpd, temp string) (*server, error) {
	s := &server{root: filepath.Join(temp, "root")}
	cert, key, err := certificate.Write(temp)
	if err != nil {
		return nil, err
	}
	s.cert = cert
	if err := fill(s.root); err != nil {
		return nil, err
	}
	s.Process, err = program.Start(exec.Command(ftpd, "-port", "0", "-root", s.root, "-write", "-tls-cert", cert, "-tls-key", key))
	if err != nil {
		return nil, err
	}
	err = s.Await(ctx, func(text string) bool {
		at, ok := program.Address(text)
		s.addr = strings.Replace(at, "localhost", "127.0.0.1", 1)
		return ok && strings.HasSuffix(text, "\n")
	})
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// settle is how long the server may take to notice that its clients have left.
const settle = 10 * time.Second

// rest returns what the server holds when all clients have left. It is an error if
// that is more than so many files and connections, or a partial upload.
func (s *server) rest(ctx context.Context, files int) (u program.Usage, err error) {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		u, err = program.UsageOf(s.Pid())
		if err != nil {
			return u, fmt.Errorf("%w\n%s", err, s.lastLog())
		}
		partial, _ := filepath.Glob(filepath.Join(s.root, ".ftpd-*"))
		if u.Files <= files && len(partial) == 0 {
			return u, nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return u, fmt.Errorf("when all clients have left the server has %d files and connections open, want %d, and there are %d partial uploads, want none", u.Files, files, len(partial))
		}
	}
}

// Growth between the rests that is not yet a leak: the runtime gives memory back
// when it likes, and keeps threads.
const (
	moreMemory  = 16 << 20
	moreThreads = 16
)

// level returns an error if the last rest holds much more than the second. (In the first
// minute the server warms up.)
func level(rests []program.Usage) error {
	if len(rests) < 3 {
		return nil
	}
	warm, now := rests[1], rests[len(rests)-1]
	switch {
	case now.Memory > warm.Memory+moreMemory:
		return fmt.Errorf("idle, the server holds %d MiB, and in minute 2 it held %d: want at most %d more", now.Memory>>20, warm.Memory>>20, moreMemory>>20)
	case now.Threads > warm.Threads+moreThreads:
		return fmt.Errorf("idle, the server has %d threads, and in minute 2 it had %d: want at most %d more", now.Threads, warm.Threads, moreThreads)
	}
	return nil
}

// goroutines ends the server, and returns how many goroutines it has had.
func (s *server) goroutines(ctx context.Context) (n int, dump string, err error) {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	s.Dump()
	if _, err := s.Wait(ctx); err != nil {
		return 0, "", err
	}
	_, dump, ok := strings.Cut(s.Stderr(), "SIGQUIT")
	if !ok {
		return 0, "", fmt.Errorf("%v prints no goroutines:\n%s", s.Process, s.lastLog())
	}
	own := ownGoroutines(dump)
	return len(own), strings.Join(own, "\n\n"), nil
}

// ownGoroutines returns those goroutines of a dump that are not the runtime's.
func ownGoroutines(dump string) (own []string) {
	for block := range strings.SplitSeq(dump, "\n\n") {
		head, calls, _ := strings.Cut(block, "\n")
		if !strings.HasPrefix(head, "goroutine ") {
			continue
		}
		for line := range strings.Lines(calls) {
			if !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "runtime.") && !strings.HasPrefix(line, "created by ") {
				own = append(own, block)
				break
			}
		}
	}
	return own
}

// afterOneVisit returns how many files and connections, and how many goroutines, the
// server has when its only client has left.
func afterOneVisit(ctx context.Context, ftpd, temp string) (files, goroutines int, err error) {
	s, err := start(ctx, ftpd, temp)
	if err != nil {
		return 0, 0, err
	}
	defer s.Stop()
	if err := s.visit(ctx, fetches); err != nil {
		return 0, 0, fmt.Errorf("the first visit: %w\n%s", err, s.lastLog())
	}
	if err := s.Await(ctx, func(text string) bool { return strings.Contains(text, "session") }); err != nil {
		return 0, 0, err // it logs that the session has ended
	}
	u, err := program.UsageOf(s.Pid())
	if err != nil {
		return 0, 0, err
	}
	goroutines, _, err = s.goroutines(ctx)
	return u.Files, goroutines, err
}

// lastLog returns the end of the server's log.
func (s *server) lastLog() string {
	const most = 2000
	text := s.Stderr()
	return text[max(0, len(text)-most):]
}
