package main

import (
	"errors"
	"io"
	"log"
	"net"
	"time"
)

// A hub tells the time to all listeners. One goroutine, that of run, has the clock
// and the list of listeners.
type hub struct {
	join  chan listener
	leave chan listener
	done  chan struct{} // closed at the end
}

// A listener has room for one line, the newest.
type listener chan string

// serve gives each client of ln a goroutine that writes what the hub says.
func serve(ln net.Listener) error {
	h := hub{make(chan listener), make(chan listener), make(chan struct{})}
	go h.run()
	defer close(h.done)
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
		go h.write(conn)
	}
}

// run says the time to each who joins, and then at every full second.
func (h *hub) run() {
	listeners := make(map[listener]bool)
	second := time.NewTimer(tillNextSecond())
	defer second.Stop()
	for {
		select {
		case l := <-h.join:
			listeners[l] = true
			l.tell(time.Now())
		case l := <-h.leave:
			delete(listeners, l)
		case <-second.C:
			now := time.Now()
			for l := range listeners {
				l.tell(now)
			}
			second.Reset(tillNextSecond())
		case <-h.done:
			return
		}
	}
}

func tillNextSecond() time.Duration {
	now := time.Now()
	return now.Truncate(time.Second).Add(time.Second).Sub(now)
}

// tell leaves a line for l in place of one that it has not taken. Only run
// calls it, so there is room.
func (l listener) tell(t time.Time) {
	select {
	case <-l:
	default:
	}
	l <- t.Format("15:04:05\n")
}

// write writes to conn what the hub says until the client or the server is gone.
func (h *hub) write(conn net.Conn) {
	defer conn.Close()
	l := make(listener, 1)
	select {
	case h.join <- l:
	case <-h.done:
		return
	}
	last := ""
	for {
		select {
		case line := <-l:
			if line == last { // joined at a full second
				continue
			}
			last = line
			if _, err := io.WriteString(conn, line); err != nil {
				select {
				case h.leave <- l:
				case <-h.done:
				}
				return
			}
		case <-h.done:
			return
		}
	}
}
