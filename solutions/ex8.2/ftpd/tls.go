package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// This is FTP over TLS (RFC 4217): after AUTH TLS the control connection is one of
// TLS, and after PROT P so is each data connection.

// loadTLS returns how to speak TLS with the certificate and the key in two
// files, in PEM. Without files it returns nil.
func loadTLS(cert, key string) (*tls.Config, error) {
	switch {
	case cert == "" && key == "":
		return nil, nil
	case cert == "" || key == "":
		return nil, errors.New("-tls-cert and -tls-key want each other")
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("-tls-cert %s and -tls-key %s: %w", cert, key, err)
	}
	return newTLS(pair), nil
}

func newTLS(pair tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}

// forData returns how to speak TLS on data connections: without tickets that let a client
// resume its session. One that only uploads may close before it has read its ticket, and
// then TCP resets the connection. On the control connection there must be one, or
// PHP makes no data connection.
func forData(control *tls.Config) *tls.Config {
	data := control.Clone()
	data.SessionTicketsDisabled = true
	return data
}

// A security is which connections of a session are of TLS.
type security struct {
	control bool // by AUTH TLS
	sized   bool // by PBSZ, which must come before PROT
	data    bool // by PROT P
}

// A secureConn is a data connection of TLS. Its Read returns io.EOF only if the other side has
// ended it in TLS; that of package tls does so too if a third party has cut the connection
// between two records. So does Close of package tls end it in TLS, and here only CloseWrite.
type secureConn struct {
	*tls.Conn
	under *endConn
}

// secure makes a data connection one of TLS.
func secure(ctx context.Context, conn net.Conn, control *tls.Config) (net.Conn, error) {
	under := &endConn{Conn: conn}
	c := &secureConn{tls.Server(under, forData(control)), under}
	conn.SetDeadline(time.Now().Add(dataTime))
	if err := c.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("handshake: %w", err)
	}
	return c, nil
}

func (c *secureConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.EOF && c.under.ended {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (c *secureConn) CloseWrite() error {
	err := c.Conn.CloseWrite()
	if tcp, ok := c.under.Conn.(*net.TCPConn); ok {
		tcp.CloseWrite()
	}
	return err
}

func (c *secureConn) Close() error { return c.under.Close() }

// An endConn is the connection below it, and knows whether its end has been read.
type endConn struct {
	net.Conn
	ended bool
}

func (c *endConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.ended = c.ended || err == io.EOF
	return n, err
}
