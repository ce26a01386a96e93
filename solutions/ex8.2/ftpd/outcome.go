package main

import (
	"errors"
	"io/fs"
	"os"
)

// These end a transfer.
var (
	errUnconnected = errors.New("no data connection")
	errAborted     = errors.New("aborted")
	errGone        = errors.New("the client has gone")

	// errKept is that of an upload that has broken off, if it cannot be undone, or is not.
	errKept = errors.New("the received part is in the file")
)

// outcome returns the last reply to a transfer that has ended with err.
func outcome(err error) (code int, text string) {
	_, local := errors.AsType[*fs.PathError](err)
	_, names := errors.AsType[*os.LinkError](err)
	if errors.Is(err, connReset) || errors.Is(err, timedOut) || errors.Is(err, os.ErrDeadlineExceeded) {
		local = false // where the kernel copies, a failed connection looks like a failed file
	}
	switch {
	case err == nil:
		return 226, "Transfer complete"
	case errors.Is(err, errUnconnected):
		return 425, "Cannot open data connection"
	case errors.Is(err, errKept):
		return 426, "Transfer aborted; " + errKept.Error()
	case errors.Is(err, diskFull) || errors.Is(err, overQuota):
		return 452, "Insufficient storage space"
	case local || names:
		return 451, "Cannot read or write the file"
	default:
		return 426, "Connection closed; transfer aborted"
	}
}
