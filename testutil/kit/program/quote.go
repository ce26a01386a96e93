package program

import (
	"strconv"
	"strings"
	"unicode"
)

// Quoted returns what a program has printed in quotes, of a long text the beginning, or the word
// nothing.
func Quoted(text string) string {
	const most = 120
	switch {
	case text == "":
		return "nothing"
	case len(text) <= most:
		return strconv.Quote(text)
	}
	return strconv.Quote(strings.ToValidUTF8(text[:most], "") + "…")
}

// End returns what a program has printed, of a text of more than most bytes the end.
func End(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return "… " + strings.ToValidUTF8(text[len(text)-most:], "")
}

// Visible returns text with what would command a terminal, or is not seen there, spelled out
// as in Go, such as \x1b. Ends of lines and tabs stay.
func Visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if IsVisible(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

// IsVisible reports whether [Visible] leaves r as it is.
func IsVisible(r rune) bool {
	switch r {
	case '\n', '\t':
		return true
	case '\ufffe', '\uffff': // which XML does not take
		return false
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}
