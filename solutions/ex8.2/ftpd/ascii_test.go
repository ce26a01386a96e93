package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestTextChangesItsLineEnds(t *testing.T) {
	tests := []struct{ file, network, back string }{
		{"", "", ""},
		{"a", "a", "a"},
		{"a\nb\n", "a\r\nb\r\n", "a\nb\n"},
		{"\n\n", "\r\n\r\n", "\n\n"},
		{"a\r\nb\n", "a\r\nb\r\n", "a\nb\n"},
		{"a\rb\r", "a\rb\r", "a\rb\r"},
		{"\r\r\n", "\r\r\n", "\r\n"},
		{"\x00\xff\xf4é", "\x00\xff\xf4é", "\x00\xff\xf4é"},
		{strings.Repeat("x", 64<<10-1) + "\n", strings.Repeat("x", 64<<10-1) + "\r\n", strings.Repeat("x", 64<<10-1) + "\n"},
	}
	for _, tt := range tests {
		check := func(name string, change func(io.Writer, io.Reader) error, text, want string) {
			for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
				var b strings.Builder
				if err := change(&b, r); b.String() != want || err != nil {
					t.Errorf("%s of %.20q, from a %T, = %.20q (%d bytes), %v, want %.20q (%d bytes), nil", name, text, r, b.String(), b.Len(), err, want, len(want))
				}
			}
		}
		check("toASCII", toASCII, tt.file, tt.network)
		check("fromASCII", fromASCII, tt.network, tt.back)
	}
}

func TestTextReportsErrors(t *testing.T) {
	broken := errors.New("broken")
	closed, w := io.Pipe()
	closed.CloseWithError(broken)
	for name, change := range map[string]func(io.Writer, io.Reader) error{"toASCII": toASCII, "fromASCII": fromASCII} {
		for _, text := range []string{"a", "a\r", "a\n"} {
			if err := change(io.Discard, io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))); !errors.Is(err, broken) {
				t.Errorf("%s of %q and then an error = %v, want the error", name, text, err)
			}
			once := io.MultiReader(strings.NewReader(text), &failsOnce{broken})
			if err := change(io.Discard, once); !errors.Is(err, broken) {
				t.Errorf("%s of %q, an error and the end = %v, want the error", name, text, err)
			}
			if err := change(w, strings.NewReader(text)); !errors.Is(err, broken) {
				t.Errorf("%s of %q to a writer that fails = %v, want its error", name, text, err)
			}
		}
	}
}

// A failsOnce reader fails once, as a connection that was reset does on Linux. Then it is at its end.
type failsOnce struct{ err error }

func (r *failsOnce) Read([]byte) (n int, err error) {
	err, r.err = r.err, io.EOF
	return 0, err
}
