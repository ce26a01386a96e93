// Clock2 is a TCP server that writes the time to its clients once a second.
// It serves any number of clients at the same time.
//
// Usage:
//
//	clock2 [-port number]
//
// It listens on a port of localhost, by default 8000, and prints the address.
// Port 0 picks a free port. Each client gets the time as the line "15:04:05\n":
// immediately, and then every second until it leaves. The time is that of the
// zone in the environment variable TZ:
//
//	$ TZ=Asia/Tokyo clock2 -port 8030 &
//	clock2: listening on 127.0.0.1:8030
//	$ nc localhost 8030
//	22:58:54
//	22:58:55
//	^C
//
// An unknown zone, an invalid port and a port in use are errors: exit status 1.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // for machines without a database of time zones
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("clock2: ")
	port := flag.Int("port", 8000, "listen on this `number` of localhost; 0 picks a free one")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	if err := setZone(os.Getenv("TZ")); err != nil {
		log.Fatal(err)
	}
	ln, err := listen(*port)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", ln.Addr())
	if err := serve(ln); err != nil {
		log.Fatal(err)
	}
}

// setZone makes the named zone the local one. The empty name leaves it as it
// is. An unknown name is an error; without this, package time would show UTC.
func setZone(name string) error {
	name = strings.TrimPrefix(name, ":")
	var loc *time.Location
	var err error
	switch {
	case name == "":
		return nil
	case name == "Local":
		err = errors.New("not the name of a zone") // LoadLocation returns what is local without TZ
	case strings.HasPrefix(name, "/"):
		var data []byte
		if data, err = os.ReadFile(name); err == nil {
			loc, err = time.LoadLocationFromTZData(name, data)
		}
	default:
		loc, err = time.LoadLocation(name)
	}
	if err != nil {
		return fmt.Errorf("TZ=%s: %w", name, err)
	}
	time.Local = loc
	return nil
}

// listen listens on the given port of localhost, or for 0, on a free one.
func listen(port int) (net.Listener, error) {
	if port < 0 || port > 65535 {
		return nil, fmt.Errorf("port %d is out of range: it must be from 0 to 65535", port)
	}
	return net.Listen("tcp", net.JoinHostPort("localhost", strconv.Itoa(port)))
}

// serve accepts clients on ln and serves each of them, all at the same time.
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
