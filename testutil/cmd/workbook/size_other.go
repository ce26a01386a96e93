//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package main

import "os"

// columns finds no terminals on this system, as far as we know how to ask.
func columns(*os.File) int { return 0 }
