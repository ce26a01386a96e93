package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/workbook/testutil/kit/program"
)

// The most bytes of a text and of a name that are handed on.
const (
	maxText = 64 << 10
	maxName = 256
)

// Visible returns text as a terminal or a site can show it: what is invisible in it, or
// would command a terminal, is spelled out.
func Visible(text string) string { return clean(text) }

// clean returns text as all sites can show it: valid UTF-8, Unix ends of lines, no
// other control characters than tabs, none that are invisible or change the direction of
// what follows, and no more than maxText bytes.
func clean(text string) string {
	text = unixLines.Replace(strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	return cut(program.Visible(text[:min(len(text), maxText+utf8.UTFMax)]), maxText)
}

var unixLines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// cleanName returns text as a name: clean, in one line, and of no more than maxName
// bytes.
func cleanName(text string) string {
	return shortened(strings.Join(strings.Fields(clean(text)), " "), maxName)
}

// shortened returns text if it has no more than most bytes, and otherwise its start.
func shortened(text string, most int) string {
	if len(text) > most {
		text = start(text, most-len("…")) + "…"
	}
	return text
}

// cut returns text if it has no more than most bytes, and otherwise its start, and
// that there was more.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	const more = "\n… and more, which is cut off"
	return start(text, most-len(more)) + more
}

// start returns the first n bytes of text, or some fewer if a character would be
// torn.
func start(text string, n int) string {
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// paragraphs joins those texts that are not empty, with a line between them.
func paragraphs(texts ...string) string { return join("\n\n", texts) }

// lines joins those texts that are not empty.
func lines(texts ...string) string { return join("\n", texts) }

func join(separator string, texts []string) string {
	var kept []string
	for _, text := range texts {
		if text = strings.TrimRight(text, "\n"); text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, separator)
}

// labelled returns text after a label, or nothing if there is no text.
func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}
