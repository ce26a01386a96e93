// Workbook grades the exercises, and helps with them.
//
// Usage:
//
//	go tool workbook grade [flags] [ex8.1|ex8.2|all]
//	go tool workbook merge [flags] part.csv...
//	go tool workbook hint [flags] ex8.1|ex8.2
//	go tool workbook watch [flags] ex8.1|ex8.2
//	go tool workbook compare [flags] ex8.1|ex8.2 [program [file]]
//	go tool workbook reset [flags] ex8.1|ex8.2 [clock2|clockwall|ftpd]
//
// The exit status is 0 in these cases only. For grade: all core points are earned. For grade -class,
// with any points: each program of each student is found, and with -grades each student is in that
// file. For grade -class -kind: each program is started. For merge: no part and no student is
// missing. For hint: there was a hint. For watch: Ctrl-C or a similar signal
// has ended it. For compare: it has shown the solution. For reset: it has restored the stubs.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"example.com/workbook/testutil/grader/grade"
)

func main() {
	grade.TakeRole()
	ctx, stop := signal.NotifyContext(context.Background(), grade.Signals()...)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// The exit statuses.
const (
	right   = 0 // all core points are earned, or as package main says
	wrong   = 1 // they are not
	trouble = 2 // wrong usage, or something is wrong with the grader or the machine
)

// commands are what the first argument may be.
var commands = map[string]func(ctx context.Context, args []string) (status int, err error){
	"grade":   gradeCommand,
	"merge":   mergeCommand,
	"hint":    hintCommand,
	"watch":   watchCommand,
	"compare": compareCommand,
	"reset":   resetCommand,
}

func run(ctx context.Context, args []string) (status int) {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return trouble
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		fmt.Fprint(os.Stdout, usage)
		return right
	}
	command, ok := commands[args[0]]
	if !ok {
		fmt.Fprintf(os.Stderr, "workbook: unknown command %q\n%s", args[0], usage)
		return trouble
	}
	status, err := command(ctx, args[1:])
	if problem, ok := errors.AsType[*grade.Problem](err); ok {
		fmt.Fprintln(os.Stderr, problem)
		return trouble
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "workbook %s: %v\n", args[0], err)
		return trouble
	}
	return status
}

const usage = `usage: go tool workbook COMMAND [flags] [ex8.1|ex8.2|all]

	grade     grade my exercises
	merge     join the parts of a class that several machines have graded
	hint      show the next hint about the failure under Next
	watch     grade again whenever I save a file
	compare   show my files beside the solution, once I have all core points
	reset     restore the stubs, and keep my files beside them
`
