package ftptest

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

// endedAfter returns an error about a server that ended after a command, and printed output:
// the panic with the line of the program, or the last line.
func endedAfter(command, output string) error {
	cause := "the server ends"
	if verb, _, _ := strings.Cut(command, " "); verb != "" {
		cause += " after " + visible(strings.ToUpper(verb))
	}
	return verdict.Because(cause, ended(command, output))
}

func ended(command, output string) error {
	words := "the server has ended"
	if command != "" {
		words += " after " + visible(command)
	}
	if what, rest, ok := panicIn(output); ok {
		if place := placeIn(rest); place != "" {
			what = place + ": " + what
		}
		return verdict.Errorf(verdict.Crashed, "%s: %s", words, visible(what))
	}
	line := lastLine(output)
	if line == "" {
		return errors.New(words + ", and has printed nothing")
	}
	return fmt.Errorf("%s; the last line that it has printed is %q", words, last(line, 300))
}

var goPanic = regexp.MustCompile(`(?m)^(panic|fatal error): .*$`)

// panicIn returns the line about a panic of a Go program, and what follows it.
func panicIn(output string) (line, rest string, ok bool) {
	at := goPanic.FindStringIndex(output)
	if at == nil {
		return "", "", false
	}
	return output[at[0]:at[1]], output[at[1]:], true
}

// A frame in the trace of a goroutine: a function, and in the next line a file.
var traceFrame = regexp.MustCompile(`(?m)^(?:created by )?(\S+?)\(.*\)\n\t(\S+\.go):(\d+)`)

// placeIn returns where in a program the first goroutine of a trace is, "server.go:12". It
// is in package main, or in one whose path starts with the name of a host.
func placeIn(trace string) string {
	trace, _, _ = strings.Cut(strings.TrimLeft(trace, "\n"), "\n\ngoroutine ")
	for _, m := range traceFrame.FindAllStringSubmatch(trace, -1) {
		host, _, _ := strings.Cut(m[1], "/")
		if strings.HasPrefix(m[1], "main.") || host != m[1] && strings.Contains(host, ".") {
			return filepath.Base(m[2]) + ":" + m[3]
		}
	}
	return ""
}

// lastLine returns the last line that is not blank.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}
