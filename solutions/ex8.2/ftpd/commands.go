package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A command is what the server does on a verb.
type command struct {
	run      func(s *session, arg string)
	arg      arity
	stranger bool // needs no login
	secret   bool // with -tls-only, goes only over TLS
	writes   bool // changes files
	names    bool // gives a file the name in its argument
}

// An arity says whether a command has an argument.
type arity int

const (
	none arity = iota
	one
	maybe
)

// commands holds all commands by their verbs. (It is set by init since HELP
// and FEAT, which are in it, look at it.)
var commands map[string]command

func init() {
	commands = map[string]command{
		"USER": {run: (*session).user, arg: one, stranger: true, secret: true},
		"PASS": {run: (*session).pass, arg: maybe, stranger: true, secret: true},
		"ACCT": {run: (*session).acct, arg: one, stranger: true},
		"QUIT": {run: bare((*session).quit), stranger: true},
		"REIN": {run: bare((*session).rein), stranger: true},

		"AUTH": {run: (*session).auth, arg: one, stranger: true},
		"PBSZ": {run: (*session).pbsz, arg: one, stranger: true},
		"PROT": {run: (*session).prot, arg: one, stranger: true},

		"PWD":  {run: bare((*session).pwd)},
		"CWD":  {run: (*session).cwd, arg: one},
		"CDUP": {run: bare((*session).cdup)},

		"PASV": {run: bare((*session).pasv)},
		"EPSV": {run: (*session).epsv, arg: maybe},
		"PORT": {run: (*session).port, arg: one},
		"EPRT": {run: (*session).eprt, arg: one},

		"LIST": {run: (*session).list, arg: maybe},
		"NLST": {run: (*session).nlst, arg: maybe},
		"MLSD": {run: (*session).mlsd, arg: maybe},
		"MLST": {run: (*session).mlst, arg: maybe},
		"SIZE": {run: (*session).size, arg: one},
		"MDTM": {run: (*session).mdtm, arg: one},
		"MFMT": {run: (*session).mfmt, arg: one, writes: true},

		"RETR": {run: (*session).retr, arg: one},
		"REST": {run: (*session).rest, arg: one},
		"ABOR": {run: bare((*session).abor)},

		"STOR": {run: (*session).stor, arg: one, writes: true, names: true},
		"APPE": {run: (*session).appe, arg: one, writes: true, names: true},
		"STOU": {run: (*session).stou, arg: maybe, writes: true},
		"DELE": {run: (*session).dele, arg: one, writes: true},
		"MKD":  {run: (*session).mkd, arg: one, writes: true, names: true},
		"RMD":  {run: (*session).rmd, arg: one, writes: true},
		"RNFR": {run: (*session).rnfr, arg: one, writes: true},
		"RNTO": {run: (*session).rnto, arg: one, writes: true, names: true},

		"TYPE": {run: (*session).typ, arg: one},
		"MODE": {run: (*session).mode, arg: one},
		"STRU": {run: (*session).stru, arg: one},
		"ALLO": {run: (*session).allo, arg: one},
		"SYST": {run: bare((*session).syst), stranger: true},
		"FEAT": {run: bare((*session).feat), stranger: true},
		"OPTS": {run: (*session).opts, arg: one, stranger: true},
		"STAT": {run: (*session).stat, arg: maybe},
		"HELP": {run: (*session).help, arg: maybe, stranger: true},
		"SITE": {run: (*session).site, arg: maybe},
		"NOOP": {run: (*session).noop, arg: maybe, stranger: true},
	}
	// RFC 775 had other names for some, which old clients still try.
	for old, verb := range map[string]string{"XPWD": "PWD", "XCWD": "CWD", "XCUP": "CDUP", "XMKD": "MKD", "XRMD": "RMD"} {
		commands[old] = commands[verb]
	}
}

// bare makes a command of a method that takes no argument.
func bare(run func(s *session)) func(s *session, arg string) {
	return func(s *session, arg string) { run(s) }
}

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

// mode and stru know only what RFC 1123, 4.1.2.13, asks for: what all clients use.
func (s *session) mode(arg string) { s.only("S", arg, "Mode") }
func (s *session) stru(arg string) { s.only("F", arg, "Structure") }

func (s *session) only(want, arg, what string) {
	if !strings.EqualFold(arg, want) {
		s.reply(504, fmt.Sprintf("Only %s %s is supported", what, want))
		return
	}
	s.reply(200, what+" set to "+want)
}

func (s *session) allo(string) { s.reply(202, "No storage allocation necessary") }
func (s *session) noop(string) { s.reply(200, "NOOP command successful") }
func (s *session) site(string) { s.reply(504, "SITE commands are not supported") }

// syst names the system. Any other name than UNIX makes Debian's ftp fetch
// binary files as text, which damages them.
func (s *session) syst() { s.reply(215, "UNIX Type: L8") }

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

func (s *session) help(string) {
	verbs := slices.Sorted(maps.Keys(commands))
	var lines []string
	for some := range slices.Chunk(verbs, 10) {
		lines = append(lines, strings.Join(some, " "))
	}
	s.replyLines(214, "The commands are:", lines, "End")
}

// stat tells how the session stands, or lists files on the control connection.
func (s *session) stat(arg string) {
	if arg == "" {
		s.replyLines(211, "This session:", []string{"user " + s.name, "directory " + s.dir, "no transfer is under way"}, "End")
		return
	}
	flags, name := s.cutFlags(arg)
	l, err := s.find(name)
	if err != nil {
		s.reply(refusal(arg, absent, err))
		return
	}
	defer l.close()
	var lines []string
	for info, err := range l.files() {
		if err != nil || len(lines) == maxStat {
			break
		}
		lines = append(lines, string(appendKind(appendLong(nil, info), info, flags)))
	}
	s.replyLines(213, "Status of "+arg, lines, "End")
}

// maxStat is how many files STAT lists; LIST lists all.
const maxStat = 1000
