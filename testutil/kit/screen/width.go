package screen

import "unicode"

// Columns returns how many columns r takes on a screen: 0, 1, or 2.
func Columns(r rune) int {
	switch {
	case r < 0x300: // all that most programs write
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide approximates the East Asian wide and fullwidth runes of Unicode Standard
// Annex #11: whole blocks of them, and of the emoji elsewhere those that may
// well stand in a table of clocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, // Hangul Jamo, initial consonants
		{0x231a, 0x231b, 1}, // watch and hourglass
		{0x23e9, 0x23ec, 1}, // fast forward and similar symbols
		{0x23f0, 0x23f3, 3}, // alarm clock, hourglass with flowing sand
		{0x26a1, 0x26a1, 1}, // high voltage
		{0x2705, 0x2705, 1}, // check mark
		{0x274c, 0x274c, 1}, // cross mark
		{0x2e80, 0x303e, 1}, // CJK radicals and punctuation
		{0x3041, 0xa4cf, 1}, // Hiragana to Yi
		{0xa960, 0xa97f, 1}, // Hangul Jamo Extended-A
		{0xac00, 0xd7a3, 1}, // Hangul syllables
		{0xf900, 0xfaff, 1}, // CJK compatibility ideographs
		{0xfe30, 0xfe6f, 1}, // CJK compatibility and small forms
		{0xff01, 0xff60, 1}, // fullwidth ASCII
		{0xffe0, 0xffe6, 1}, // fullwidth signs
	},
	R32: []unicode.Range32{
		{0x17000, 0x18cff, 1}, // Tangut and Khitan
		{0x1b000, 0x1b2ff, 1}, // Kana supplements and Nushu
		{0x1f300, 0x1f64f, 1}, // pictographs, among them the clock faces
		{0x1f680, 0x1f6ff, 1}, // transport
		{0x1f900, 0x1f9ff, 1}, // more pictographs
		{0x20000, 0x3fffd, 1}, // more ideographs
	},
}
