package main

import (
	"errors"
	"net"
	"strings"
	"time"
)

// A door waits for one data connection, in a goroutine of its own.
type door struct {
	ln    *net.TCPListener
	conns chan net.Conn // closed without any if none comes
}

// openDoor listens at the address that the client has reached us by.
func (v *visitor) openDoor() (*door, error) {
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	if here, ok := v.conn.LocalAddr().(*net.TCPAddr); ok {
		at.IP = here.IP
	}
	ln, err := net.ListenTCP("tcp", at)
	if err != nil {
		return nil, err
	}
	ln.SetDeadline(time.Now().Add(time.Minute))
	d := &door{ln, make(chan net.Conn, 1)}
	go d.wait(v.conn.RemoteAddr())
	return d, nil
}

// wait accepts the first connection of the client. Others are not let in.
func (d *door) wait(client net.Addr) {
	defer close(d.conns)
	defer d.ln.Close()
	for {
		conn, err := d.ln.Accept()
		if err != nil {
			return
		}
		if sameHost(conn.RemoteAddr(), client) {
			d.conns <- conn
			return
		}
		conn.Close()
	}
}

func sameHost(a, b net.Addr) bool {
	x, isTCP := a.(*net.TCPAddr)
	y, isTCPToo := b.(*net.TCPAddr)
	return !isTCP || !isTCPToo || x.IP.Equal(y.IP)
}

// close ends the waiting, and disconnects a client that has come.
func (d *door) close() {
	d.ln.Close()
	for conn := range d.conns {
		conn.Close()
	}
}

func (v *visitor) closeDoor() {
	if v.door != nil {
		v.door.close()
		v.door = nil
	}
}

// renewDoor shuts the old door and opens a new one, whose address it returns.
func (v *visitor) renewDoor() (*net.TCPAddr, error) {
	v.closeDoor()
	d, err := v.openDoor()
	if err != nil {
		return nil, err
	}
	v.door = d
	return d.ln.Addr().(*net.TCPAddr), nil
}

func pasv(v *visitor, _ string) {
	addr, err := v.renewDoor()
	if err != nil {
		v.say(425, "There is no port left.")
		return
	}
	ip := addr.IP.To4()
	if ip == nil {
		v.closeDoor()
		v.say(425, "Say EPSV: we are on IPv6.")
		return
	}
	v.say(227, "I wait at (%d,%d,%d,%d,%d,%d).", ip[0], ip[1], ip[2], ip[3], addr.Port>>8, addr.Port&0xff)
}

func epsv(v *visitor, arg string) {
	if strings.EqualFold(arg, "ALL") {
		v.say(200, "EPSV it is.")
		return
	}
	addr, err := v.renewDoor()
	if err != nil {
		v.say(425, "There is no port left.")
		return
	}
	v.say(229, "I wait at (|||%d|)", addr.Port)
}

var errNoClient = errors.New("no client has come")

// connection returns the data connection, when it is there.
func (v *visitor) connection() (net.Conn, error) {
	d := v.door
	v.door = nil
	select {
	case conn, ok := <-d.conns:
		if !ok {
			return nil, errNoClient
		}
		return conn, nil
	case <-v.ctx.Done():
		d.close()
		return nil, v.ctx.Err()
	}
}
