package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
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
	flags.SetOutput(io.Discard) // a usage of many lines would hide the error
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(os.Stdout)
		flags.Usage()
		return right, false
	case err != nil:
		fmt.Fprintf(os.Stderr, "workbook %[1]s: %[2]v (go tool workbook %[1]s -h lists all flags)\n", flags.Name(), err)
		return trouble, false
	}
	return right, true
}
