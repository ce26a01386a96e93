// Stress grades correct programs and known mistakes many times under different conditions,
// and requires the same verdicts each time.
//
// Usage:
//
//	go run ./testutil/checks/stress [-runs n] [-only pattern] [-for duration]
//
// A condition is a number of processors for Go (GOMAXPROCS 1, 2 or 8), a build with or
// without the race detector, and a load. There are three loads. On idle cores, one run has
// the machine for itself. On busy cores, other processes compute on all of them. With half a
// core for each run, it needs root and the control groups of Linux. Cases wait as long as
// those of students.
//
// Each program runs n times, in another condition each time. 18 runs are one in each condition.
// Few runs of many programs meet all conditions too: each program starts at another one.
// At the end, or after Ctrl-C or -for, it prints the verdicts that differed, and how many
// cases have run:
//
//	$ go run ./testutil/checks/stress -runs 2 -only '^chapter60/clock1$'
//	1 of 1: chapter60/clock1, 2 runs, 45s
//
//	all verdicts were the same
//
//	kind            programs  runs  case runs  that differ
//	right programs  1         2     30         0
//	known mistakes  0         0     0          0
//
// It compares runs of the same build. The most frequent verdict on a case counts as the right
// one. It exits with status 1 if verdicts differ.
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
	"regexp"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/kit/program"
)

// limit is how long one run may take.
const limit = 10 * time.Minute

func main() {
	log.SetFlags(0)
	log.SetPrefix("stress: ")
	runs := flag.Int("runs", 18, "run each program `n` times")
	only := flag.String("only", "", "run only the programs and known mistakes whose names match `pattern`")
	end := flag.Duration("for", 0, "stop after `duration`; 0 for when all have run")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		log.Fatalf("-only: %v", err)
	}
	if *runs < 1 || flag.NArg() > 0 {
		log.Fatal("want -runs of at least 1, and no arguments")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *end > 0 {
		ctx, stop = context.WithTimeout(ctx, *end)
		defer stop()
	}
	program.SetUmask()
	differ, err := stress(ctx, *runs, pattern)
	if err != nil {
		log.Fatal(err)
	}
	if differ {
		os.Exit(1)
	}
}

// stress runs all programs whose names match only, and reports whether verdicts differed.
func stress(ctx context.Context, runs int, only *regexp.Regexp) (differ bool, err error) {
	temp, err := os.MkdirTemp("", "stress")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(temp)
	subjects, err := subjects(only)
	if err != nil {
		return false, err
	}
	halves, err := newHalves(runtime.NumCPU())
	if err != nil {
		log.Printf("without runs in half a core: %v", err)
	}
	defer halves.Close()
	all := conditions(grade.RaceDetector(ctx), err == nil)
	var found tally
	for i, s := range subjects {
		var plan []condition
		for n := range runs {
			if c := all[(i+n*stride)%len(all)]; c.race || !s.race {
				plan = append(plan, c)
			}
		}
		began := time.Now()
		err := s.runAll(ctx, temp, plan, halves, &found)
		if ctx.Err() != nil {
			fmt.Printf("stopped at %s, %d of %d\n", s.name, i+1, len(subjects))
			break
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("%d of %d: %s, %d runs, %v\n", i+1, len(subjects), s.name, len(plan), time.Since(began).Round(time.Second))
	}
	fmt.Println()
	return found.write(os.Stdout)
}

// stride is how far apart the conditions of two runs of a program in a row are: more than
// those of one load.
const stride = 7

// A load is what else the machine does during a run.
type load string

const (
	idle load = "idle cores"
	busy load = "busy cores"
	half load = "half a core"
)

// atOnce returns how many runs there are at the same time.
func (l load) atOnce() int {
	if l == idle {
		return 1
	}
	return runtime.NumCPU()
}

// A condition is one in which a program runs.
type condition struct {
	procs int // GOMAXPROCS
	race  bool
	load  load
}

func (c condition) String() string {
	race := ""
	if c.race {
		race = ", -race"
	}
	return fmt.Sprintf("GOMAXPROCS=%d%s, %s", c.procs, race, c.load)
}

// conditions returns all, those with the race detector and half a core only where the
// machine has that.
func conditions(race, halves bool) (all []condition) {
	for _, load := range []load{idle, busy, half} {
		for _, race := range map[bool][]bool{false: {false}, true: {false, true}}[race] {
			for _, procs := range []int{1, 2, 8} {
				if load != half || halves {
					all = append(all, condition{procs, race, load})
				}
			}
		}
	}
	return all
}

// runAll runs s in all conditions of a plan, in the order of their loads.
func (s subject) runAll(ctx context.Context, temp string, plan []condition, halves *halves, found *tally) error {
	binaries := make(map[bool]string) // by whether with the race detector
	defer func() {
		for _, binary := range binaries {
			os.Remove(binary)
		}
	}()
	for _, c := range plan {
		if binaries[c.race] != "" {
			continue
		}
		binary, err := s.build(ctx, temp, c.race)
		if err != nil {
			return err
		}
		binaries[c.race] = binary
	}
	for _, load := range []load{idle, busy, half} {
		stop := load.begin()
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(load.atOnce())
		for _, c := range plan {
			if c.load != load {
				continue
			}
			group.Go(func() error {
				outcomes, err := s.run(ctx, binaries[c.race], c, halves)
				if err != nil {
					return fmt.Errorf("%v: %w", c, err)
				}
				found.add(run{s, c, outcomes})
				return nil
			})
		}
		err := group.Wait()
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// run runs the tests of s once, and returns what became of each.
func (s subject) run(ctx context.Context, binary string, c condition, halves *halves) (outcomes map[string]outcome, err error) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(within, binary, "-test.v", "-test.count=1")
	if c.load == half {
		free := halves.take()
		defer free.giveBack()
		cmd = exec.CommandContext(within, "sh", append([]string{"-c", `echo $$ >"$0" && exec "$@"`, free.procs}, cmd.Args...)...)
	}
	cmd.Dir = s.dir
	cmd.Env = append(program.Environ(os.Environ()), fmt.Sprintf("GOMAXPROCS=%d", c.procs))
	output, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return nil, err
	}
	outcomes = parse(output)
	if within.Err() != nil {
		outcomes["all"] = outcome{verdict: fmt.Sprintf("not ended after %v", limit)}
	} else if len(outcomes) == 0 {
		return nil, fmt.Errorf("it runs no tests: %w\n%s", err, output)
	}
	return outcomes, nil
}

// An outcome is what became of a test.
type outcome struct {
	verdict string
	isCase  bool // of a suite
}

var (
	ended  = regexp.MustCompile(`(?m)^ *--- (PASS|FAIL|SKIP): (\S+)`)
	judged = regexp.MustCompile(`(?m)^=== ATTR +(\S+) verdict (.+)$`)
)

// parse returns the outcomes of tests, by name, from what they print with -test.v.
func parse(output []byte) map[string]outcome {
	all := make(map[string]outcome)
	for _, m := range ended.FindAllSubmatch(output, -1) {
		all[string(m[2])] = outcome{verdict: string(m[1])}
	}
	for _, m := range judged.FindAllSubmatch(output, -1) {
		all[string(m[1])] = outcome{verdict: string(m[2]), isCase: true}
	}
	return all
}
