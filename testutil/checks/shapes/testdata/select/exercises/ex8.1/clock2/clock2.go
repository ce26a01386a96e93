// Clock2 serves the time of day over TCP.
//
// It disconnects clients that do not read, and notices those that leave.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"time"
	_ "time/tzdata"
)

const (
	layout   = "15:04:05"
	patience = 3 * time.Second // with a client that does not read
)

func main() {
	address := "localhost:8000"
	flag.Func("port", "listen on this `port` (default 8000)", func(s string) error {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return errors.New("want a number from 0 to 65535")
		}
		address = fmt.Sprint("localhost:", n)
		return nil
	})
	flag.CommandLine.Usage = func() {} // the error says it all
	flag.Parse()

	if _, err := time.LoadLocation(os.Getenv("TZ")); err != nil {
		exit(err)
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		exit(err)
	}
	log.Println("clock at", ln.Addr())
	if err := serve(ln); err != nil {
		exit(err)
	}
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// serve hands each connection to a goroutine of its own.
func serve(ln net.Listener) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		conn, err := ln.Accept()
		if err == nil {
			go attend(ctx, conn)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		log.Println(err)
		<-time.After(200 * time.Millisecond)
	}
}

// attend writes the time to conn each second. It returns as soon as the client
// disconnects, does not read, or ctx ends.
func attend(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		io.Copy(io.Discard, conn) // returns when either side disconnects
	}()
	for next := time.Now(); ; {
		conn.SetWriteDeadline(time.Now().Add(patience))
		if _, err := fmt.Fprintf(conn, "%s\n", time.Now().Format(layout)); err != nil {
			return
		}
		next = next.Add(time.Second)
		select {
		case <-time.After(time.Until(next)):
		case <-gone:
			return
		case <-ctx.Done():
			return
		}
	}
}
