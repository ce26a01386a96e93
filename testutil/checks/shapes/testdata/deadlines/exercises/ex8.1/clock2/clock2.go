// Clock2 tells the time, and gives each client ten seconds to read it. It trusts no error
// that it does not know.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"sync"
	"syscall"
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

// serve closes all connections when ln is closed.
func serve(ln net.Listener) error {
	var mu sync.Mutex
	conns := make(map[net.Conn]bool)
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			mu.Lock()
			defer mu.Unlock()
			for conn := range conns {
				conn.Close()
			}
			return nil
		}
		if err != nil {
			log.Printf("accept: %v", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		mu.Lock()
		conns[conn] = true
		mu.Unlock()
		go func() {
			tick(conn)
			mu.Lock()
			delete(conns, conn)
			mu.Unlock()
			if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				log.Fatalf("close: %v", err)
			}
			wantClosed(conn)
		}()
	}
}

// tick writes the time until the client has left or conn is closed.
func tick(conn net.Conn) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for now := time.Now(); ; now = <-ticker.C {
		if err := conn.SetWriteDeadline(now.Add(10 * time.Second)); errors.Is(err, net.ErrClosed) {
			return // serve has ended
		} else if err != nil {
			log.Fatalf("set the deadline: %v", err)
		}
		_, err := conn.Write([]byte(now.Format("15:04:05\n")))
		if err == nil {
			continue
		}
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "write" || op.Source.String() != conn.LocalAddr().String() {
			log.Fatalf("an error that TCP does not have: %v", err)
		}
		switch {
		case errors.Is(err, net.ErrClosed): // serve has ended
		case op.Timeout() && errors.Is(err, os.ErrDeadlineExceeded):
		case errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		default:
			log.Fatalf("an error that TCP does not have: %v", err)
		}
		return
	}
}

// wantClosed checks that nothing can be done any more with conn.
func wantClosed(conn net.Conn) {
	_, readErr := conn.Read(make([]byte, 1))
	_, writeErr := conn.Write([]byte("x"))
	for _, err := range []error{readErr, writeErr, conn.SetDeadline(time.Now()), conn.Close()} {
		if !errors.Is(err, net.ErrClosed) {
			log.Fatalf("a closed connection says %v", err)
		}
	}
}
