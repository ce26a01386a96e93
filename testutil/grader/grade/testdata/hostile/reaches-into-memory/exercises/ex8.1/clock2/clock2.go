package main

import (
	"net"
)

// The program changes what it must not see.
//
//go:linkname key example.com/workbook/testutil/kit/isolate.key
var key string

func main() {}

func serve(ln net.Listener) error { return nil }
