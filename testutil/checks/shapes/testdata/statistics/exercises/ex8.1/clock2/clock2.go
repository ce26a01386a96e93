// Clock2 tells the time, and logs once a minute how many clients it has. It accepts clients
// as net/http does.
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

func main() {
	log.SetFlags(0)
	log.SetPrefix("clock2: ")
	port := flag.Uint("port", 8000, "`port` of localhost")
	flag.Parse()
	if name := os.Getenv("TZ"); name != "" {
		if _, err := time.LoadLocation(name); err != nil {
			log.Fatal(err)
		}
	}
	if *port > 65535 {
		log.Fatalf("invalid port %d", *port)
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	log.Println("listening on", ln.Addr())
	log.Fatal(serve(ln))
}

func serve(ln net.Listener) error {
	var clients atomic.Int64
	done := make(chan struct{})
	defer close(done)
	go logCount(&clients, done)
	var delay time.Duration
	for {
		conn, err := ln.Accept()
		if err != nil {
			if ne, ok := err.(net.Error); ok && ne.Temporary() {
				delay = min(max(2*delay, 5*time.Millisecond), time.Second)
				log.Printf("Accept error: %v; retrying in %v", err, delay)
				time.Sleep(delay)
				continue
			}
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		delay = 0
		clients.Add(1)
		go func() {
			defer clients.Add(-1)
			defer conn.Close()
			for {
				if _, err := fmt.Fprintf(conn, "%s\n", time.Now().Format(time.TimeOnly)); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
	}
}

func logCount(clients *atomic.Int64, done <-chan struct{}) {
	minute := time.Tick(time.Minute)
	for {
		select {
		case <-minute:
			log.Printf("%d clients", clients.Load())
		case <-done:
			return
		}
	}
}
