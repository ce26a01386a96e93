package main

import (
	"net"
	"runtime"
)

// The program takes all the memory that it can get. (The limit also counts memory that is never
// written to. So the machine that runs the tests needs less memory than that.)
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
