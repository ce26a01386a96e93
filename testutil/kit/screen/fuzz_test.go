package screen

import (
	"bytes"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func FuzzWrite(f *testing.F) {
	for _, text := range []string{
		"NewYork  05:00:00\nLondon\t10:00:00\r\n",
		"\x1b[?1049h\x1b[?25l\x1b[H東京 19:00:00\x1b[K\n\x1b[J\x1b[?1049l",
		"0123456789\x1b[K\b\v\f\x1b7\x1b8\x1bD\x1bE\x1bM\x1bc",
		"東京東京\x1b[2G\x1b[@\x1b[4G\x1b[P\x1b[6G\x1b[X\x1b[1K\x1b[2@",
		"1\n2\n3\x1b[2L\x1b[M\x1b[S\x1b[T\x1b[3J\x1b[1J\x1b[2J",
		"\x1b[99999999999999999999A\x1b[99999;99999H\x1b[-1;:5Bx\x1b[s\x1b[u\x1b[2;3r",
		"\x1b]0;title\x07\x1bPq\x1b\\\x1b_\x18\x1b(B\x1b[>4;2m\x1b[?2026h",
		"\xe4\xb8\x1b[\xff\x00\x7f\u009b\u0303\uFFFD",
	} {
		f.Add(uint8(10), uint8(4), []byte(text))
		f.Add(uint8(1), uint8(1), []byte(text))
	}
	f.Fuzz(func(t *testing.T, width, height uint8, text []byte) {
		s := New(int(width)%100, int(height)%30)
		s.Write(text)
		checkCursor(t, s)
		checkRows(t, s)

		bytewise := New(s.width, s.height)
		for i := range text {
			bytewise.Write(text[i : i+1])
		}
		if diff := cmp.Diff(s.History(), bytewise.History()); diff != "" {
			t.Errorf("History() differs when written byte by byte (-want +got):\n%s", diff)
		}
		if got, want := bytewise.Junk(), s.Junk(); !bytes.Equal(got, want) {
			t.Errorf("Junk() = %q when written byte by byte, want %q", got, want)
		}
	})
}

func checkCursor(t *testing.T, s *Screen) {
	t.Helper()
	c := s.cursor
	if c.row < 0 || c.row >= s.height || c.col < 0 || c.col >= s.width {
		t.Errorf("cursor = %+v, outside of a screen of %d by %d", c, s.width, s.height)
	}
	if c.wrap && c.col != s.width-1 {
		t.Errorf("cursor = %+v, about to wrap before the last column, %d", c, s.width-1)
	}
}

func checkRows(t *testing.T, s *Screen) {
	t.Helper()
	if len(s.rows) != s.height {
		t.Errorf("screen has %d rows, want %d", len(s.rows), s.height)
	}
	for i, r := range s.rows {
		if len(r) != s.width {
			t.Errorf("row %d has %d columns, want %d", i, len(r), s.width)
		}
		if r[0] == tail {
			t.Errorf("row %d = %q, which starts with half a wide rune", i, r)
		}
		for col, c := range r {
			isWide := c != tail && Columns(c) == 2
			hasTail := col+1 < len(r) && r[col+1] == tail
			if isWide != hasTail {
				t.Errorf("row %d = %q, in which column %d is half a wide rune", i, r, col)
			}
		}
	}
	for i, line := range s.History() {
		width := 0
		for _, c := range line {
			width += Columns(c)
			if unicode.IsControl(c) {
				t.Errorf("History()[%d] = %q, has a control character", i, line)
			}
		}
		if width > s.width {
			t.Errorf("History()[%d] = %q, %d columns wide, want at most %d", i, line, width, s.width)
		}
	}
}
