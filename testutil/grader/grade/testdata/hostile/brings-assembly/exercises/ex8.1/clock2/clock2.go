package main

import (
	_ "embed"
	"net"
)

// The files that a program embeds are taken from its folder. Among them is assembly, which
// could read and write all memory. This one only returns.
//
//go:embed notes.txt
var notes string

func assembly()

func main() { assembly() }

func serve(ln net.Listener) error {
	assembly()
	return ln.Close()
}
