package report

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain_text", "● gets a line\n\tand more\n", "● gets a line\n\tand more\n"},
		{"ends_of_lines", "a\r\nb\rc\n", "a\nb\nc\n"},
		{"control_characters", "\x1b[31mred\x00\x7f\u0085", `\x1b[31mred\x00\x7f\u0085`},
		{"what_XML_does_not_take", "\ufffe\uffff", `\ufffe\uffff`},
		{"what_XML_takes", "]]>&<\U0010ffff", "]]>&<\U0010ffff"},
		{"what_turns_the_line_around", "a\u202eb\u2066c\u200f", `a\u202eb\u2066c\u200f`},
		{"what_is_not_seen", "a\u200bb\u00adc\ufeffd\u2028e\u3164f\U000e0041", `a\u200bb\u00adc\ufeffd\u2028e\u3164f\U000e0041`},
		{"letters_of_all_kinds", "e\u0301 שלום 漢字 ❤\ufe0f", "e\u0301 שלום 漢字 ❤\ufe0f"},
		{"invalid_UTF-8", "a\xff\xfeb", "a\ufffdb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean(tt.text); got != tt.want {
				t.Errorf("clean(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestCleanSaysThatItHasCut(t *testing.T) {
	whole := strings.Repeat("x", maxText)
	if got := clean(whole); got != whole {
		t.Errorf("clean() has cut a text of %d bytes to %d", maxText, len(got))
	}
	for _, text := range []string{whole + "x", strings.Repeat("●", 1<<20), strings.Repeat("\x00", 10<<20)} {
		got := clean(text)
		kept, cut := strings.CutSuffix(got, "\n… and more, which is cut off")
		if len(got) > maxText || len(kept) < maxText-100 || !utf8.ValidString(got) || !cut {
			t.Errorf("clean() = %d bytes that end in %q, want at most %d that say that there was more", len(got), got[len(got)-40:], maxText)
		}
	}
}

func TestCleanName(t *testing.T) {
	long := strings.Repeat("●", maxName)
	tests := []struct{ text, want string }{
		{"clock2", "clock2"},
		{" two\nlines\t", "two lines"},
		{"\x1b[2J", `\x1b[2J`},
		{long, long[:84*len("●")] + "…"},
	}
	for _, tt := range tests {
		if got := cleanName(tt.text); got != tt.want {
			t.Errorf("cleanName(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
