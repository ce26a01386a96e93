package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// A visit is a session of a client, logged in. It is for the use of one goroutine.
type visit interface {
	retr(name string) (bytes int64, err error)
	list(name string) (lines int64, err error)
	stor(name string, size int64) error
	quit() error // sends QUIT, and disconnects
	Close() error
}

// A control is a connection on which lines are exchanged.
type control struct {
	*net.TCPConn
	in *bufio.Reader
}

func dial(addr string) (*control, error) {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(patience))
	return &control{conn.(*net.TCPConn), bufio.NewReaderSize(conn, 1<<10)}, nil
}

func (c *control) send(line string) error {
	_, err := io.WriteString(c.TCPConn, line+"\r\n")
	return err
}

// want reads a reply, which must have one of some codes, and returns its last line.
func (c *control) want(codes ...string) (string, error) {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("read a reply: %w", err)
		}
		if len(line) < 4 || line[3] != ' ' {
			continue // not the last line
		}
		if !slices.Contains(codes, line[:3]) {
			return "", fmt.Errorf("the reply is %q, want %s", line, strings.Join(codes, " or "))
		}
		return line, nil
	}
}

func (c *control) do(line string, codes ...string) error {
	if err := c.send(line); err != nil {
		return err
	}
	if _, err := c.want(codes...); err != nil {
		return fmt.Errorf("%s: %w", line, err)
	}
	return nil
}

// drain reads conn to its end, and counts the bytes and, if lines is not nil, the lines.
func drain(conn *control, lines *int64) (total int64, err error) {
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		total += int64(n)
		if lines != nil {
			*lines += int64(bytes.Count(buf[:n], []byte("\n")))
		}
		if err == io.EOF {
			conn.freePort()
			return total, nil
		}
		if err != nil {
			return total, fmt.Errorf("read data: %w", err)
		}
	}
}

// freePort makes Close reset a connection that the server has closed. Or else the port
// of the server would be taken for a minute more, and after thousands of connections
// the next server would look long for a free one.
func (c *control) freePort() { c.SetLinger(0) }

// fill writes size bytes to conn.
func fill(conn *control, size int64) error {
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
	*control
	host   string
	binary bool // TYPE I was sent
}

// dialFTP connects to a server and logs in.
func dialFTP(addr string) (visit, error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(addr)
	v := &ftpVisit{control: c, host: host}
	if err := v.login(); err != nil {
		c.Close()
		return nil, err
	}
	return v, nil
}

func (v *ftpVisit) login() error {
	if _, err := v.want("220"); err != nil {
		return err
	}
	if err := v.do("USER anonymous", "331", "230"); err != nil { // pure-ftpd wants no password
		return err
	}
	return v.do("PASS bench@", "230")
}

// begin makes a data connection and sends a command that uses it.
func (v *ftpVisit) begin(line string) (*control, error) {
	v.SetDeadline(time.Now().Add(patience))
	if !v.binary {
		if err := v.do("TYPE I", "200"); err != nil {
			return nil, err
		}
		v.binary = true
	}
	if err := v.send("EPSV"); err != nil {
		return nil, err
	}
	text, err := v.want("229")
	if err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(text, "(|||")
	port, _, ok := strings.Cut(port, "|)")
	if !ok {
		return nil, fmt.Errorf("the reply to EPSV is %q, want a port in (|||port|)", text)
	}
	data, err := dial(net.JoinHostPort(v.host, port))
	if err != nil {
		return nil, err
	}
	if err = v.send(line); err == nil {
		_, err = v.want("150", "125")
	}
	if err != nil {
		data.Close()
		return nil, fmt.Errorf("%s: %w", line, err)
	}
	return data, nil
}

// transfer carries out a command, and lets move send or receive.
func (v *ftpVisit) transfer(line string, move func(data *control) error) error {
	data, err := v.begin(line)
	if err != nil {
		return err
	}
	defer data.Close()
	if err := move(data); err != nil {
		return err
	}
	data.Close()
	_, err = v.want("226")
	return err
}

func (v *ftpVisit) retr(name string) (n int64, err error) {
	err = v.transfer("RETR "+name, func(data *control) (err error) {
		n, err = drain(data, nil)
		return err
	})
	return n, err
}

func (v *ftpVisit) list(name string) (lines int64, err error) {
	err = v.transfer("LIST "+name, func(data *control) error {
		_, err := drain(data, &lines)
		return err
	})
	return lines, err
}

func (v *ftpVisit) stor(name string, size int64) error {
	return v.transfer("STOR "+name, func(data *control) error { return fill(data, size) })
}

func (v *ftpVisit) quit() error {
	defer v.Close()
	if err := v.do("QUIT", "221"); err != nil {
		return err
	}
	_, err := drain(v.control, nil)
	return err
}
