//go:build !unix

package sandbox

import (
	"os/exec"
	"time"
)

// group has cmd end soon after its context, though what it has started does not.
func group(cmd *exec.Cmd) { cmd.WaitDelay = time.Second }
