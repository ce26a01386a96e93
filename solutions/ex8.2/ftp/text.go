package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

const blanks = " \t"

// words returns the words of s. One in double quotes may contain blanks.
func words(s string) ([]string, error) {
	var words []string
	for s = strings.Trim(s, blanks); s != ""; {
		word, rest := cutWord(s)
		if s[0] == '"' {
			var closed bool
			word, rest, closed = strings.Cut(s[1:], `"`)
			if !closed {
				return nil, errors.New("no quote at the end of the name")
			}
			if rest != "" && !strings.Contains(blanks, rest[:1]) {
				return nil, errors.New("no space behind the quote at the end of the name")
			}
		}
		words = append(words, word)
		s = strings.TrimLeft(rest, blanks)
	}
	return words, nil
}

// cutWord returns s up to the first blank, and what follows the blanks there.
func cutWord(s string) (word, rest string) {
	i := strings.IndexAny(s, blanks)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeft(s[i:], blanks)
}

// quoted returns what stands in double quotes at the start of s, where a quote
// is written twice, as in the reply to PWD. It returns an s without quotes whole.
func quoted(s string) string {
	inside, ok := strings.CutPrefix(s, `"`)
	if !ok {
		return s
	}
	for i := 0; i < len(inside); i++ {
		switch {
		case inside[i] != '"':
		case strings.HasPrefix(inside[i+1:], `"`):
			i++
		default:
			return strings.ReplaceAll(inside[:i], `""`, `"`)
		}
	}
	return s
}

// printable returns s with a question mark for each character that could make a
// terminal do more than show it.
func printable(s string) string { return strings.Map(mask, s) }

func mask(r rune) rune {
	if unicode.IsControl(r) || r == utf8.RuneError {
		return '?'
	}
	return r
}

// A lineWriter passes the lines of a listing on to out, fit to print. What
// follows the last newline waits for the rest of its line, or for flush.
type lineWriter struct {
	out  io.Writer
	rest []byte
}

// maxLine is the length of a line that is passed on without its end.
const maxLine = 64 << 10

func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	end := bytes.LastIndexByte(w.rest, '\n') + 1
	if end == 0 && len(w.rest) > maxLine {
		end = len(w.rest)
	}
	text := listing(string(w.rest[:end]))
	w.rest = w.rest[end:]
	if _, err := io.WriteString(w.out, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush passes on the last line, if it has no newline.
func (w *lineWriter) flush() error {
	if len(w.rest) == 0 {
		return nil
	}
	_, err := io.WriteString(w.out, listing(string(w.rest))+"\n")
	return err
}

// listing returns s with its newlines and tabs, and else printable.
func listing(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return mask(r)
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}
