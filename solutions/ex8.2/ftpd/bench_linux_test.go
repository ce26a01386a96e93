package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRETR fetches a file of 64 MiB over the loopback device, from ftpd and from
// servers that only copy it, each in another way. Next to the throughput it
// reports how much time of a processor a GiB takes. The client's share is small, since
// it throws all away unread.
func BenchmarkRETR(b *testing.B) {
	const size = 64 << 20
	s := start(b, defaults, nil)
	file := filepath.Join(s.dir, "file")
	if err := os.WriteFile(file, make([]byte, size), 0o644); err != nil {
		b.Fatal(err)
	}
	run := func(name string, fetch func(b *testing.B) int64) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			before := cpuTime(b)
			for b.Loop() {
				if got := fetch(b); got != size {
					b.Fatalf("fetched %d bytes, want %d", got, size)
				}
			}
			b.ReportMetric((cpuTime(b)-before).Seconds()*(1<<30)/size/float64(b.N), "cpu-s/GiB")
		})
	}
	c := s.login(b)
	run("ftpd", func(b *testing.B) int64 {
		c.Conn.SetDeadline(time.Now().Add(patience))
		data := c.begin("RETR file")
		defer data.Close()
		n := discard(b, data)
		c.want(226)
		return n
	})
	for _, c := range copies {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		defer ln.Close()
		go c.serve(ln, file)
		run(c.name, func(b *testing.B) int64 {
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			return discard(b, conn.(*net.TCPConn))
		})
	}
}

// A copier is a way to copy a file to a connection.
type copier struct {
	name string
	copy func(conn net.Conn, f *os.File) error
}

// Package io can have the kernel copy if it sees that the one is a file and the other a
// TCP connection.
var copies = []copier{
	{"io.Copy", func(conn net.Conn, f *os.File) error {
		_, err := io.Copy(conn, f)
		return err
	}},
	{"bufio.Writer", func(conn net.Conn, f *os.File) error {
		w := bufio.NewWriter(conn)
		if _, err := io.Copy(w, f); err != nil {
			return err
		}
		return w.Flush()
	}},
	{"bufio.Reader", func(conn net.Conn, f *os.File) error {
		_, err := io.Copy(conn, bufio.NewReader(f))
		return err
	}},
	{"wrapped_connection", func(conn net.Conn, f *os.File) error {
		_, err := io.Copy(struct{ net.Conn }{conn}, f)
		return err
	}},
	{"wrapped_file", func(conn net.Conn, f *os.File) error {
		_, err := io.Copy(conn, struct{ io.Reader }{f})
		return err
	}},
}

// serve sends a file to each client of ln.
func (c copier) serve(ln net.Listener, file string) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		if f, err := os.Open(file); err == nil {
			c.copy(conn, f)
			f.Close()
		}
		conn.Close()
	}
}

// discard has the kernel drop what comes over conn, and returns how much it was.
func discard(b *testing.B, conn *net.TCPConn) (total int64) {
	b.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 1<<20) // stays as it is
	for {
		var n int
		var failed error
		err := raw.Read(func(fd uintptr) bool {
			n, _, failed = syscall.Recvfrom(int(fd), buf, syscall.MSG_TRUNC)
			return failed != syscall.EAGAIN
		})
		switch {
		case err != nil || failed != nil:
			b.Fatalf("reading from the server: %v, %v", err, failed)
		case n == 0:
			return total
		}
		total += int64(n)
	}
}

// cpuTime returns how much time of the processors this process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
