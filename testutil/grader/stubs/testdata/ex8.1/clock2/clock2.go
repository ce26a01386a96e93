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
	"log"
	"net"

	"example.com/workbook/exercises"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("clock2: ")
	_ = setZone // TODO: call setZone(os.Getenv("TZ")), and read the flag -port with package flag.
	ln, err := listen(8000)
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
	return exercises.ErrNotStarted
}

// listen listens on the given port of localhost, or for 0, on a free one.
func listen(port int) (net.Listener, error) {
	_ = port // TODO: listen on it.
	return nil, exercises.ErrNotStarted
}

// serve accepts clients on ln and serves each of them, all at the same time.
// It returns nil once ln is closed.
func serve(ln net.Listener) error {
	_ = handleConn // TODO: call it for each client.
	return exercises.ErrNotStarted
}

// handleConn writes the time to conn once a second until the client leaves.
func handleConn(conn net.Conn) {
	// TODO
}
