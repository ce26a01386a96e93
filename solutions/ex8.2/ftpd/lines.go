package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	// maxLine is how long a command may be, in bytes. Names on most systems
	// are no longer than 4096.
	maxLine = 8 << 10

	// maxSkipped is how much of a longer one is read before we disconnect.
	maxSkipped = 1 << 20
)

// tooLong stands for a line that was too long. It is not a command.
const tooLong = "LINE-TOO-LONG"

// A lineReader reads what the client says, line by line. When reading fails because
// the time is up, what has come of a line is kept for the next call.
type lineReader struct {
	in     *bufio.Reader
	line   []byte // what has come of the next line
	length int    // of that; if it is too long, the bytes are not kept
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, 512)} // every session has one; most lines are short
}

// next returns the next line without its end, CR LF or LF alone, and without
// the commands of the Telnet protocol that clients put before ABOR.
func (r *lineReader) next() (string, error) {
	for {
		part, err := r.in.ReadSlice('\n')
		r.length += len(part)
		if r.length <= maxLine {
			r.line = append(r.line, part...)
		}
		switch {
		case err == nil:
			return r.take(), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		case r.length > maxSkipped:
			return "", io.ErrShortBuffer
		}
	}
}

// take returns the line that has come, and makes room for the next.
func (r *lineReader) take() string {
	line, long := string(r.line), r.length > maxLine
	r.line, r.length = r.line[:0], 0
	if long {
		return tooLong
	}
	return withoutTelnet(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
}

// begun reports whether something has come of the next line.
func (r *lineReader) begun() bool { return r.length > 0 || r.in.Buffered() > 0 }

// hasLine reports whether the next line is here.
func (r *lineReader) hasLine() bool {
	come, _ := r.in.Peek(r.in.Buffered())
	return bytes.IndexByte(come, '\n') >= 0
}

// withoutTelnet returns line without the Telnet commands that stand before the verb: bytes from
// 240 to 255, as before ABOR, where the last of them, IAC, goes as urgent data, which may not be
// here. Behind WILL, WONT, DO and DONT stands the option that a program for Telnet offers in its
// first line. In an argument such a byte is one of a name, and only IAC, if it comes twice,
// stands for itself (RFC 854).
func withoutTelnet(line string) string {
	for line != "" && line[0] >= 240 {
		n := 1
		if will, dont := byte(251), byte(254); will <= line[0] && line[0] <= dont {
			n = min(2, len(line))
		}
		line = line[n:]
	}
	return strings.ReplaceAll(line, "\xff\xff", "\xff")
}
