package main

import "fmt"

// extra carries out a command that the exercise does not ask for.
func (s *session) extra(verb, arg string) {
	switch verb {
	case "REIN":
		s.rein()
	case "ACCT":
		s.reply(202, "ACCT is not needed")
	case "AUTH":
		s.auth(arg)
	case "PBSZ":
		s.pbsz()
	case "PROT":
		s.prot(arg)
	case "PORT":
		s.port(arg)
	case "EPRT":
		s.eprt(arg)
	case "MODE":
		s.only("S", arg, "Mode")
	case "STRU":
		s.only("F", arg, "Structure")
	case "REST":
		s.rest(arg)
	case "ABOR":
		s.abor()
	case "STAT":
		s.stat(arg)
	case "MLSD":
		s.mlsd(arg)
	case "MLST":
		s.mlst(arg)
	case "SIZE":
		s.size(arg)
	case "MDTM":
		s.mdtm(arg)
	case "MFMT":
		s.mfmt(arg)
	case "STOR":
		s.stor(arg)
	case "STOU":
		s.stou()
	case "APPE":
		s.appe(arg)
	case "ALLO":
		s.reply(202, "No storage allocation necessary")
	case "DELE":
		s.dele(arg)
	case "MKD", "XMKD":
		s.mkd(arg)
	case "RMD", "XRMD":
		s.rmd(arg)
	case "RNFR":
		s.rnfr(arg)
	case "RNTO":
		s.rnto(arg)
	case "FEAT":
		s.feat()
	case "OPTS":
		s.opts(arg)
	case "HELP":
		s.help()
	case "SITE":
		s.reply(504, "SITE commands are not supported")
	case "":
		s.reply(500, "Empty command")
	case "POST": // by a browser, for a web page that has put commands behind it
		s.reply(421, "This is not an HTTP server")
		s.left = true
	default:
		s.reply(500, fmt.Sprintf("Unknown command %.20q; HELP lists the commands", verb))
	}
}
