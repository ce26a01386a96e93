//go:build !windows

package program

func followTZ() {}
