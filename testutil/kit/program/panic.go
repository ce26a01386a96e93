package program

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

var goPanic = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*$`)

// Panic returns where and why the Go runtime has ended a process that has printed text:
// "clock2.go:35: panic: runtime error: index out of range [0] with length 0". If ok is false, it
// has not.
func Panic(text string) (why string, ok bool) {
	at := goPanic.FindStringIndex(text)
	if at == nil {
		return "", false
	}
	why = strings.TrimSuffix(text[at[0]:at[1]], " [recovered, repanicked]")
	if place := placeIn(text[at[1]:]); place != "" {
		why = place + ": " + why
	}
	return why, true
}

// Crashed returns the error about a program that the Go runtime has ended. The words say
// what was done; why is what [Panic] has returned.
func Crashed(words, why string) error {
	return &verdict.Error{Kind: verdict.Crashed, Place: placeBefore.FindString(why), Err: fmt.Errorf("%s: %s", words, why)}
}

var placeBefore = regexp.MustCompile(`^\S+\.go:\d+`)

// A frame in the trace of a goroutine: a function, and in the next line a file.
var traceFrame = regexp.MustCompile(`(?m)^(?:created by )?(\S+?)\(.*\)\n\t(\S+\.go):(\d+)`)

// placeIn returns where in a program the first goroutine of a trace is, "server.go:12". It
// is in package main, or in one whose path starts with the name of a host.
func placeIn(trace string) string {
	trace, _, _ = strings.Cut(strings.TrimLeft(trace, "\n"), "\n\ngoroutine ")
	for _, m := range traceFrame.FindAllStringSubmatch(trace, -1) {
		host, _, _ := strings.Cut(m[1], "/")
		named := host != m[1] && strings.Contains(host, ".") && !strings.Contains(m[1], "/workbook/testutil/")
		if strings.HasPrefix(m[1], "main.") || named {
			return filepath.Base(m[2]) + ":" + m[3]
		}
	}
	return ""
}
