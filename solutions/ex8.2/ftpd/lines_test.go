package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readLines reads all lines. No more than the longest must be kept in that time.
func readLines(r io.Reader) (lines []string, err error) {
	in := newLineReader(r)
	for {
		line, err := in.next()
		if kept := cap(in.line); kept > 2*maxLine {
			return lines, fmt.Errorf("%d bytes are kept, want at most about %d", kept, maxLine)
		}
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
	}
}

func TestReadLine(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct {
		name, text string
		want       []string
		err        error
	}{
		{"takes_off_CR_LF", "NOOP\r\nQUIT\r\n", []string{"NOOP", "QUIT"}, io.EOF},
		{"takes_off_LF", "NOOP\nQUIT\n", []string{"NOOP", "QUIT"}, io.EOF},
		{"keeps_all_else", "RETR  a \t\r\r\n", []string{"RETR  a \t\r"}, io.EOF},
		{"takes_empty_lines", "\r\n\n", []string{"", ""}, io.EOF},
		{"drops_a_line_without_end", "NOOP\r\nDELE a", []string{"NOOP"}, io.EOF},
		{"drops_telnet_bytes", "\xff\xf4\xff\xf2ABOR\r\n", []string{"ABOR"}, io.EOF},
		{"takes_the_longest_line", x(maxLine-2) + "\r\n", []string{x(maxLine - 2)}, io.EOF},
		{"skips_a_longer_line", x(maxLine) + "\r\nNOOP\r\n", []string{tooLong, "NOOP"}, io.EOF},
		{"skips_a_line_of_half_a_MiB", x(1<<19) + "\r\nNOOP\r\n", []string{tooLong, "NOOP"}, io.EOF},
		{"rejects_a_line_of_2_MiB", x(2<<20) + "\r\nNOOP\r\n", nil, io.ErrShortBuffer},
		{"drops_a_long_line_without_end", x(1 << 19), nil, io.EOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tt.text), iotest.HalfReader(strings.NewReader(tt.text)), iotest.DataErrReader(strings.NewReader(tt.text))} {
				got, err := readLines(r)
				if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
					t.Errorf("lines of %.30q, from a %T: error %v, want %v (-want +got):\n%s", tt.text, r, err, tt.err, diff)
				}
			}
		})
	}
}

func TestWithoutTelnet(t *testing.T) {
	for line, want := range map[string]string{
		"ABOR":                             "ABOR",
		"\xff\xf4\xff\xf2ABOR":             "ABOR", // IAC IP IAC DM, by lftp
		"\xff\xf4\xf2ABOR":                 "ABOR", // the second IAC is urgent and has gone another way: tnftp and inetutils
		"\xff\xf4\xffABOR":                 "ABOR", // DM has
		"\xff\xf4ABOR":                     "ABOR",
		"\xf2ABOR":                         "ABOR",
		"\xff\xfb\x1f\xff\xfd\x03USER ann": "USER ann", // IAC WILL NAWS, IAC DO SUPPRESS-GO-AHEAD: PuTTY
		"\xff\xfdX":                        "",
		"\xff\xfb":                         "",
		"DELE a\xffb":                      "DELE a\xffb", // a name in Latin-1 or CP1251
		"DELE a\xff":                       "DELE a\xff",
		"DELE \xff\xf4b":                   "DELE \xff\xf4b",
		"RETR \xff\xff.txt":                "RETR \xff.txt", // lftp sends it twice, as Telnet wants it
		"RETR gr\xf6\xdfe":                 "RETR gr\xf6\xdfe",
		"\xff\xff":                         "",
		"":                                 "",
	} {
		if got := withoutTelnet(line); got != want {
			t.Errorf("withoutTelnet(%q) = %q, want %q", line, got, want)
		}
	}
}

// The lines of a text are those of its parts that end in LF, and it does not matter
// how it comes in. No more of one is kept than the longest may have.
func FuzzReadLine(f *testing.F) {
	for _, text := range []string{"NOOP\r\nQUIT\r\n", "\xff\xf4\xff\xf2ABOR\r\n", "\xff\xff\xff", "\n\r\n\r", "RETR a", "x\x00\r\n", strings.Repeat("x", 3*maxLine)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readLines(strings.NewReader(text))
		again, _ := readLines(iotest.OneByteReader(strings.NewReader(text)))
		if !slices.Equal(got, again) {
			t.Errorf("lines of %q = %q, but byte by byte %q", text, got, again)
		}
		if err != io.EOF && err != io.ErrShortBuffer {
			t.Errorf("lines of %.30q: %v", text, err)
		}
		if n := strings.Count(text, "\n"); len(got) != n && err == io.EOF {
			t.Errorf("lines of %q = %q, want %d", text, got, n)
		}
		for _, line := range got {
			if strings.Contains(line, "\n") || len(line) > maxLine {
				t.Errorf("lines of %q = %q, want no LF and %d bytes at most in each", text, got, maxLine)
			}
		}
	})
}

// A server must not count on a read to end where a line does (RFC 1123, 4.1.2.10).
func TestCommandsComeInAnyPieces(t *testing.T) {
	c := start(t, defaults, smallFile).login(t)
	for _, b := range []byte("NO") {
		c.send(string(b))
	}
	c.send("OP\r\nPW")
	c.want(200)
	c.send("D\r\nCWD /\nnoop\r\n\xff\xf4\xff\xf2NOOP\r\n")
	c.want(257, 250, 200, 200)
}

func TestLongLines(t *testing.T) {
	s := start(t, defaults, smallFile)
	c := s.login(t)
	c.do("CWD "+strings.Repeat("x", 5000), 550)
	c.do("CWD "+strings.Repeat("x", maxLine), 500)
	c.do("RETR "+strings.Repeat("x/", maxLine), 500)
	c.talk(fetchSmallFile)

	io.Copy(c.Conn, strings.NewReader(strings.Repeat("x", 2*maxSkipped))) // the server may disconnect in the middle
	eventually(t, "the server disconnects at a line without end", func() bool { return len(s.places) == 0 })
}
