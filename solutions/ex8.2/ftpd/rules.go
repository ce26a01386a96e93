package main

import "strings"

// A rule is what must hold for a command to be carried out.
type rule struct {
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

// rules holds the rules of all commands by their verbs.
var rules = map[string]rule{
	"USER": {arg: one, stranger: true, secret: true},
	"PASS": {arg: maybe, stranger: true, secret: true},
	"ACCT": {arg: one, stranger: true},
	"QUIT": {stranger: true},
	"REIN": {stranger: true},

	"AUTH": {arg: one, stranger: true},
	"PBSZ": {arg: one, stranger: true},
	"PROT": {arg: one, stranger: true},

	"PWD": {}, "XPWD": {},
	"CWD": {arg: one}, "XCWD": {arg: one},
	"CDUP": {}, "XCUP": {},

	"PASV": {},
	"EPSV": {arg: maybe},
	"PORT": {arg: one},
	"EPRT": {arg: one},

	"LIST": {arg: maybe},
	"NLST": {arg: maybe},
	"MLSD": {arg: maybe},
	"MLST": {arg: maybe},
	"STAT": {arg: maybe},
	"SIZE": {arg: one},
	"MDTM": {arg: one},
	"MFMT": {arg: one, writes: true},

	"RETR": {arg: one},
	"REST": {arg: one},
	"ABOR": {},

	"STOR": {arg: one, writes: true, names: true},
	"APPE": {arg: one, writes: true, names: true},
	"STOU": {arg: maybe, writes: true},
	"ALLO": {arg: one},
	"DELE": {arg: one, writes: true},
	"MKD":  {arg: one, writes: true, names: true}, "XMKD": {arg: one, writes: true, names: true},
	"RMD": {arg: one, writes: true}, "XRMD": {arg: one, writes: true},
	"RNFR": {arg: one, writes: true},
	"RNTO": {arg: one, writes: true, names: true},

	"TYPE": {arg: one},
	"MODE": {arg: one},
	"STRU": {arg: one},
	"SYST": {stranger: true},
	"FEAT": {stranger: true},
	"OPTS": {arg: one, stranger: true},
	"HELP": {arg: maybe, stranger: true},
	"SITE": {arg: maybe},
	"NOOP": {arg: maybe, stranger: true},
}

// refused reports whether a command breaks its rule, and replies to it if so.
func (s *session) refused(verb, arg string) bool {
	r, ok := rules[verb]
	switch {
	case !ok:
		return false // there is no such command, which extra says
	case !s.known && !r.stranger:
		s.reply(530, "Please login with USER and PASS")
	case r.secret && s.srv.tlsOnly && !s.security.control:
		s.reply(530, "TLS is required; send AUTH TLS first")
	case r.arg == one && arg == "":
		s.reply(501, verb+" needs an argument")
	case r.arg == none && strings.TrimSpace(arg) != "":
		s.reply(501, verb+" takes no argument")
	case r.writes && !s.srv.write:
		s.reply(550, "Permission denied: the server is read-only")
	case r.names && printable(arg) != arg:
		s.reply(553, "File name not allowed: it has control characters")
	default:
		return false
	}
	return true
}
