// Clock2 tells the time, and logs whatever it does.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
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
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			log.Print("the listener is closed")
			return nil
		}
		if err != nil {
			log.Print("accept: ", err)
			time.Sleep(time.Second)
			continue
		}
		log.Printf("%v: connected", conn.RemoteAddr())
		go handle(conn)
	}
}

// handle writes the time once a second.
func handle(conn net.Conn) {
	defer func() {
		conn.Close()
		log.Printf("%v: closed", conn.RemoteAddr())
	}()
	out := bufio.NewWriter(conn)
	for {
		text := time.Now().Format("15:04:05")
		fmt.Fprintln(out, text)
		if err := out.Flush(); err != nil {
			log.Printf("%v: %v", conn.RemoteAddr(), err)
			return
		}
		log.Printf("%v: %s", conn.RemoteAddr(), text)
		time.Sleep(time.Second)
	}
}
