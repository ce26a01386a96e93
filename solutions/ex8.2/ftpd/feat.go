package main

import (
	"maps"
	"slices"
	"strings"
)

// feat lists what the server can do beyond RFC 959 (RFC 2389).
func (s *session) feat() {
	s.replyLines(211, "Extensions:", append(s.srv.tlsFeatures(),
		"EPRT", "EPSV", "MDTM", "MFMT", "MLST type*;size*;modify*;perm*;unix.mode*;", "REST STREAM", "SIZE", "TVFS", "UTF8",
	), "End")
}

func (s *session) opts(arg string) {
	name, value, _ := strings.Cut(strings.ToUpper(arg), " ")
	switch {
	case name == "UTF8" && (value == "ON" || value == ""):
		s.reply(200, "Always in UTF8 mode")
	case name == "MLST":
		s.reply(200, "MLST OPTS type;size;modify;perm;unix.mode;") // they are always sent
	default:
		s.reply(501, "Unknown option")
	}
}

func (s *session) help() {
	verbs := slices.Sorted(maps.Keys(rules))
	var lines []string
	for some := range slices.Chunk(verbs, 10) {
		lines = append(lines, strings.Join(some, " "))
	}
	s.replyLines(214, "The commands are:", lines, "End")
}
