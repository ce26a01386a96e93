package isolate

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
)

// noAnswer opens the line on standard error in which the process of a case says why it
// cannot write its answer down. Like an answer, the line is sealed with the key.
const noAnswer = "\nisolate: no answer: "

// machineErrors are errors of a write that are not the fault of the program under test. A
// program that has used up its file descriptors is at fault itself.
var machineErrors = []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS}

// stderr is where this process speaks, whatever becomes of os.Stderr.
var stderr = os.Stderr

// endWithoutAnswer ends a process that cannot write its answer down because of err.
func endWithoutAnswer(err error) {
	text := err.Error()
	if slices.ContainsFunc(machineErrors, func(target error) bool { return errors.Is(err, target) }) {
		fmt.Fprintf(stderr, "%s%s %s\n", noAnswer, seal(key, []byte(text)), text)
	}
	os.Exit(1)
}

// problemIn returns what kept a process with this key from writing its answer down, by
// what it printed to standard error; nil if that is not known.
func problemIn(stderr, key string) error {
	for _, part := range strings.Split(stderr, noAnswer)[1:] {
		line, _, _ := strings.Cut(part, "\n")
		sum, text, _ := strings.Cut(line, " ")
		if hmac.Equal([]byte(sum), seal(key, []byte(text))) {
			return errors.New(text)
		}
	}
	return nil
}
