package main

import (
	"errors"
	"flag"
	"fmt"
)

// newFlags returns the flags of a command, with a usage that names its arguments.
func newFlags(command, args string) *flag.FlagSet {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "usage: go tool workbook %s [flags] %s\n\n", command, args)
		flags.PrintDefaults()
	}
	return flags
}

// parse parses the flags in args. If the command is not to go on, ok is false, status
// its exit status, and what there is to say has been said.
func parse(flags *flag.FlagSet, args []string) (status int, ok bool) {
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return right, false
	case err != nil:
		return trouble, false
	}
	return right, true
}
