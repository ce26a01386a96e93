package main

import (
	"fmt"
	"strings"
)

// typ sets how files are sent: as they are (I), or as text (A).
func (s *session) typ(arg string) {
	switch strings.ToUpper(arg) {
	case "A", "A N":
		s.ascii = true
	case "I", "L 8":
		s.ascii = false
	default:
		s.reply(504, "Only the types A (ASCII) and I (binary) are supported")
		return
	}
	s.reply(200, "Type set to "+arg)
}

// only replies to MODE and STRU. They know what RFC 1123, 4.1.2.13, asks for: what all
// clients use.
func (s *session) only(want, arg, what string) {
	if !strings.EqualFold(arg, want) {
		s.reply(504, fmt.Sprintf("Only %s %s is supported", what, want))
		return
	}
	s.reply(200, what+" set to "+want)
}
