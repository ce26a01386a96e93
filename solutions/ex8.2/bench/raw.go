package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"example.com/workbook/testutil/kit/ftpclient"
)

// rawArg makes this program the raw server: bench raw port directory.
const rawArg = "raw"

// serveRaw serves a directory on a port of localhost. A connection is for one
// request, a line: "RETR name", "STOR name", "LIST name", or lines of any other kind,
// up to "QUIT", each with a reply.
func serveRaw(port, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handleRaw(conn, root)
	}
}

func handleRaw(conn net.Conn, root *os.Root) error {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 256)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		switch verb, name, _ := strings.Cut(strings.TrimSpace(line), " "); verb {
		case "RETR":
			return retrRaw(conn, root, name)
		case "STOR":
			return storRaw(conn, root, name)
		case "LIST":
			return listRaw(conn, root, name)
		case "QUIT":
			_, err := io.WriteString(conn, "221 Goodbye\r\n")
			return err
		default:
			if _, err := io.WriteString(conn, "200 all right\r\n"); err != nil {
				return err
			}
		}
	}
}

func retrRaw(conn net.Conn, root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(conn, f)
	return err
}

func storRaw(conn net.Conn, root *os.Root, name string) error {
	f, err := root.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.WriteString(conn, "150 send it\r\n"); err != nil { // nothing is in the buffer of in
		return err
	}
	if _, err := io.Copy(f, conn); err != nil {
		return err
	}
	_, err = io.WriteString(conn, "226 that is all\r\n")
	return err
}

func listRaw(conn net.Conn, root *os.Root, name string) error {
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(conn)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s 1 ftp ftp %12d %s %s\r\n", info.Mode(), info.Size(), info.ModTime().Format("Jan _2 15:04"), info.Name())
	}
	return w.Flush()
}

// A rawVisit is a visit to the raw server.
type rawVisit struct {
	*ftpclient.Client
	addr string
}

func dialRaw(addr string) (visit, error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	v := &rawVisit{c, addr}
	for range 3 { // as in FTP: the greeting, USER and PASS
		if _, err := c.Do("HELLO", 200); err != nil {
			c.Close()
			return nil, err
		}
	}
	return v, nil
}

// ask makes a connection and sends a request.
func (v *rawVisit) ask(line string) (*ftpclient.Client, error) {
	c, err := dial(v.addr)
	if err != nil {
		return nil, err
	}
	if err := c.Send(line); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (v *rawVisit) retr(name string) (int64, error) {
	c, err := v.ask("RETR " + name)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	return drain(c.Conn, nil)
}

func (v *rawVisit) list(name string) (lines int64, err error) {
	c, err := v.ask("LIST " + name)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	_, err = drain(c.Conn, &lines)
	return lines, err
}

func (v *rawVisit) stor(name string, size int64) error {
	c, err := v.ask("STOR " + name)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Want(150); err != nil {
		return err
	}
	if err := fill(c.Conn, size); err != nil {
		return err
	}
	if err := c.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = c.Want(226)
	return err
}

func (v *rawVisit) quit() error {
	defer v.Close()
	if _, err := v.Do("QUIT", 221); err != nil {
		return err
	}
	_, err := drain(v.Conn, nil)
	return err
}
