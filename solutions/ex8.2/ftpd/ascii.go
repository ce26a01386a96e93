package main

import (
	"bufio"
	"io"
)

// toASCII copies text to the network, where lines end in CR LF (RFC 959,
// 3.1.1.1). Those that do already stay as they are.
func toASCII(w io.Writer, r io.Reader) error {
	out := bufio.NewWriterSize(w, 64<<10)
	in := bufio.NewReaderSize(r, 64<<10)
	var last byte
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if c == '\n' && last != '\r' {
			out.WriteByte('\r')
		}
		if err := out.WriteByte(c); err != nil {
			return err
		}
		last = c
	}
}

// fromASCII copies text from the network, with LF at the end of its lines.
func fromASCII(w io.Writer, r io.Reader) error {
	out := bufio.NewWriterSize(w, 64<<10)
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if c == '\r' {
			next, err := in.Peek(1)
			if err == nil && next[0] == '\n' {
				continue
			}
			if err != nil && err != io.EOF {
				return err
			}
		}
		if err := out.WriteByte(c); err != nil {
			return err
		}
	}
}
