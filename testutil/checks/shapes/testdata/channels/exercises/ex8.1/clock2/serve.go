package main

import (
	"errors"
	"io"
	"log"
	"net"
	"time"
)

// serve gives each client of ln its own clock.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			log.Printf("no client: %v", err)
			time.Sleep(time.Second / 4)
			continue
		}
		go write(conn)
	}
}

// write writes the time to conn until the client is gone.
func write(conn net.Conn) {
	defer conn.Close()
	done := make(chan struct{})
	defer close(done)
	for now := range seconds(done) {
		if _, err := io.WriteString(conn, now.Format("15:04:05\n")); err != nil {
			return
		}
	}
}

// seconds returns a channel that yields the time, at once and then every second
// until done is closed. A second that is not received is lost.
func seconds(done <-chan struct{}) <-chan time.Time {
	times := make(chan time.Time, 1)
	times <- time.Now()
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				select {
				case times <- now:
				default:
				}
			case <-done:
				return
			}
		}
	}()
	return times
}
