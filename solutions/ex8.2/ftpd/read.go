package main

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

const (
	// maxLine is how long a command may be, in bytes. Names on most systems
	// are no longer than 4096.
	maxLine = 8 << 10

	// maxSkipped is how much of a longer one is read before we hang up.
	maxSkipped = 1 << 20

	// maxWaiting is how many commands may wait for those before them.
	maxWaiting = 64
)

// tooLong stands for a line that was too long. It is no command.
const tooLong = "LINE-TOO-LONG"

// read reads what the client says, even during a transfer, and hands it on to
// s.lines. It returns when the client has quit or gone, and closes s.lines.
func (s *session) read() {
	defer close(s.lines)
	in := bufio.NewReaderSize(s.conn, maxLine)
	for {
		line, err := readLine(in)
		if err != nil {
			s.cancel() // the transfer under way has lost its client
			return
		}
		verb, arg := split(line)
		switch t := s.current(); {
		case verb == "ABOR":
			s.aborts.Add(1)
			if t := s.current(); t != nil { // looked at after the count: see begin
				t.cancel(errAborted)
			}
		case verb == "STAT" && arg == "" && t != nil && len(s.lines) == 0: // none waits that came before
			s.replyLines(211, "A transfer is under way:", t.lines(), "End")
			continue
		case verb == "AUTH":
			s.security.early = in.Buffered() > 0
		}
		select {
		case s.lines <- line:
		case <-s.ctx.Done():
			return
		}
		if quits(line) || verb == "AUTH" && !s.awaitAuth(in) {
			return
		}
	}
}

// readLine reads a line and returns it without its end, CR LF or LF alone, and
// without the commands of the Telnet protocol that clients put before ABOR.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return tooLong, skipLine(in)
	}
	if err != nil {
		return "", err
	}
	return withoutTelnet(strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")), nil
}

// skipLine skips the rest of a line.
func skipLine(in *bufio.Reader) error {
	for skipped := 0; skipped < maxSkipped; {
		part, err := in.ReadSlice('\n')
		if err == nil || !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		skipped += len(part)
	}
	return io.ErrShortBuffer
}

// withoutTelnet returns line without Telnet commands: the byte IAC and one of those
// from 240 to 255, of which the last, again IAC, stands for itself (RFC 854). A
// client sends the second of them apart, as urgent data, which may not be here.
func withoutTelnet(line string) string {
	const iac = 255
	if strings.IndexByte(line, iac) < 0 {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] != iac {
			b.WriteByte(line[i])
			continue
		}
		if i+1 < len(line) && line[i+1] >= 240 {
			i++
			if line[i] == iac {
				b.WriteByte(iac)
			}
		}
	}
	return b.String()
}
