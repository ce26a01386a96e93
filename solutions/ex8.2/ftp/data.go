package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"time"
)

// dataTime is how long a transfer goes on when no data comes.
const dataTime = 60 * time.Second

// retrieve copies to w what the server sends in answer to command, and returns
// how many bytes that is. It ends early when ctx does.
func (c *conn) retrieve(ctx context.Context, w io.Writer, command ...string) (n int64, err error) {
	data, err := c.dialData(ctx)
	if err != nil {
		return 0, err
	}
	defer data.Close()
	stop := context.AfterFunc(ctx, func() { data.Close() })
	defer stop()
	if _, err := c.cmd(ctx, "1", command...); err != nil {
		return 0, err
	}

	r := &dataReader{conn: data}
	n, err = io.Copy(w, r)
	data.Close() // if we do not want the rest, the server must not wait for us
	_, replyErr := c.reply(ctx, "2")
	if err == nil || isLost(replyErr) || r.err != nil && replyErr != nil {
		err = replyErr // which tells more than that the data ended
	}
	return n, err
}

// dialData opens a data connection. If the port that EPSV tells cannot be reached, as behind
// a firewall that reads only replies to PASV, it tries PASV, now and later.
func (c *conn) dialData(ctx context.Context) (data net.Conn, err error) {
	for {
		port, pasvErr := c.passive(ctx)
		if pasvErr != nil {
			return nil, cmp.Or(err, pasvErr)
		}
		addr := net.JoinHostPort(c.host, port)
		dialer := net.Dialer{Timeout: dialTime}
		data, dialErr := dialer.DialContext(ctx, "tcp", addr)
		if dialErr == nil {
			return data, nil
		}
		err = fmt.Errorf("dial %s for the data: %w", addr, cause(dialErr))
		if c.noEPSV || ctx.Err() != nil {
			return nil, err
		}
		c.noEPSV = true
	}
}

// passive asks the server to listen for a data connection, and returns the port:
// with EPSV, or if the server does not reply to that as it should, with the older PASV.
func (c *conn) passive(ctx context.Context) (port string, err error) {
	if !c.noEPSV {
		r, err := c.cmd(ctx, "2", "EPSV")
		if err == nil {
			if port, err := extendedPort(r.text); err == nil {
				return port, nil
			}
		} else if _, failed := errors.AsType[*failure](err); !failed {
			return "", fmt.Errorf("EPSV: %w", err)
		}
		c.noEPSV = true
	}
	r, err := c.cmd(ctx, "2", "PASV")
	if err != nil {
		return "", fmt.Errorf("PASV: %w", err)
	}
	return passivePort(r.text)
}

var (
	extendedReply = regexp.MustCompile(`\(\s*\|\|\|\s*(\d+)\s*\|\s*\)`)
	passiveReply  = regexp.MustCompile(`\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*(\d+)\s*,\s*(\d+)`)
)

// extendedPort returns the port in the text of a reply to EPSV, which contains
// it like (|||50000|).
func extendedPort(text string) (string, error) {
	if m := extendedReply.FindStringSubmatch(text); m != nil {
		if port, err := strconv.ParseUint(m[1], 10, 16); err == nil && port > 0 {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("EPSV: no port like (|||50000|) in the reply %q", text)
}

// passivePort returns the port in the text of a reply to PASV, which contains
// host and port, byte by byte, like (127,0,0,1,195,80). The host is not to be
// trusted: it may be that of the server in a network of its own, or the victim
// of an attack.
func passivePort(text string) (string, error) {
	if m := passiveReply.FindStringSubmatch(text); m != nil {
		high, err1 := strconv.ParseUint(m[1], 10, 8)
		low, err2 := strconv.ParseUint(m[2], 10, 8)
		if port := high<<8 | low; err1 == nil && err2 == nil && port > 0 {
			return strconv.FormatUint(port, 10), nil
		}
	}
	return "", fmt.Errorf("PASV: no address like (127,0,0,1,195,80) in the reply %q", text)
}

// A dataReader reads from a data connection, and gives up when it is silent.
type dataReader struct {
	conn net.Conn
	err  error // that ended the data too early
}

func (r *dataReader) Read(p []byte) (int, error) {
	r.conn.SetReadDeadline(time.Now().Add(dataTime))
	n, err := r.conn.Read(p)
	switch {
	case err == nil, err == io.EOF:
		return n, err
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.err = fmt.Errorf("no data in %v", dataTime)
	default:
		r.err = fmt.Errorf("read the data: %w", cause(err))
	}
	return n, r.err
}
