package main

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	tests := []struct {
		s       string
		want    []string
		wantErr string
	}{
		{"", nil, ""},
		{" \t", nil, ""},
		{"a", []string{"a"}, ""},
		{" a \t b ", []string{"a", "b"}, ""},
		{`"a b"`, []string{"a b"}, ""},
		{`"a b" c`, []string{"a b", "c"}, ""},
		{`a " b "`, []string{"a", " b "}, ""},
		{`a"b c"`, []string{`a"b`, `c"`}, ""},
		{`"" a`, []string{"", "a"}, ""},
		{`"a`, nil, "no quote at the end of the name"},
		{`a "`, nil, "no quote at the end of the name"},
		{`"a"b`, nil, "no space behind the quote at the end of the name"},
	}
	for _, tt := range tests {
		got, err := words(tt.s)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("words(%q) (-want +got):\n%s", tt.s, diff)
		}
		gotErr := ""
		if err != nil {
			gotErr = err.Error()
		}
		if gotErr != tt.wantErr {
			t.Errorf("words(%q) returned the error %q, want %q", tt.s, gotErr, tt.wantErr)
		}
	}
}

func TestQuoted(t *testing.T) {
	tests := []struct{ s, want string }{
		{`"/" is the directory`, `/`},
		{`"/a ""b""" is it`, `/a "b"`},
		{`""`, ``},
		{`"/`, `"/`},
		{`"/""`, `"/""`},
		{`/ it is`, `/ it is`},
		{``, ``},
	}
	for _, tt := range tests {
		if got := quoted(tt.s); got != tt.want {
			t.Errorf("quoted(%q) = %q, want %q", tt.s, got, tt.want)
		}
	}
}

func TestLocalName(t *testing.T) {
	tests := []struct{ remote, want string }{
		{"a", "a"},
		{"/a", "a"},
		{"../a b", "a b"},
		{"a/...", "..."},
		{"", ""},
		{"/", ""},
		{"a/", ""},
		{".", ""},
		{"a/..", ""},
	}
	if runtime.GOOS == "windows" {
		tests = append(tests, []struct{ remote, want string }{{`a/..\b`, ""}, {"c:b", ""}, {"a/nul", ""}}...)
	}
	for _, tt := range tests {
		got, err := localName(tt.remote)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("localName(%q) = %q, %v, want %q", tt.remote, got, err, tt.want)
		}
	}
}

// A listing is the same in whatever pieces it comes.
func TestLineWriter(t *testing.T) {
	const text = "ü\r\na\tb\r\n\x1b[2J\x9b\r\r\nend"
	const want = "ü\na\tb\n?[2J??\nend\n"
	for _, pieces := range []struct {
		name string
		r    io.Reader
	}{
		{"one", strings.NewReader(text)},
		{"halves", iotest.HalfReader(strings.NewReader(text))},
		{"bytes", iotest.OneByteReader(strings.NewReader(text))},
	} {
		var got strings.Builder
		w := &lineWriter{out: &got}
		if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{pieces.r}, make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		if err := w.flush(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.String()); diff != "" {
			t.Errorf("a listing in %s (-want +got):\n%s", pieces.name, diff)
		}
	}
}

func TestLineWriterKeepsNoEndlessLine(t *testing.T) {
	var got strings.Builder
	w := &lineWriter{out: &got}
	for range 10 {
		io.WriteString(w, strings.Repeat("a", maxLine))
	}
	if len(w.rest) > maxLine {
		t.Errorf("of a line of %d bytes the lineWriter keeps %d, want at most %d", 10*maxLine, len(w.rest), maxLine)
	}
}
