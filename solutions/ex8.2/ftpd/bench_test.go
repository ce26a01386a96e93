//go:build unix

package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRETR fetches a file of 64 MiB over the loopback device, once from ftpd
// and once from a server that copies it through a buffer of its own. Next to the
// throughput it reports how much time of a processor a GiB takes, on both ends: that
// tells the two apart also where the network is the limit.
func BenchmarkRETR(b *testing.B) {
	const size = 64 << 20
	s := start(b, defaults, nil)
	file := filepath.Join(s.dir, "file")
	if err := os.WriteFile(file, make([]byte, size), 0o644); err != nil {
		b.Fatal(err)
	}
	c := s.login(b)
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
	run("ftpd", func(b *testing.B) int64 {
		c.conn.SetDeadline(time.Now().Add(patience))
		n := c.count(c.begin("RETR file"))
		c.want(226)
		return n
	})
	run("copy", func(b *testing.B) int64 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		defer ln.Close()
		go func() {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			if f, err := os.Open(file); err == nil {
				defer f.Close()
				io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{f}) // hides what they are
			}
		}()
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		return c.count(conn)
	})
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
