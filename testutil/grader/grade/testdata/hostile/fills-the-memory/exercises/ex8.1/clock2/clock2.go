package main

import (
	"net"
	"runtime"
)

// The program takes all the memory that it can get. (The limit counts what is not written
// to as well, and whoever runs the tests needs not have as much.)
func main() { fill() }

func serve(ln net.Listener) error {
	fill()
	return nil
}

func fill() {
	var all [][]byte
	for range 64 << 10 {
		all = append(all, make([]byte, 1<<20))
	}
	runtime.KeepAlive(all)
}
