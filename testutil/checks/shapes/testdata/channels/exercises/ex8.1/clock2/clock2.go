// Clock2 tells the time of day to all who connect, once a second.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"time"
	_ "time/tzdata"
)

func main() {
	log.SetPrefix("clock2: ")
	log.SetFlags(0)
	port := flag.Int("port", 8000, "TCP port on localhost")
	flag.Parse()
	if *port < 0 || *port > 65535 {
		log.Fatalf("-port %d: want a number from 0 to 65535", *port)
	}

	if tz := os.Getenv("TZ"); tz != "" {
		zone, err := time.LoadLocation(tz)
		if err != nil {
			log.Fatalf("time zone: %v", err)
		}
		time.Local = zone
	}
	ln, err := net.Listen("tcp", net.JoinHostPort("localhost", strconv.Itoa(*port)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the time is told at", ln.Addr())
	if err := serve(ln); err != nil {
		log.Fatal(err)
	}
}
