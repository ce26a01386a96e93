// Bench compares the FTP server of exercise 8.2 with common FTP servers, and with the
// minimum that a server in Go has to do.
//
// Usage:
//
//	go run ./solutions/ex8.2/bench [-rounds n] [-size bytes] [-time duration] [-run regexp]
//		[-servers names] [-peers directory] [-before program] [-dir directory] [-update]
//
// For each measure it starts one server after the other on a free port of localhost,
// measures it, and stops it. It does so for a number of rounds. With the default flags,
// that takes some ten minutes. It prints two tables: the speed of the servers, and the
// processor time. Each cell has the median of all rounds, and in brackets the median of
// its ratios to raw in the same round. In the first table, more is better.
//
//	$ go run ./solutions/ex8.2/bench -rounds 3 -size 64M -run 'RETR|LIST' -servers raw,ftpd
//	…
//	| speed | raw | ftpd |
//	|---|---:|---:|
//	| RETR, 1 session, MB/s | 1875 (1.00) | 1946 (1.04) |
//	…
//
// Raw is the limit: a server without FTP that copies from the file to the connection, as
// package io does. It uses one TCP connection for each operation. For a login, it replies
// with as many lines as an FTP server.
//
// Bench finds the peers in PATH, or in a directory with the unpacked packages of Debian
// (see solutions/ex8.2/README.md). They are vsftpd, pure-ftpd, proftpd and pyftpdlib. It
// leaves out those that it does not find. The first three need root.
//
// With -before, bench also measures an older version of ftpd, in a column of that name.
//
// With -update, bench also writes the tables into solutions/ex8.2/README.md. It needs
// Linux, where /proc has the processor time and the memory of a server and its children.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"math/bits"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Settings say what is measured, and how.
type settings struct {
	rounds  int
	size    int64          // of the large file, in bytes
	time    time.Duration  // how long what is counted per second is counted
	only    *regexp.Regexp // the measures to take
	servers []string       // to measure; nil for all
	dir     string         // where the files are
	before  string         // an older ftpd, or ""
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	if len(os.Args) == 4 && os.Args[1] == rawArg {
		log.Fatal(serveRaw(os.Args[2], os.Args[3]))
	}
	set := settings{size: 1 << 30, only: regexp.MustCompile("")}
	var peers string
	var update bool
	flag.IntVar(&set.rounds, "rounds", 5, "measure each server `n` times")
	flag.Func("size", "transfer files of so many `bytes`; K, M and G are binary (default 1G)", func(s string) (err error) {
		set.size, err = parseSize(s)
		return err
	})
	flag.DurationVar(&set.time, "time", time.Second, "count for this `duration` what is counted per second")
	flag.Func("run", "take only measures whose names match `regexp`", func(s string) (err error) {
		set.only, err = regexp.Compile(s)
		return err
	})
	flag.Func("servers", "measure only these, of `names` with commas between", func(s string) error {
		set.servers = strings.Split(s, ",")
		return known(set.servers)
	})
	flag.StringVar(&peers, "peers", "", "look for peers in this `directory` first, into which packages were unpacked")
	flag.StringVar(&set.before, "before", "", "measure this older ftpd, a `program`, too")
	flag.StringVar(&set.dir, "dir", memoryDir(), "keep the files, five times the size, in this `directory`")
	flag.BoolVar(&update, "update", false, "write the tables into "+readme)
	flag.Parse()
	switch {
	case flag.NArg() > 0:
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	case set.rounds < 1:
		log.Fatalf("-rounds %d: want at least 1", set.rounds)
	case set.time <= 0:
		log.Fatalf("-time %v: want more than 0", set.time)
	}
	if peers != "" {
		if err := addPeers(peers); err != nil {
			log.Fatalf("-peers: %v", err)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	text, err := bench(ctx, set)
	if err == nil {
		fmt.Print(text)
	}
	if err == nil && update {
		err = writeBetweenMarks(readme, heading(os.Args[1:], map[string]string{peers: "DIR", set.before: "FTPD"})+text)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// limit is how long all may take.
const limit = time.Hour

// parseSize parses 512, 64K, 64M or 1G.
func parseSize(s string) (int64, error) {
	digits, shift := s, 0
	if i := strings.IndexAny(s, "KMG"); i >= 0 && i == len(s)-1 {
		digits, shift = s[:i], 10*(1+strings.IndexByte("KMG", s[i]))
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || bits.Len64(uint64(n))+shift > 50 {
		return 0, errors.New("want a number of bytes, such as 64M or 1G")
	}
	return n << shift, nil
}

// memoryDir returns a directory whose files are in memory, if there is one: a
// disk would be measured instead of the servers.
func memoryDir() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return os.TempDir()
}

// known returns an error if one of names is no server's.
func known(names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(servers, func(s server) bool { return s.name == name }) {
			return fmt.Errorf("there is no server %q", name)
		}
	}
	return nil
}

// bench measures all servers, and returns the tables.
func bench(ctx context.Context, set settings) (tables string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	st, err := newSite(ctx, set)
	if err != nil {
		return "", err
	}
	defer st.remove()
	subjects, missing := st.present(ctx)
	for _, reason := range missing {
		log.Print(reason)
	}
	if len(subjects) == 0 {
		return "", errors.New("no server is left to measure")
	}
	if err := warmUp(ctx, st); err != nil {
		return "", err
	}
	res := newResults(set, subjects)
	for round := range set.rounds {
		for i := range subjects {
			s := subjects[(round+i)%len(subjects)] // none is always the first
			start := time.Now()
			failed, err := res.take(ctx, st, s, round)
			if err != nil {
				return "", err
			}
			missing = append(missing, failed...)
			log.Printf("round %d of %d: %s, %v", round+1, set.rounds, s.name, time.Since(start).Round(time.Second/10))
		}
	}
	return res.tables() + notes(missing), nil
}

// take takes all measures of a server. It returns which have failed, or the error of
// the first that fails if it is our fault.
func (r *results) take(ctx context.Context, st *site, s server, round int) (failed []string, err error) {
	for _, m := range measures {
		if !r.only.MatchString(m.name) || m.once && round > 0 {
			continue
		}
		f, err := m.take(ctx, st, s)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			err = fmt.Errorf("%s, round %d, %s: %w", s.name, round+1, m.name, err)
			if s.ours {
				return nil, err
			}
			log.Print(err)
			failed = append(failed, err.Error())
			f = figures{math.NaN(), math.NaN()}
		}
		r.add(s.name, m.name, f)
	}
	return failed, nil
}

// warmUp has files stored that are not measured: memory that is touched for the
// first time is slow on a virtual machine.
func warmUp(ctx context.Context, st *site) error {
	_, err := stor(4)(ctx, st, servers[0])
	return err
}

// build builds the server of the solution, and returns its path.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "ftpd")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "example.com/workbook/solutions/ex8.2/ftpd")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build ftpd: %w\n%s", err, out)
	}
	return binary, nil
}
