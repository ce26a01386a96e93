package screen

import (
	"bytes"
	"unicode/utf8"
)

const (
	maxSequence = 256     // bytes of parameters; a longer control sequence does nothing
	maxParam    = 1 << 15 // beyond any screen
	maxSkipped  = 4096    // bytes of a control string
	maxJunk     = 64
)

// Control characters that have no escape in Go.
const (
	shiftOut   = 0x0e
	shiftIn    = 0x0f
	cancel     = 0x18
	substitute = 0x1a
	esc        = 0x1b
	del        = 0x7f
)

// A parser holds what has begun but not ended of what a program writes, and
// the junk in it.
type parser struct {
	state   state
	partial []byte // the start of a rune
	params  []byte // between CSI and the end of a control sequence
	skipped int    // bytes since the start of a control string
	junk    []byte
}

// A state takes the next byte and returns the state for the one after it.
type state func(*Screen, byte) state

// Write shows what a program writes. A sequence or a rune may be in several
// writes; it shows when it is complete. Write never fails.
func (s *Screen) Write(p []byte) (int, error) {
	for _, b := range p {
		s.state = s.state(s, b)
	}
	return len(p), nil
}

// Junk returns the bytes that a person would not expect in a table, in order of
// arrival: NUL, BEL, DEL and all other control characters that do nothing here,
// and bytes that are not UTF-8, each of which shows as U+FFFD. It returns at most
// the first 64.
func (s *Screen) Junk() []byte {
	return bytes.Clone(s.junk)
}

func (s *Screen) keepJunk(p ...byte) {
	n := min(len(p), maxJunk-len(s.junk))
	s.junk = append(s.junk, p[:n]...)
}

// ground is the state outside of any sequence.
func ground(s *Screen, b byte) state {
	s.partial = append(s.partial, b)
	for utf8.FullRune(s.partial) {
		r, n := utf8.DecodeRune(s.partial)
		s.show(r, s.partial[:n])
		s.partial = append(s.partial[:0], s.partial[n:]...)
	}
	if b == esc {
		return escape
	}
	return ground
}

// show puts r on the screen, or obeys it. It has r's encoding, so that it does
// not mistake invalid bytes for U+FFFD.
func (s *Screen) show(r rune, encoding []byte) {
	switch {
	case r < ' ' || r == del:
		s.control(byte(r))
	case r >= 0x80 && r < 0xa0: // controls that no UTF-8 terminal needs
		s.keepJunk(encoding...)
	case r == utf8.RuneError && len(encoding) == 1:
		s.keepJunk(encoding...)
		s.put(r)
	default:
		s.put(r)
	}
}

// control obeys a control character.
func (s *Screen) control(b byte) {
	switch b {
	case '\b':
		s.moveTo(s.cursor.row, s.cursor.col-1)
	case '\t':
		s.tab()
	case '\n':
		s.newLine()
	case '\v', '\f':
		s.lineFeed()
	case '\r':
		s.moveTo(s.cursor.row, 0)
	case esc, shiftOut, shiftIn: // The shifts choose a charset; terminfo's sgr0 may have one.
	default:
		s.keepJunk(b)
	}
}

// escape is the state after ESC.
func escape(s *Screen, b byte) state {
	switch b {
	case '[':
		s.params = s.params[:0]
		return controlSequence
	case ']':
		s.skipped = 0
		return systemCommand
	case 'P', 'X', '^', '_': // DCS, SOS, PM, APC
		s.skipped = 0
		return controlString
	}
	switch {
	case ' ' <= b && b < '0':
		return intermediate
	case '0' <= b && b < del:
		s.escape(b)
		return ground
	}
	return s.interrupt(b, escape)
}

// escape obeys ESC and final.
func (s *Screen) escape(final byte) {
	switch final {
	case '7':
		s.saveCursor()
	case '8':
		s.restoreCursor()
	case 'D':
		s.lineFeed()
	case 'E':
		s.newLine()
	case 'M':
		s.reverseLineFeed()
	case 'c':
		s.reset()
	}
}

// intermediate is the state in an escape sequence of more than two bytes,
// such as the choice of a charset, ESC ( B. None of them does anything.
func intermediate(s *Screen, b byte) state {
	switch {
	case ' ' <= b && b < '0':
		return intermediate
	case '0' <= b && b < del:
		return ground
	}
	return s.interrupt(b, intermediate)
}

