package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

func main() {}

var clients int

// The program has a data race, and closes what the race detector writes to.
func serve(ln net.Listener) error {
	os.Stderr.Close()
	for {
		conn, err := ln.Accept()
		if err != nil {
			return nil
		}
		go handleConn(conn)
	}
}

func handleConn(conn net.Conn) {
	defer conn.Close()
	clients++
	for {
		if _, err := fmt.Fprintln(conn, time.Now().Format("15:04:05")); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
