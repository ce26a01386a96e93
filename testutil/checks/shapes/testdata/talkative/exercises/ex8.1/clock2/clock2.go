// Clock2 serves the time, and logs whatever it does.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"sync/atomic"
	"time"
	_ "time/tzdata"
)

var port = flag.Int("port", 8000, "port of localhost")

func init() { flag.Parse() }

func main() {
	if _, err := time.LoadLocation(os.Getenv("TZ")); err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %v", ln.Addr())
	if err := serve(ln); err != nil {
		log.Fatal(err)
	}
}

// serve serves clients until ln is closed. It prints statistics as long as the program runs.
func serve(ln net.Listener) error {
	var clients atomic.Int64
	go func() {
		for range time.Tick(time.Minute) {
			log.Printf("%d clients", clients.Load())
		}
	}()
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			log.Print("the listener is closed")
			return nil
		}
		if err != nil {
			log.Printf("accept: %v", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		go func() {
			clients.Add(1)
			defer clients.Add(-1)
			handleConn(conn)
		}()
	}
}

func handleConn(conn net.Conn) {
	defer conn.Close()
	for {
		line := time.Now().Format("15:04:05\n")
		if _, err := conn.Write([]byte(line)); err != nil {
			log.Printf("%v has left: %v", conn.RemoteAddr(), err)
			return
		}
		log.Printf("sent %q to %v", line, conn.RemoteAddr())
		time.Sleep(time.Second)
	}
}
