package gradebook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Sheet is a CSV file. What is not set stays as it is, byte for byte: the encoding, a
// byte order mark, the separator, the quotes and the ends of lines.
type Sheet struct {
	encoding encoding
	before   string // a byte order mark, and a line that names the separator
	comma    byte
	rows     []row
}

// A row is a line of a sheet, which may go over several lines of its file.
type row struct {
	cells []string // as they are in the file
	end   string   // "\r\n"; "" if the file ends without one
}

// An encoding is how a text becomes bytes.
type encoding int

const (
	utf8Text encoding = iota // or another one in which ASCII is as it is in ASCII
	utf16LittleEndian
	utf16BigEndian
)

// Parse reads a sheet.
func Parse(file []byte) (*Sheet, error) {
	s := new(Sheet)
	text := s.decode(file)
	const mark = "\ufeff"
	if rest, ok := strings.CutPrefix(text, mark); ok {
		s.before, text = mark, rest
	}
	if line, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(line, "sep=") && len(strings.TrimRight(line, "\r")) == len("sep=;") {
		s.before += line + "\n"
		s.comma, text = line[len("sep=")], rest
	}
	if s.comma == 0 {
		s.comma = separator(text)
	}
	for text != "" {
		r, rest, err := s.row(text)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", len(s.rows)+1, err)
		}
		s.rows, text = append(s.rows, r), rest
	}
	if len(s.rows) == 0 {
		return nil, errors.New("the file is empty")
	}
	return s, nil
}

// decode returns the text of a file, and keeps how it was encoded.
func (s *Sheet) decode(file []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(file, []byte{0xff, 0xfe}):
		s.encoding, order = utf16LittleEndian, binary.LittleEndian
	case bytes.HasPrefix(file, []byte{0xfe, 0xff}):
		s.encoding, order = utf16BigEndian, binary.BigEndian
	default:
		return string(file)
	}
	var units []uint16
	for pair := range slices.Chunk(file, 2) {
		if len(pair) == 2 {
			units = append(units, order.Uint16(pair))
		}
	}
	return string(utf16.Decode(units))
}

// Bytes returns the file of the sheet.
func (s *Sheet) Bytes() []byte {
	var b strings.Builder
	b.WriteString(s.before)
	for _, r := range s.rows {
		b.WriteString(strings.Join(r.cells, string(s.comma)))
		b.WriteString(r.end)
	}
	var order binary.AppendByteOrder = binary.LittleEndian
	switch s.encoding {
	case utf8Text:
		return []byte(b.String())
	case utf16BigEndian:
		order = binary.BigEndian
	}
	var file []byte
	for _, unit := range utf16.Encode([]rune(b.String())) {
		file = order.AppendUint16(file, unit)
	}
	return file
}

// separator returns what stands between the cells of a text: what is most often in its
// first line, outside of quotes.
func separator(text string) byte {
	line, _, _ := strings.Cut(text, "\n")
	found := make(map[byte]int)
	quoted := false
	for i := range len(line) {
		if line[i] == '"' {
			quoted = !quoted
		}
		if !quoted {
			found[line[i]]++
		}
	}
	best := byte(',')
	for _, comma := range []byte{';', '\t'} {
		if found[comma] > found[best] {
			best = comma
		}
	}
	return best
}

// row returns the first row of a text, and what is behind it.
func (s *Sheet) row(text string) (r row, rest string, err error) {
	for {
		n, err := s.cell(text)
		if err != nil {
			return row{}, "", err
		}
		r.cells, text = append(r.cells, text[:n]), text[n:]
		switch {
		case strings.HasPrefix(text, string(s.comma)):
			text = text[1:]
		case strings.HasPrefix(text, "\r\n"):
			r.end = "\r\n"
			return r, text[2:], nil
		case text == "":
			return r, "", nil
		default:
			r.end = text[:1]
			return r, text[1:], nil
		}
	}
}

// cell returns the length of the first cell of a text.
func (s *Sheet) cell(text string) (int, error) {
	end := string(s.comma) + "\r\n"
	if !strings.HasPrefix(text, `"`) {
		if n := strings.IndexAny(text, end); n >= 0 {
			return n, nil
		}
		return len(text), nil
	}
	for n := 1; ; {
		i := strings.IndexByte(text[n:], '"')
		if i < 0 {
			return 0, errors.New("a quote has no end")
		}
		n += i + 1
		switch {
		case strings.HasPrefix(text[n:], `"`):
			n++
		case n == len(text), strings.IndexByte(end, text[n]) >= 0:
			return n, nil
		default:
			return 0, fmt.Errorf("there is %q behind a quote", text[n])
		}
	}
}

// value returns what a cell holds; "" if there is none.
func (s *Sheet) value(row, column int) string {
	if column < 0 || row >= len(s.rows) || column >= len(s.rows[row].cells) {
		return ""
	}
	text := s.rows[row].cells[column]
	if len(text) > 1 && text[0] == '"' {
		text = strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
	}
	if !utf8.ValidString(text) { // it is of Windows
		var b strings.Builder
		for i := range len(text) {
			b.WriteRune(rune(text[i]))
		}
		text = b.String()
	}
	return strings.TrimSpace(text)
}

// set sets a cell, in quotes if those that were there are.
func (s *Sheet) set(row, column int, value string) {
	cells := s.rows[row].cells
	for len(cells) <= column {
		cells = append(cells, "")
	}
	if strings.HasPrefix(cells[column], `"`) {
		value = `"` + value + `"`
	}
	cells[column] = value
	s.rows[row].cells = cells
}

// header returns what the first row holds.
func (s *Sheet) header() []string {
	var all []string
	for i := range s.rows[0].cells {
		all = append(all, s.value(0, i))
	}
	return all
}
