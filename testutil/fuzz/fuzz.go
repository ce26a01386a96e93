// Fuzz runs all fuzz tests of the workbook, each for a while.
//
// Usage:
//
//	go run ./testutil/fuzz [-time duration] [package...]
//
// The command go fuzzes one test of one package at a time; this finds them all. By
// default it looks in all packages of the solutions and of testutil:
//
//	$ go run ./testutil/fuzz -time 20s
//	FuzzListen of example.com/workbook/solutions/ex8.1/clockwall: 20s
//	…
//
// Inputs that reach new code are kept in $(go env GOCACHE)/fuzz, and the next run
// begins with them. One that breaks what a test claims is shown, and is a file of the
// package's directory testdata/fuzz from then on, which go test tries again. The exit
// status is then 1, after all other tests have had their time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("fuzz: ")
	each := flag.Duration("time", 20*time.Second, "fuzz each test for this `duration`")
	flag.Parse()
	if *each <= 0 {
		log.Fatalf("-time %v: want more than 0", *each)
	}
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"./solutions/...", "./testutil/..."}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := fuzz(ctx, packages, *each); err != nil {
		log.Fatal(err)
	}
}

// fuzz runs each fuzz test of the packages. It returns the errors of all.
func fuzz(ctx context.Context, packages []string, each time.Duration) error {
	tests, err := find(ctx, packages)
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return fmt.Errorf("no fuzz tests in %s", strings.Join(packages, " "))
	}
	var failed []error
	for _, t := range tests {
		fmt.Printf("%s of %s: %v\n", t.name, t.path, each)
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each.String(), t.path)
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it keeps what it has found
		out, err := cmd.CombinedOutput()
		if ctx.Err() != nil {
			return errors.Join(append(failed, ctx.Err())...)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s of %s: %w\n%s", t.name, t.path, err, out))
		}
	}
	return errors.Join(failed...)
}

// A test is a fuzz test.
type test struct {
	name string
	path string // import path of its package
}

// find returns the fuzz tests of packages.
func find(ctx context.Context, packages []string) ([]test, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-list", "^Fuzz"}, packages...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the fuzz tests of %s: %w\n%s", strings.Join(packages, " "), err, out)
	}
	return parseList(string(out)), nil
}

// parseList parses what go test -list prints: the names of a package's tests, and
// then a line with its path.
func parseList(text string) []test {
	var tests []test
	var names []string
	for line := range strings.Lines(text) {
		switch fields := strings.Fields(line); {
		case len(fields) == 1 && strings.HasPrefix(fields[0], "Fuzz"):
			names = append(names, fields[0])
		case len(fields) > 1 && fields[0] == "ok":
			for _, name := range names {
				tests = append(tests, test{name, fields[1]})
			}
			names = nil
		}
	}
	return tests
}
