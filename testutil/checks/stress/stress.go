// Stress runs the tests of the right programs many times on a busy machine, and
// wants the same verdict every time.
//
// Usage:
//
//	go run ./testutil/checks/stress [-runs n] [-race] [-run pattern] [package...]
//
// It builds the tests of each package once, and runs them n times, several at
// once, while as many goroutines as there are processors do nothing but compute.
// By default it takes all packages of the chapter and the solutions:
//
//	$ go run ./testutil/checks/stress -runs 200 -race
//	200 of 200 runs gave the same verdict: example.com/workbook/chapter60/clock1 (18 passed)
//	…
//
// If runs differ it shows how, and the output of the first that does, and exits
// with status 1.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// limit is how long one run may take.
const limit = 5 * time.Minute

func main() {
	log.SetFlags(0)
	log.SetPrefix("stress: ")
	runs := flag.Int("runs", 200, "run the tests of each package `n` times")
	race := flag.Bool("race", false, "with the race detector")
	only := flag.String("run", "", "run only the tests that match `pattern`, as of go test -run")
	flag.Parse()
	if *runs < 1 {
		log.Fatalf("-runs %d: want at least 1", *runs)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"./chapter60/...", "./solutions/ex8.1/...", "./solutions/ex8.2/ftpd", "./solutions/ex8.2/ftp"}
	}
	if err := stress(ctx, packages, *runs, *race, *only); err != nil {
		log.Fatal(err)
	}
}

func stress(ctx context.Context, packages []string, runs int, race bool, only string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	temp, err := os.MkdirTemp("", "stress")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	subjects, err := build(ctx, temp, packages, race)
	if err != nil {
		return err
	}
	for range runtime.NumCPU() {
		go compute(ctx)
	}
	for _, s := range subjects {
		if err := s.repeat(ctx, runs, only); err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
	}
	return nil
}

// compute keeps a processor busy until ctx ends.
func compute(ctx context.Context) {
	for ctx.Err() == nil {
	}
}

// A subject is a package whose tests are run.
type subject struct {
	path   string // import path
	dir    string
	binary string
}

// build builds the tests of packages, those that have some.
func build(ctx context.Context, temp string, packages []string, race bool) ([]subject, error) {
	list := exec.CommandContext(ctx, "go", append([]string{"list", "-f",
		"{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}\t{{.Dir}}{{end}}"}, packages...)...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", strings.Join(packages, " "), err)
	}
	var subjects []subject
	for line := range strings.Lines(string(out)) {
		path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		s := subject{path, dir, filepath.Join(temp, fmt.Sprintf("%d.test", len(subjects)))}
		args := []string{"test", "-c", "-o", s.binary}
		if race {
			args = append(args, "-race")
		}
		cmd := exec.CommandContext(ctx, "go", append(args, path)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build the tests of %s: %w\n%s", path, err, out)
		}
		subjects = append(subjects, s)
	}
	if len(subjects) == 0 {
		return nil, fmt.Errorf("no tests in %s", strings.Join(packages, " "))
	}
	return subjects, nil
}

// repeat runs the tests many times, and compares each verdict with the first.
func (s subject) repeat(ctx context.Context, runs int, only string) error {
	start := time.Now()
	want, out, err := s.run(ctx, only)
	if err != nil {
		return err
	}
	if passed(want) == 0 || slices.ContainsFunc(want, func(v string) bool { return strings.HasPrefix(v, "FAIL") }) {
		return fmt.Errorf("run 1 of %d does not pass:\n%s", runs, out)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.NumCPU())
	for i := range runs - 1 {
		group.Go(func() error {
			got, out, err := s.run(ctx, only)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want, got); diff != "" {
				return fmt.Errorf("run %d of %d gave another verdict than run 1 (-run 1 +this run):\n%s\n%s", i+2, runs, diff, out)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	fmt.Printf("%d of %[1]d runs gave the same verdict: %s (%d passed, %v)\n",
		runs, s.path, passed(want), time.Since(start).Round(time.Second))
	return nil
}

var verdict = regexp.MustCompile(`(?m)^ *--- (PASS|FAIL|SKIP): (\S+)`)

// run runs the tests that match a pattern once, and returns the verdict on each, in an order that does not
// depend on the one in which they ran.
func (s subject) run(ctx context.Context, only string) (verdicts []string, output []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.binary, "-test.v", "-test.run="+only)
	cmd.Dir = s.dir
	output, err = cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		return nil, nil, err
	}
	for _, m := range verdict.FindAllSubmatch(output, -1) {
		verdicts = append(verdicts, string(bytes.Join(m[1:], []byte(" "))))
	}
	if err != nil {
		verdicts = append(verdicts, "FAIL the program")
	}
	slices.Sort(verdicts)
	return verdicts, output, nil
}

// passed counts the tests that passed.
func passed(verdicts []string) int {
	n := 0
	for _, v := range verdicts {
		if strings.HasPrefix(v, "PASS") {
			n++
		}
	}
	return n
}
