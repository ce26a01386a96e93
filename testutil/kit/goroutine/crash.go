package goroutine

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

var crash = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.*)$`)

// Crash returns the verdict on a program that has died of a panic or a fatal error of the
// runtime, and the sentence that says why, from its output; "" if it has not.
func Crash(output string) (verdict.Kind, string) {
	at := crash.FindStringSubmatchIndex(output)
	if at == nil {
		return "", ""
	}
	var place string
	for _, g := range goroutines(output[at[1]:]) {
		if f, ok := g.ownFrame(); ok {
			place = f.place() + " "
			break
		}
	}
	kind, sentence := explainCrash(strings.TrimSuffix(output[at[2]:at[3]], " [recovered, repanicked]"))
	return kind, place + sentence
}

// Panicking reports whether a goroutine other than the caller's panics, and still runs its
// deferred calls.
func Panicking() bool { return strings.Contains(Others(), "\npanic(") }

// explainCrash says what the message of a panic or a fatal error means.
func explainCrash(message string) (verdict.Kind, string) {
	switch {
	case strings.HasPrefix(message, "unexpected call to os.Exit(0)"): // package testing makes a panic of it
		return verdict.Exited, "ends the program (os.Exit)"
	case strings.HasPrefix(message, "concurrent map"): // the runtime notices some data races by itself
		return verdict.Race, "uses a map while another goroutine changes it: guard the map with a sync.Mutex"
	case strings.HasSuffix(message, "of synctest channel from outside bubble"), strings.HasSuffix(message, "on synctest channel from outside bubble"):
		return verdict.Crashed, otherRun
	case strings.HasPrefix(message, "all goroutines are asleep"):
		return verdict.Crashed, "is blocked, as are all other goroutines: deadlock"
	}
	if sentence := explainConversion(message); sentence != "" {
		return verdict.Crashed, sentence
	}
	return verdict.Crashed, "panics: " + message
}

// conversion is the panic of a type assertion on a connection, a listener or a writer
// that the tests pass. Their packages have no part in the names of other types.
var conversion = regexp.MustCompile(`^interface conversion: (\S+) is \*?(?:` + ours + `)\.\S+, not (\S+)$`)

// missing is the same for an interface.
var missing = regexp.MustCompile(`^interface conversion: \*?(?:` + ours + `)\.\S+ is not (\S+): missing method \S+$`)

const ours = "clocktest|ftptest|pipenet|walltest"

// explainConversion explains a panic about a type that only TCP or the terminal has.
func explainConversion(message string) string {
	if m := conversion.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("requires a %s, but the tests pass another %s, in memory. Use only the methods of %[2]s, or check first: x, ok := y.(%[1]s)", m[2], m[1])
	}
	if m := missing.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("requires a %s, which connections in memory are not: check first: x, ok := y.(%[1]s)", m[1])
	}
	return ""
}
