// Netcat1 is a TCP client that prints what a server sends.
//
// Usage:
//
//	netcat1 [host:port]
//
// It connects to localhost:8000, or to the address given, copies what the
// server sends to standard output, and ends when the server closes:
//
//	$ netcat1
//	13:58:54
//	13:58:55
//	^C
//
// A server that cannot be reached is reported, with exit status 1.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

//!+main

func main() {
	address := "localhost:8000"
	switch len(os.Args) {
	case 1:
	case 2:
		address = os.Args[1]
	default:
		fmt.Fprintln(os.Stderr, "usage: netcat1 [host:port]")
		os.Exit(2)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		log.Fatal(err) // e.g., no server listens there
	}
	if err := netcat(os.Stdout, conn); err != nil {
		log.Fatal(err)
	}
}

//!-main

//!+netcat

// netcat copies what the server sends to out, until the server closes the connection.
func netcat(out io.Writer, conn net.Conn) error {
	defer conn.Close()
	_, err := io.Copy(out, conn)
	return err
}

//!-netcat
