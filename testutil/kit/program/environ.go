package program

import (
	"os"
	"slices"
	"strings"
	"time"
)

// fixed are the variables that have the same value in each environment of a program
// under test, since they could change the verdict on it. The processors are two, as in a
// small container. Without the option in GORACE, a process built with -race would sleep
// for a second before it ends.
var fixed = []string{"TZ=UTC", "TERM=xterm", "GOMAXPROCS=2", "GORACE=atexit_sleep_ms=0", environMark + "=1"}

// cleared are the variables that no environment of a program under test has: those that
// change what the Go runtime does, what it prints, or what time it is, and those that
// programs read to learn about the network or the terminal.
var cleared = []string{
	"GODEBUG", "GOTRACEBACK", "GOGC", "GOMEMLIMIT", "ZONEINFO",
	"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY",
	"COLUMNS", "LINES", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLORTERM",
}

// ownPrefix opens the names of all variables by which processes of the workbook tell each
// other what to do.
const ownPrefix = "WORKBOOK_"

// withoutOwn returns env without these.
func withoutOwn(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(e string) bool { return strings.HasPrefix(e, ownPrefix) })
}

// orders are these variables, by name, if this process is to be the program; else nil.
// The program finds none of them in its environment, not even in an init function, since
// this package is initialized before.
var orders = takeOrders()

func takeOrders() map[string]string {
	if os.Getenv(asProgram) == "" || os.Getenv(confinedEnv) != "" {
		return nil
	}
	orders := make(map[string]string)
	for _, e := range os.Environ() {
		if name, value, _ := strings.Cut(e, "="); strings.HasPrefix(name, ownPrefix) {
			orders[name] = value
			os.Unsetenv(name)
		}
	}
	os.Unsetenv("GORACE") // the race detector has read it, and a run by hand has none
	return orders
}

// environMark says, in the environment of a process, that the environment is what
// [Environ] returns, and perhaps what a case has added.
const environMark = "WORKBOOK_ENVIRON"

// Environ returns env without the variables that could change the verdict on a program,
// or with a fixed value for them.
func Environ(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.Contains(cleared, strings.ToUpper(name)) ||
			slices.ContainsFunc(fixed, func(f string) bool { return strings.HasPrefix(f, name+"=") })
	})
	return append(env, fixed...)
}

// setEnviron gives this process, in which tests run, the environment that [Environ]
// returns, and file modes that do not depend on the user. What it starts inherits them.
func setEnviron() {
	if os.Getenv(environMark) != "" {
		return // and a case may have added something
	}
	env := Environ(os.Environ())
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); name != "" && !slices.Contains(env, e) {
			os.Unsetenv(name)
		}
	}
	for _, e := range fixed {
		name, value, _ := strings.Cut(e, "=")
		os.Setenv(name, value)
	}
	setLocal(time.UTC) // which the program may have used before
	SetUmask()
}
