// Ftpd is an FTP server. Any number of clients at the same time can walk through
// the files of a directory, list them and fetch them.
//
// Usage:
//
//	ftpd [-port number] [-root directory]
//
// It listens on a port of localhost, by default 8021, and prints the address.
// Port 0 picks a free port. Clients see only the files of the root directory, by
// default the current directory. Any user may log in.
//
//	$ ftpd -root testdata/sample &
//	ftpd: listening on 127.0.0.1:8021
//	$ curl ftp://localhost:8021/poems/rain.txt
package main

import (
	"flag"
	"log"
	"net"
	"strconv"

	"example.com/workbook/exercises"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("ftpd: ")
	port := flag.Int("port", 8021, "listen on this `number` of localhost; 0 picks a free one")
	root := flag.String("root", ".", "serve the files of this `directory`")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	ln, err := listen(*port)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", ln.Addr())
	if err := serve(ln, *root); err != nil {
		log.Fatal(err)
	}
}

// listen listens on the given port of localhost, or for 0, on a free one.
func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("localhost", strconv.Itoa(port)))
}

// A server serves the files of one directory.
type server struct {
	root string // a directory of this machine
}

// serve serves the files under the directory root to each client that connects
// to ln, all at the same time. It returns nil once ln is closed, and an error at
// once if there is no such directory.
func serve(ln net.Listener, root string) error {
	// TODO: accept clients, and let a server handle each in a goroutine of its own.
	_ = (*server).handleConn
	return exercises.ErrNotStarted
}
