// Clock2 is a TCP server that writes the time to its clients once a second.
// It serves any number of clients at the same time.
//
// Usage:
//
//	clock2
//
// It listens on localhost:8000. Each client gets the local time as the line
// "15:04:05\n", immediately and then every second until it leaves:
//
//	$ nc localhost 8000
//	13:58:54
//	13:58:55
//	^C
//
// It differs from clock1 by the word go.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"time"
)

//!+main

func main() {
	ln, err := net.Listen("tcp", "localhost:8000")
	if err != nil {
		log.Fatal(err) // e.g., the port is in use
	}
	if err := serve(ln); err != nil {
		log.Fatal(err)
	}
}

//!-main

//!+serve

// serve accepts clients on ln and serves each of them.
// It returns nil once ln is closed.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			log.Print(err) // e.g., too many open files
			time.Sleep(100 * time.Millisecond)
			continue
		}
		go handleConn(conn)
	}
}

//!-serve

//!+handleConn

// handleConn writes the time to conn once a second until the client leaves.
func handleConn(conn net.Conn) {
	defer conn.Close()
	for {
		_, err := fmt.Fprintln(conn, time.Now().Format("15:04:05"))
		if err != nil {
			return // e.g., the client has left
		}
		time.Sleep(time.Second)
	}
}

//!-handleConn
