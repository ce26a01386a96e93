//go:build !linux

package program

import (
	"errors"
	"os"
)

func newTerminal() (person, programs *os.File, err error) {
	return nil, nil, errors.New("no terminal can be made on this system")
}
