package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"strings"
	"time"
)

// connectTime is how long a client has to make its data connection, or to take ours.
const connectTime = 30 * time.Second

// A way makes a data connection, or gives it up if ctx has ended.
type way func(ctx context.Context) (net.Conn, error)

// forget gives up the way that was prepared, if any.
func (l *loop) forget() {
	if l.way != nil {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if conn, err := l.way(ctx); err == nil {
			conn.Close()
		}
		l.way = nil
	}
}

// host returns the address of the client.
func (l *loop) host() netip.Addr {
	addr, _ := netip.ParseAddrPort(l.conn.RemoteAddr().String())
	return addr.Addr().Unmap()
}

func pasv(l *loop, _ string) reply {
	l.forget()
	here, err := netip.ParseAddrPort(l.conn.LocalAddr().String())
	if err != nil || !here.Addr().Unmap().Is4() {
		here = netip.MustParseAddrPort("127.0.0.1:0")
	}
	ip := here.Addr().Unmap()
	ln, err := net.Listen("tcp4", netip.AddrPortFrom(ip, 0).String())
	if err != nil {
		return reply{421, "no port is free"}
	}
	l.way = passive(ln, l.host())
	n := ln.Addr().(*net.TCPAddr).Port
	return reply{227, fmt.Sprintf("port (%s,%d,%d)", strings.ReplaceAll(ip.String(), ".", ","), n/256, n%256)}
}

// passive waits on ln for a client at host, and closes ln.
func passive(ln net.Listener, host netip.Addr) way {
	return func(ctx context.Context) (net.Conn, error) {
		defer ln.Close()
		ctx, cancel := context.WithTimeout(ctx, connectTime)
		defer cancel()
		stop := context.AfterFunc(ctx, func() { ln.Close() })
		defer stop()
		for ctx.Err() == nil {
			conn, err := ln.Accept()
			if err != nil {
				return nil, err
			}
			from, err := netip.ParseAddrPort(conn.RemoteAddr().String())
			if err == nil && (from.Addr().Unmap() == host || !host.IsValid()) {
				return conn, nil
			}
			conn.Close()
		}
		return nil, ctx.Err()
	}
}

// port takes the client's address as six numbers. It must be its own.
func port(l *loop, arg string) reply {
	l.forget()
	var a, b, c, d, hi, lo uint8
	if n, _ := fmt.Sscanf(arg, "%d,%d,%d,%d,%d,%d", &a, &b, &c, &d, &hi, &lo); n != 6 {
		return reply{501, "want six numbers"}
	}
	addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{a, b, c, d}), uint16(hi)<<8|uint16(lo))
	if addr.Addr() != l.host() || addr.Port() < 1024 {
		return reply{504, "that is not yours"}
	}
	l.way = func(ctx context.Context) (net.Conn, error) {
		dialer := net.Dialer{Timeout: connectTime}
		return dialer.DialContext(ctx, "tcp", addr.String())
	}
	return reply{200, "there"}
}

var errNotConnected = errors.New("no data connection")

// send prepares a transfer of what r holds, and closes r after it.
func (l *loop) send(r io.ReadCloser) reply {
	connect := l.way
	l.way = nil
	l.job = func(ctx context.Context) error {
		defer r.Close()
		conn, err := connect(ctx)
		if err != nil {
			return errNotConnected
		}
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		defer stop()
		_, err = io.Copy(conn, r)
		return errors.Join(err, conn.Close())
	}
	return reply{150, "look at the other connection"}
}

// outcome says how a transfer ended.
func outcome(err error) reply {
	switch {
	case err == nil:
		return reply{226, "all is sent"}
	case errors.Is(err, errNotConnected):
		return reply{425, err.Error()}
	}
	return reply{426, "the transfer is broken"}
}

func retr(l *loop, arg string) reply {
	f, err := l.files.open(l.resolve(arg))
	if err != nil {
		return reply{550, "no file " + arg}
	}
	return l.send(f)
}

// list returns the handler that sends a line for each file.
func list(line func(fs.FileInfo) string) handler {
	return func(l *loop, arg string) reply {
		infos, err := l.files.glob(l.resolve(arg))
		if err != nil {
			return reply{550, "nothing like " + arg}
		}
		var b strings.Builder
		for _, info := range infos {
			b.WriteString(printable(line(info)) + "\r\n")
		}
		return l.send(io.NopCloser(strings.NewReader(b.String())))
	}
}

// printable keeps each file on a line of its own.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return '?'
		}
		return r
	}, line)
}

func short(info fs.FileInfo) string { return info.Name() }

func long(info fs.FileInfo) string {
	date := info.ModTime().Format("Jan 02 15:04")
	if now := time.Now(); info.ModTime().Year() != now.Year() || info.ModTime().After(now) {
		date = info.ModTime().Format("Jan 02 2006")
	}
	return fmt.Sprintf("%v 1 nobody nobody %9d %s %s", info.Mode(), info.Size(), date, info.Name())
}
