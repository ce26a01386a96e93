// Ftpd is an FTP server: any number of clients can list and fetch the files of a directory
// at the same time.
//
// Usage:
//
//	ftpd [-port number] [-root directory] [-write [-keep]] [-ports low-high]
//	     [-idle duration] [-max sessions] [-user name [-password-file file]]
//	     [-tls-cert file -tls-key file [-tls-only]]
//
// It listens on a port of localhost, by default 8021, and prints the address. Port 0 picks
// a free port. It listens at 127.0.0.1 and, where the machine supports it, at ::1. Clients
// see only the files of the root directory, by default the current directory. Any user may
// log in.
//
//	$ ftpd -root testdata/sample &
//	ftpd: listening on 127.0.0.1:8021
//	$ curl ftp://localhost:8021/poems/rain.txt
//
// With -write, clients may also change the files. With -keep, the server keeps the part of
// an upload that was received before the upload was aborted. Data connections use the ports
// of -ports. With -user, only that user may log in. The password is the first line of the
// file or, without a file, the value of the environment variable FTPD_PASSWORD. With a
// certificate and its key, in PEM, clients may ask for TLS. With -tls-only they must.
//
// The log, on standard error, has a line for each session and each transfer. On an
// interrupt the server finishes the current transfers, within ten seconds, and ends.
//
// To read the code of the exercise, begin with commands.go, session.go and login.go. Then
// read dir.go, data.go, list.go and retr.go, with transfer.go beside them.
//
// The table in rules.go says which commands are refused. The switch in extras.go has the
// commands that the exercise does not ask for. Most of these have a file each.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("ftpd: ")
	port := flag.Int("port", 8021, "listen on this `number` of localhost; 0 picks a free one")
	root := flag.String("root", ".", "serve the files of this `directory`")
	configure := settingsFlags(&defaults)
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	if err := configure(); err != nil {
		log.Fatal(err)
	}
	dir, err := os.OpenRoot(*root) // serve would notice too late that it cannot be
	if err != nil {
		log.Fatal(err)
	}
	dir.Close()
	if *port < 0 || *port > 65535 {
		log.Fatalf("-port %d: ports are numbers from 0 to 65535", *port)
	}
	ln, err := listen(*port)
	if err != nil {
		log.Fatal(err)
	}
	ln = onBoth(ln)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { ln.Close() })
	log.Printf("listening on %s", ln.Addr())
	if err := serve(ln, *root); err != nil {
		log.Fatal(err)
	}
}

// listen listens on the given port of localhost, or for 0, on a free one.
func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("localhost", strconv.Itoa(port)))
}

// serve serves the files under the directory root to each client that connects
// to ln, all at the same time. It returns nil once ln is closed, and an error at
// once if there is no such directory.
func serve(ln net.Listener, root string) error {
	srv, err := newServer(root, defaults)
	if err != nil {
		return err
	}
	defer srv.root.Close()
	return srv.serve(ln)
}
