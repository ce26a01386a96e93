package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

// asClock, as the first argument of this test binary, has it be a clock.
const asClock = "as-clock"

// serveTime is a clock at a port, args[0], that first opens the named pipe args[1], for reading
// or for writing as args[2] says: so two of them go on together, or not at all.
func serveTime(args []string) {
	err := serveTimeTogether(args[0], args[1], args[2])
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serveTimeTogether(port, pipe, how string) error {
	ln, err := net.Listen("tcp", net.JoinHostPort("localhost", port))
	if err != nil {
		return err
	}
	flag := os.O_RDONLY
	if how == "writes" {
		flag = os.O_WRONLY
	}
	if _, err := os.OpenFile(pipe, flag, 0); err != nil {
		return err
	}
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
