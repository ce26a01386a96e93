//go:build !unix || aix || solaris

package ftptest

import "errors"

// makePipe would make a named pipe.
func makePipe(string) error { return errors.ErrUnsupported }
