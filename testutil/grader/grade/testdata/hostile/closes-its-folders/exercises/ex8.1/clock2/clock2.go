package main

import (
	"net"
	"os"
	"path/filepath"
)

// The program leaves folders behind that not even its user can enter.
func main() { leave() }

func serve(ln net.Listener) error {
	leave()
	return nil
}

func leave() {
	dir, err := os.MkdirTemp("", "closed")
	if err != nil {
		return
	}
	os.Mkdir(filepath.Join(dir, "inside"), 0)
	os.Chmod(dir, 0)
}
