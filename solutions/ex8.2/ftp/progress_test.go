package main

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"example.com/workbook/testutil/kit/screen"

	"github.com/google/go-cmp/cmp"
)

func TestLine(t *testing.T) {
	tests := []struct {
		name        string
		done, total int64
		want        string
	}{
		{"a", 0, 10, "a  [                    ]   0%  0 bytes"},
		{"a", 1, 10, "a  [##                  ]  10%  1 byte"},
		{"a", 9_999, 10_000, "a  [################### ]  99%  9,999 bytes"},
		{"a", 10, 10, "a  [####################] 100%  10 bytes"},
		{"a", 12, 10, "a  [####################] 100%  12 bytes"},
		{"a", 0, 0, "a  [####################] 100%  0 bytes"},
		{"a\x1b", 1234, unknown, "a?  1,234 bytes"},
		{strings.Repeat("ü", 16), 1, unknown, strings.Repeat("ü", 16) + "  1 byte"},
		{strings.Repeat("ü", 17), 1, unknown, strings.Repeat("ü", 15) + "…  1 byte"},
	}
	for _, tt := range tests {
		p := &progress{name: tt.name, done: tt.done, total: tt.total}
		if got := p.line(); got != tt.want {
			t.Errorf("line of %d of %d bytes of %q is\n%q, want\n%q", tt.done, tt.total, tt.name, got, tt.want)
		}
	}
	p := &progress{name: strings.Repeat("a", 100), done: 1 << 62, total: 1 << 62}
	if got := utf8.RuneCountInString(p.line()); got > lineWidth {
		t.Errorf("the longest line, %q, has %d characters, want at most %d", p.line(), got, lineWidth)
	}
}

func TestSize(t *testing.T) {
	tests := []struct {
		n    int64
		want string
	}{
		{0, "0 bytes"},
		{1, "1 byte"},
		{999, "999 bytes"},
		{1000, "1,000 bytes"},
		{123456, "123,456 bytes"},
		{1234567, "1,234,567 bytes"},
	}
	for _, tt := range tests {
		if got := size(tt.n); got != tt.want {
			t.Errorf("size(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}

// What the bar leaves on a terminal is seen on one.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tty := screen.New(80, 24)
		p := &progress{out: tty, name: "a", total: 10}
		check := func(when, want string) {
			t.Helper()
			if diff := cmp.Diff(want, tty.String()); diff != "" {
				t.Errorf("the screen %s (-want +got):\n%s", when, diff)
			}
		}
		io.WriteString(p, "1")
		check("after the first byte", "a  [##                  ]  10%  1 byte")
		io.WriteString(p, "2")
		check("immediately after the second", "a  [##                  ]  10%  1 byte")
		time.Sleep(drawInterval) // in the bubble's time
		io.WriteString(p, "3")
		check("some time later", "a  [######              ]  30%  3 bytes")
		p.clear()
		check("at the end", "")
	})
}