// controlSequence is the state after CSI, which is ESC [.
func controlSequence(s *Screen, b byte) state {
	switch {
	case ' ' <= b && b < '@':
		if len(s.params) <= maxSequence {
			s.params = append(s.params, b)
		}
		return controlSequence
	case '@' <= b && b < del:
		s.endSequence(b)
		return ground
	}
	return s.interrupt(b, controlSequence)
}

// interrupt takes a byte that has no place in the sequence whose state is
// current. The sequence goes on after most control characters.
func (s *Screen) interrupt(b byte, current state) state {
	switch {
	case b == esc:
		return escape
	case b == cancel || b == substitute || b > del:
		return ground(s, b)
	}
	s.control(b)
	return current
}

// systemCommand is the state after OSC, which is ESC ].
func systemCommand(s *Screen, b byte) state {
	if b == '\a' {
		return ground
	}
	return s.skip(b, systemCommand)
}

// controlString is the state after DCS, SOS, PM and APC.
func controlString(s *Screen, b byte) state {
	return s.skip(b, controlString)
}

// skip takes a byte of the control string whose state is current.
// It need not know ST, which is ESC \, since any ESC ends the string.
func (s *Screen) skip(b byte, current state) state {
	s.skipped++
	switch {
	case b == esc:
		return escape
	case b == cancel || b == substitute:
		return ground(s, b)
	case s.skipped == maxSkipped:
		return ground
	}
	return current
}

// endSequence obeys the control sequence that ends in final, if it is a known one.
func (s *Screen) endSequence(final byte) {
	if len(s.params) > maxSequence {
		return
	}
	text, private := bytes.CutPrefix(s.params, []byte("?"))
	params, ok := numbers(text)
	switch {
	case !ok:
		return
	case private:
		s.setModes(final, params)
	default:
		s.obey(final, params)
	}
}

// numbers returns the numbers between the semicolons in text, 0 where there is
// none. It is not ok if there is anything else.
func numbers(text []byte) (list []int, ok bool) {
	list = []int{0}
	for _, b := range text {
		last := &list[len(list)-1]
		switch {
		case b == ';':
			list = append(list, 0)
		case '0' <= b && b <= '9':
			*last = min(*last*10+int(b-'0'), maxParam)
		default:
			return nil, false
		}
	}
	return list, true
}

// setModes obeys CSI ? modes h and CSI ? modes l.
func (s *Screen) setModes(final byte, modes []int) {
	set := final == 'h'
	for _, m := range modes {
		switch {
		case final != 'h' && final != 'l':
		case m == 7:
			s.clips = !set
		case (m == 47 || m == 1047 || m == 1049) && set:
			s.enterAlternate()
		case m == 47 || m == 1047 || m == 1049:
			s.leaveAlternate()
		}
	}
}

// obey obeys CSI params final.
func (s *Screen) obey(final byte, params []int) {
	n := max(params[0], 1)
	at := s.cursor
	switch final {
	case 'A':
		s.moveTo(at.row-n, at.col)
	case 'B':
		s.moveTo(at.row+n, at.col)
	case 'C':
		s.moveTo(at.row, at.col+n)
	case 'D':
		s.moveTo(at.row, at.col-n)
	case 'E':
		s.moveTo(at.row+n, 0)
	case 'F':
		s.moveTo(at.row-n, 0)
	case 'G', '`':
		s.moveTo(at.row, n-1)
	case 'H', 'f':
		col := 0
		if len(params) > 1 {
			col = params[1] - 1
		}
		s.moveTo(n-1, col)
	case 'd':
		s.moveTo(n-1, at.col)
	case 'r': // The region is always the whole screen, but to set it homes the cursor.
		s.moveTo(0, 0)
	case 's':
		s.saveCursor()
	case 'u':
		s.restoreCursor()
	case 'J':
		s.eraseScreen(extent(params[0]))
	case 'K':
		s.eraseRow(extent(params[0]))
	case 'X':
		s.eraseCells(n)
	case '@':
		s.insertCells(n)
	case 'P':
		s.deleteCells(n)
	case 'L':
		s.insertRows(at.row, n)
		s.moveTo(at.row, 0)
	case 'M':
		s.deleteRows(at.row, n)
		s.moveTo(at.row, 0)
	case 'S':
		s.scroll(n)
	case 'T':
		s.insertRows(0, n)
	}
}
