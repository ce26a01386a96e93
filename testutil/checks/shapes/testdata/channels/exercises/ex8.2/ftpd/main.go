// Ftpd serves the files of a directory by FTP, to be looked at and fetched.
//
//	ftpd -root ~/public -port 8021
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

var (
	port = flag.Int("port", 8021, "TCP port on localhost (0 for any)")
	root = flag.String("root", ".", "directory with the files")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("ftpd: ")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("what is %q?", flag.Arg(0))
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("serving %s on %s", *root, ln.Addr())
	if err := serve(ln, *root); err != nil {
		log.Fatal(err)
	}
}

// serve serves the files under root until ln is closed.
func serve(ln net.Listener, root string) error {
	files, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	for {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			go newVisitor(conn, files).serve()
		case errors.Is(err, net.ErrClosed):
			return nil // visitors who are here may stay
		default:
			log.Print(err)
			time.Sleep(100 * time.Millisecond)
		}
	}
}
