package main

import (
	"net"
	"runtime"
)

// The program takes all the memory that it can get.
func main() { fill() }

func serve(ln net.Listener) error {
	fill()
	return nil
}

func fill() {
	var all [][]byte
	for range 64 << 10 {
		block := make([]byte, 1<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		all = append(all, block)
	}
	runtime.KeepAlive(all)
}
