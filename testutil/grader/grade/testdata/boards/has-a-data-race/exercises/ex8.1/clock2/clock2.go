package main

import (
	"fmt"
	"log"
	"net"
	"time"
)

func main() {
	log.SetFlags(0)
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		log.Fatal(err)
	}
	log.Print(ln.Addr())
	log.Fatal(serve(ln))
}

func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return nil
		}
		go handleConn(conn)
	}
}

var lines int

func handleConn(conn net.Conn) {
	defer conn.Close()
	for {
		lines++
		if _, err := fmt.Fprintln(conn, time.Now().Format("15:04:05")); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
