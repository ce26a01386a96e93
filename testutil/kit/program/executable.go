package program

import (
	"os"
	"syscall"
)

// WriteExecutable writes a file that can be executed. While it does, this process starts no
// other: that would have the file open for a moment, and Linux executes no file that is open
// for writing ("text file busy").
func WriteExecutable(name string, text []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(name, text, 0o755)
}
