package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

// asClock, as the first argument of this test binary, has it be a clock.
const asClock = "as-clock"

// serveTime is a clock at a port, args[0], that first reads a byte from the named pipe args[1].
func serveTime(args []string) {
	err := serveTimeAfter(args[0], args[1])
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serveTimeAfter(port, pipe string) error {
	ln, err := net.Listen("tcp", net.JoinHostPort("localhost", port))
	if err != nil {
		return err
	}
	file, err := os.Open(pipe)
	if err != nil {
		return err
	}
	if _, err := file.Read(make([]byte, 1)); err != nil {
		return err
	}
	file.Close()
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			for {
				if _, err := fmt.Fprintln(conn, time.Now().UTC().Format(time.TimeOnly)); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
	}
}
