package main

import (
	"errors"
	"syscall"
)

// absent is what a client hears of a file that it cannot have. It does not tell
// whether there is such a file.
const absent = "no such file or directory"

// refusal returns the reply to a command about a file that has failed with err: the
// reason, or that the client may try again, as the file has nothing to do with it.
func refusal(name, reason string, err error) (code int, text string) {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return 450, name + ": too many files are open; try again later"
	}
	if errors.Is(err, syscall.EISDIR) {
		reason = "is a directory"
	}
	return 550, name + ": " + reason
}
