// Ftpd serves files by FTP. It can be looked into, and nothing in it can be changed.
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
	"sync"
	"time"
)

func main() {
	var port, root string
	flag.StringVar(&port, "port", "8021", "the `number` of a port")
	flag.StringVar(&root, "root", ".", "the `directory` with the files")
	flag.Parse()
	if flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	ln, err := net.Listen("tcp", net.JoinHostPort("localhost", port))
	if err != nil {
		log.Fatalln("ftpd:", err)
	}
	fmt.Printf("ftp://%s/ is open\n", ln.Addr())
	if err := serve(ln, root); err != nil {
		log.Fatalln("ftpd:", err)
	}
}

// serve gives each client of ln an event loop of its own. They end when ln is closed,
// which an interrupt does too, and serve after them.
func serve(ln net.Listener, root string) error {
	files, err := newTree(root)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var loops sync.WaitGroup
	defer loops.Wait()
	defer stop()
	context.AfterFunc(ctx, func() { ln.Close() })
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			log.Println("ftpd:", err)
			<-time.After(time.Second / 10)
			continue
		}
		loops.Go(func() { visit(ctx, conn, files) })
	}
}
