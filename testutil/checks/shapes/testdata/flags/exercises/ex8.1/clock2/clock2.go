// Clock2 serves the time. Its command line is read before main begins.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"time"
	_ "time/tzdata"
)

// options are those of the command line.
var options = parse(os.Args)

// here is the zone of the times that clients see.
var here = time.Local

type config struct{ port int }

func parse(args []string) config {
	var c config
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	flags.IntVar(&c.port, "port", 8000, "listen on this port of localhost")
	flags.Parse(args[1:])
	if flags.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "unexpected argument %q\n", flags.Arg(0))
		os.Exit(2)
	}
	return c
}

func main() {
	if name := os.Getenv("TZ"); name != "" {
		loc, err := time.LoadLocation(name)
		if err != nil {
			log.Fatal(err)
		}
		here = loc
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", options.port))
	if err != nil {
		log.Fatal(err)
	}
	log.Print("listening on ", ln.Addr())
	log.Fatal(serve(ln))
}

func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			log.Print(err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		go handleConn(conn)
	}
}

func handleConn(conn net.Conn) {
	defer conn.Close()
	for {
		if _, err := fmt.Fprintln(conn, time.Now().In(here).Format("15:04:05")); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
