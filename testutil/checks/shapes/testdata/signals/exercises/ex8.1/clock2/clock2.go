// Clock2 serves the time, and ends by itself when it is interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata"
)

func main() {
	port := flag.Uint("port", 8000, "port")
	flag.Parse()
	if *port > 65535 {
		log.Fatalf("there is no port %d", *port)
	}
	if _, err := time.LoadLocation(os.Getenv("TZ")); err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	log.Print("clock on ", ln.Addr())
	if err := serve(ln); err != nil {
		log.Fatal(err)
	}
}

// serve serves clients until ln is closed, by the caller or by a signal.
func serve(ln net.Listener) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { ln.Close() })

	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	go func() {
		for {
			select {
			case <-hangup:
				log.Print("still running")
			case <-ctx.Done():
				return
			}
		}
	}()

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
		if _, err := fmt.Fprintln(conn, time.Now().Format(time.TimeOnly)); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
