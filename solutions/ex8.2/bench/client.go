package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"example.com/workbook/testutil/kit/ftpclient"
)

// A visit is a session of a client, logged in. It is for the use of one goroutine.
type visit interface {
	retr(name string) (bytes int64, err error)
	list(name string) (lines int64, err error)
	stor(name string, size int64) error
	quit() error // sends QUIT, and disconnects
	Close() error
}

func dial(addr string) (*ftpclient.Client, error) {
	return ftpclient.Dial(context.Background(), new(net.Dialer), addr, patience)
}

// drain reads conn to its end, and counts the bytes and, if lines is not nil, the lines.
func drain(conn net.Conn, lines *int64) (total int64, err error) {
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		total += int64(n)
		if lines != nil {
			*lines += int64(bytes.Count(buf[:n], []byte("\n")))
		}
		if err == io.EOF {
			leavePort(conn)
			return total, nil
		}
		if err != nil {
			return total, fmt.Errorf("read data: %w", err)
		}
	}
}

// leavePort makes Close reset a connection that the server has closed. Or else the port
// of the server would be taken for a minute more, and after thousands of connections
// the next server would look long for a free one.
func leavePort(conn net.Conn) { conn.(*net.TCPConn).SetLinger(0) }

// fill writes size bytes to conn.
func fill(conn net.Conn, size int64) error {
	for size > 0 {
		n, err := conn.Write(zeros[:min(size, int64(len(zeros)))])
		if err != nil {
			return fmt.Errorf("write data: %w", err)
		}
		size -= int64(n)
	}
	return nil
}

// An ftpVisit is a visit to an FTP server.
type ftpVisit struct {
	*ftpclient.Client
	binary bool // TYPE I was sent
}

// dialFTP connects to a server and logs in.
func dialFTP(addr string) (visit, error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	if _, err = c.Want(220); err == nil {
		err = c.Login()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return &ftpVisit{Client: c}, nil
}

// begin makes a data connection and sends a command that uses it.
func (v *ftpVisit) begin(line string) (net.Conn, error) {
	v.Conn.SetDeadline(time.Now().Add(patience))
	if !v.binary {
		if _, err := v.Do("TYPE I", 200); err != nil {
			return nil, err
		}
		v.binary = true
	}
	return v.Begin(line)
}

// transfer carries out a command, and lets move send or receive.
func (v *ftpVisit) transfer(line string, move func(data net.Conn) error) error {
	data, err := v.begin(line)
	if err != nil {
		return err
	}
	defer data.Close()
	if err := move(data); err != nil {
		return err
	}
	data.Close()
	_, err = v.Want(226)
	return err
}

func (v *ftpVisit) retr(name string) (n int64, err error) {
	err = v.transfer("RETR "+name, func(data net.Conn) (err error) {
		n, err = drain(data, nil)
		return err
	})
	return n, err
}

func (v *ftpVisit) list(name string) (lines int64, err error) {
	err = v.transfer("LIST "+name, func(data net.Conn) error {
		_, err := drain(data, &lines)
		return err
	})
	return lines, err
}

func (v *ftpVisit) stor(name string, size int64) error {
	return v.transfer("STOR "+name, func(data net.Conn) error { return fill(data, size) })
}

func (v *ftpVisit) quit() error {
	defer v.Close()
	if _, err := v.Do("QUIT", 221); err != nil {
		return err
	}
	_, err := drain(v.Conn, nil)
	return err
}
