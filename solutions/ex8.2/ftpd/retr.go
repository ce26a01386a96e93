package main

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"syscall"
)

// retr sends a file.
func (s *session) retr(arg string) {
	offset, ok := s.restart()
	if !ok {
		return
	}
	f, info, err := s.open(arg)
	if err != nil {
		s.reply(refusal(arg, absent, err))
		return
	}
	defer f.Close()
	switch {
	case info.IsDir():
		s.reply(550, arg+": is a directory")
		return
	case offset > info.Size():
		s.reply(554, "The file has only "+strconv.FormatInt(info.Size(), 10)+" bytes")
		return
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		s.reply(451, "Cannot read the file from that position")
		return
	}
	if !s.ascii {
		s.length = fmt.Sprintf(" (%d bytes)", info.Size()-offset) // some clients ask for no SIZE
		defer func() { s.length = "" }()
	}
	s.carry("RETR "+s.path(arg), func(t *transfer, conn net.Conn) error {
		if s.ascii {
			err = toASCII(steady{conn, t, s.srv.stall}, f)
		} else {
			err = t.copy(conn, f, conn, s.srv.stall)
		}
		if err == nil {
			err = whole(f, info.Size())
		}
		return err
	})
}

// whole returns an error if f, which has been read to its end, has become shorter than
// size: the client has neither the old file nor the new one.
func whole(f *os.File, size int64) error {
	end, err := f.Seek(0, io.SeekCurrent)
	if err == nil && end < size {
		err = &fs.PathError{Op: "read", Path: f.Name(), Err: io.ErrUnexpectedEOF}
	}
	return err
}

// rest sets where the next transfer starts (RFC 3659, 5).
func (s *session) rest(arg string) {
	offset, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || offset < 0 {
		s.reply(501, "REST needs a number of bytes")
		return
	}
	if offset > 0 && s.ascii {
		s.reply(501, noText)
		return
	}
	s.offset = offset
	s.reply(350, "Restarting at "+arg)
}

// noText is why REST goes with TYPE I only: it counts the bytes that are sent, and for text
// those of the file are others.
const noText = "REST counts the bytes of a file as it is; use TYPE I"

// restart returns where the transfer starts that comes now. If it cannot start there, it
// says so to the client.
func (s *session) restart() (offset int64, ok bool) {
	offset, s.offset = s.offset, 0
	if offset > 0 && s.ascii {
		s.reply(554, noText)
		return 0, false
	}
	return offset, true
}

// open opens a file or directory to be read. What is neither, such as a named
// pipe, is refused, without waiting for its writer.
func (s *session) open(name string) (*os.File, fs.FileInfo, error) {
	f, err := s.srv.root.OpenFile(inRoot(s.path(name)), os.O_RDONLY|syscall.O_NONBLOCK|largeFile, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
