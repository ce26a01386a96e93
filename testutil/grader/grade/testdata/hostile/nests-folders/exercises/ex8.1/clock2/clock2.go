package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

// The program leaves a named pipe, hard links, many small files, and folders in folders that
// not even its user can enter.
func main() { nest() }

func serve(ln net.Listener) error {
	nest()
	return nil
}

func nest() {
	if os.Chdir(os.TempDir()) != nil {
		return
	}
	syscall.Mkfifo("pipe", 0)
	for i := range 1000 {
		os.WriteFile(fmt.Sprint("file", i), nil, 0)
		os.Link("file0", fmt.Sprint("link", i))
	}
	levels := 0
	for levels < 1500 && os.Mkdir("folder", 0o700) == nil && os.Chdir("folder") == nil {
		levels++
	}
	for range levels {
		os.Chdir("..")
		os.Chmod("folder", 0)
	}
}
