package program

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

// The program under test may parse its command line before main begins: in an init
// function, or for a package variable. In a test binary the flags of package testing
// are there too, and the program would refuse them. So they are taken off the command
// line when this package is initialized, which is before the program's own package is.
func init() { os.Args = takeTestFlags(os.Args) }

// confinedEnv is that of package isolate, which imports this one.
const confinedEnv = "WORKBOOK_CONFINED"

// takeTestFlags sets the flags of package testing that stand in args, and returns args
// without them. With -test.fuzz it returns args as they are, since package testing passes
// them on to the processes that it starts, and so it does in a process that is only about
// to become the program, in a sandbox, and passes them on to it.
func takeTestFlags(args []string) []string {
	isTestFlag := func(arg string) bool { return strings.HasPrefix(arg, "-test.") }
	isFuzz := func(arg string) bool { return strings.HasPrefix(arg, "-test.fuzz") }
	if os.Getenv(confinedEnv) != "" || !slices.ContainsFunc(args, isTestFlag) || slices.ContainsFunc(args, isFuzz) {
		return args
	}
	testing.Init() // defines the flags
	var others []string
	for i := 0; i < len(args); i++ {
		name, value, hasValue := strings.Cut(strings.TrimPrefix(args[i], "-"), "=")
		f := flag.Lookup(name)
		if !isTestFlag(args[i]) || f == nil {
			others = append(others, args[i])
			continue
		}
		next := i
		if !hasValue && isBool(f) {
			value = "true"
		} else if !hasValue && i+1 < len(args) {
			next++
			value = args[next]
		}
		if err := flag.Set(name, value); err != nil {
			others = append(others, args[i:next+1]...) // package testing reports it
		}
		i = next
	}
	return others
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// forgetTestFlags leaves only the program's own flags in flag.CommandLine.
func forgetTestFlags() {
	own := flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	own.Usage = func() { flag.Usage() } // which the program may set
	flag.VisitAll(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") {
			own.Var(f.Value, f.Name, f.Usage)
		}
	})
	if flag.Parsed() { // by the program, in an init function: keep what it has found
		own.Parse(append([]string{"--"}, flag.Args()...))
	}
	flag.CommandLine = own
}
