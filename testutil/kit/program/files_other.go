//go:build !unix

package program

import "errors"

func limitFiles(uint64) error { return errors.ErrUnsupported }
